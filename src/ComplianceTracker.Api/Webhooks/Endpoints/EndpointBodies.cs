using System.Text.Json.Serialization;

namespace ComplianceTracker.Api.Webhooks.Endpoints;

/// <summary>An endpoint to register. Each list filters events: one of its entries must match; an empty or missing list lets everything through.</summary>
public sealed record EndpointBody
{
    /// <summary>Where deliveries go: an https URL without user info and fragment.</summary>
    public required string Url { get; init; }

    /// <summary>Words for people.</summary>
    public string? Description { get; init; }

    /// <summary>Event types, or beginnings of them such as <c>obligation.*</c>.</summary>
    public IReadOnlyList<string>? EventTypes { get; init; }

    /// <summary>Companies by id, of events that concern a company.</summary>
    public IReadOnlyList<string>? Companies { get; init; }

    /// <summary>Jurisdictions of instruments; a country lets its subdivisions through.</summary>
    public IReadOnlyList<string>? Jurisdictions { get; init; }

    /// <summary>Topics of instruments.</summary>
    public IReadOnlyList<string>? Topics { get; init; }

    /// <summary>Instruments by id.</summary>
    public IReadOnlyList<string>? Instruments { get; init; }

    /// <summary>Categories of obligations.</summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>A condition over the event; the event is delivered unless it comes to no.</summary>
    public string? Condition { get; init; }

    /// <summary>Headers to send with each delivery, an Authorization token for example. They are never shown again.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>How long before a day that matters to send obligation.deadline-approaching: ISO 8601 durations such as P30D. None: never.</summary>
    public IReadOnlyList<string>? LeadTimes { get; init; }

    /// <summary>The most deliveries a second; null: as many as the endpoint takes.</summary>
    public int? RateLimit { get; init; }

    /// <summary>True, the default: a delivery waits for the earlier ones about the same company or instrument. False: it does not.</summary>
    public bool? Ordered { get; init; }
}

/// <summary>
/// What is to change of an endpoint: members left out stay; null clears a member that may be empty, and gives <c>ordered</c> its default.
/// </summary>
public sealed record EndpointPatchBody
{
    private readonly HashSet<string> given = [];

    /// <summary>Where deliveries go. Another address is proved again before anything is delivered there.</summary>
    public string Url { get; set => field = Take(nameof(Url), value); } = null!;

    /// <summary>Words for people.</summary>
    public string? Description { get; set => field = Take(nameof(Description), value); }

    /// <summary>Event types, or beginnings of them such as <c>obligation.*</c>.</summary>
    public IReadOnlyList<string>? EventTypes { get; set => field = Take(nameof(EventTypes), value); }

    /// <summary>Companies by id, of events that concern a company.</summary>
    public IReadOnlyList<string>? Companies { get; set => field = Take(nameof(Companies), value); }

    /// <summary>Jurisdictions of instruments; a country lets its subdivisions through.</summary>
    public IReadOnlyList<string>? Jurisdictions { get; set => field = Take(nameof(Jurisdictions), value); }

    /// <summary>Topics of instruments.</summary>
    public IReadOnlyList<string>? Topics { get; set => field = Take(nameof(Topics), value); }

    /// <summary>Instruments by id.</summary>
    public IReadOnlyList<string>? Instruments { get; set => field = Take(nameof(Instruments), value); }

    /// <summary>Categories of obligations.</summary>
    public IReadOnlyList<string>? Categories { get; set => field = Take(nameof(Categories), value); }

    /// <summary>A condition over the event; the event is delivered unless it comes to no.</summary>
    public string? Condition { get; set => field = Take(nameof(Condition), value); }

    /// <summary>Headers to add or replace; a header that is null is taken away, the others stay. Null takes all of them away.</summary>
    public IReadOnlyDictionary<string, string?>? Headers { get; set => field = Take(nameof(Headers), value); }

    /// <summary>How long before a day that matters to send obligation.deadline-approaching: ISO 8601 durations such as P30D.</summary>
    public IReadOnlyList<string>? LeadTimes { get; set => field = Take(nameof(LeadTimes), value); }

    /// <summary>The most deliveries a second; null: as many as the endpoint takes.</summary>
    public int? RateLimit { get; set => field = Take(nameof(RateLimit), value); }

    /// <summary>Whether a delivery waits for the earlier ones about the same company or instrument.</summary>
    public bool? Ordered { get; set => field = Take(nameof(Ordered), value); }

    /// <summary>paused stops deliveries, which wait; active resumes a paused and enables a failing or disabled endpoint.</summary>
    public EndpointState State { get; set => field = Take(nameof(State), value); }

    /// <summary>True when the member was in the body, null included.</summary>
    internal bool Has(string member) => given.Contains(member);

    private T Take<T>(string member, T value)
    {
        given.Add(member);
        return value;
    }
}

/// <summary>A registered endpoint.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Url">Where deliveries go.</param>
/// <param name="Description">Words for people, or null.</param>
/// <param name="EventTypes">The event types it gets, or beginnings of them; empty: all.</param>
/// <param name="Companies">The companies whose events it gets; empty: all.</param>
/// <param name="Jurisdictions">The jurisdictions whose events it gets; empty: all.</param>
/// <param name="Topics">The topics whose events it gets; empty: all.</param>
/// <param name="Instruments">The instruments whose events it gets; empty: all.</param>
/// <param name="Categories">The categories of obligations whose events it gets; empty: all.</param>
/// <param name="Condition">The condition over the event, or null.</param>
/// <param name="LeadTimes">How long before a day that matters it is told, in months and days.</param>
/// <param name="HeaderNames">The names of the headers sent with each delivery; the values are never shown.</param>
/// <param name="RateLimit">The most deliveries a second, or null.</param>
/// <param name="Ordered">True when a delivery waits for the earlier ones about the same company or instrument.</param>
/// <param name="State">Where it stands.</param>
/// <param name="StateSince">Since when it stands there.</param>
/// <param name="StateReason">Why it stands there, or null.</param>
/// <param name="SincePosition">The log position after which events are for it, or null: it was never verified.</param>
/// <param name="CreatedAt">When it was registered.</param>
/// <param name="VerifiedAt">When it was last proved to be the subscriber's, or null: not since its address was set.</param>
/// <param name="Version">Rises with every change, its state's included; also the ETag.</param>
/// <param name="Secret">The signing secret: only in the answer to its registration, left out everywhere else.</param>
public sealed record EndpointAnswer(
    string Id,
    string Url,
    string? Description,
    IReadOnlyList<string> EventTypes,
    IReadOnlyList<string> Companies,
    IReadOnlyList<string> Jurisdictions,
    IReadOnlyList<string> Topics,
    IReadOnlyList<string> Instruments,
    IReadOnlyList<string> Categories,
    string? Condition,
    IReadOnlyList<string> LeadTimes,
    IReadOnlyList<string> HeaderNames,
    int? RateLimit,
    bool Ordered,
    EndpointState State,
    DateTimeOffset StateSince,
    string? StateReason,
    long? SincePosition,
    DateTimeOffset CreatedAt,
    DateTimeOffset? VerifiedAt,
    long Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Secret)
{
    /// <summary>The endpoint as clients see it.</summary>
    internal static EndpointAnswer Of(WebhookEndpoint e, string? secret = null) => new(
        e.Id, e.Url.AbsoluteUri, e.Description, e.Filter.EventTypes, e.Filter.Companies, e.Filter.Jurisdictions, e.Filter.Topics,
        e.Filter.Instruments, e.Filter.Categories, e.Filter.Condition, e.Filter.LeadTimes, e.HeaderNames, e.RateLimit, e.Ordered, e.State,
        e.StateSince, e.StateReason, e.Since, e.CreatedAt, e.VerifiedAt, e.Version, secret);
}

/// <summary>Endpoints.</summary>
/// <param name="Items">The endpoints, in the order of their registration.</param>
/// <param name="Next">The cursor of the next page, or null.</param>
public sealed record EndpointPage(IReadOnlyList<EndpointAnswer> Items, string? Next);

/// <summary>What came of asking an endpoint whether it wants deliveries.</summary>
/// <param name="Verified">True when it is proved to be the subscriber's.</param>
/// <param name="Reason">How it was proved, or why not.</param>
/// <param name="Endpoint">The endpoint since.</param>
public sealed record VerificationAnswer(bool Verified, string Reason, EndpointAnswer Endpoint);

/// <summary>How a signing secret is replaced.</summary>
public sealed record RotationBody
{
    /// <summary>How long the old secrets sign too: an ISO 8601 duration of weeks, days, hours, minutes and seconds, PT0S to P7D; left out: PT24H.</summary>
    public string? GracePeriod { get; init; }
}

/// <summary>A new signing secret.</summary>
/// <param name="Secret">The secret; it is shown only here.</param>
/// <param name="PreviousUntil">Until when deliveries are signed with the previous secrets too.</param>
/// <param name="Version">The endpoint's version since, also the ETag.</param>
public sealed record RotationAnswer(string Secret, DateTimeOffset PreviousUntil, long Version);

/// <summary>What was done to an endpoint, the newest first.</summary>
/// <param name="Items">The entries.</param>
/// <param name="Next">The cursor of the next page, or null.</param>
public sealed record EndpointLogPage(IReadOnlyList<EndpointLogItem> Items, string? Next);

/// <summary>Something that was done to an endpoint.</summary>
/// <param name="At">When.</param>
/// <param name="What">What: created, changed, verified, not-verified, secret-rotated, moved, deleted.</param>
/// <param name="Actor">Who: api, or delivery for what deliveries led to.</param>
/// <param name="Detail">More about it, by name; never a secret or the value of a header.</param>
public sealed record EndpointLogItem(DateTimeOffset At, string What, string Actor, IReadOnlyDictionary<string, string> Detail);
