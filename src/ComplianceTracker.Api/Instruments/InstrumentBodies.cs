using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Search;

namespace ComplianceTracker.Api.Instruments;

/// <summary>An instrument to register, with the developments known so far.</summary>
public sealed record InstrumentBody
{
    /// <summary>A slug, unique among instruments.</summary>
    public required string Id { get; init; }

    /// <summary>ISO 3166-1 or ISO 3166-2 code, or EU.</summary>
    public required string Jurisdiction { get; init; }

    /// <summary>The sort of act, a slug (<c>law</c>, <c>directive</c>).</summary>
    public required string Kind { get; init; }

    /// <summary>The full official title.</summary>
    public required LangText Title { get; init; }

    /// <summary>The name people use.</summary>
    public LangText? ShortTitle { get; init; }

    /// <summary>Who made it.</summary>
    public IReadOnlyList<string>? Authority { get; init; }

    /// <summary>The official number.</summary>
    public string? DocumentNumber { get; init; }

    /// <summary>Other official identifiers by scheme (<c>celex</c>, <c>eli</c>).</summary>
    public IReadOnlyDictionary<string, string>? Identifiers { get; init; }

    /// <summary>What it is about, as slugs.</summary>
    public IReadOnlyList<string>? Topics { get; init; }

    /// <summary>How it stands to other instruments.</summary>
    public IReadOnlyList<RelationBody>? Relations { get; init; }

    /// <summary>False for what recommends only.</summary>
    public bool? Binding { get; init; }

    /// <summary>The legal form where the kind is too coarse.</summary>
    public string? LegalForm { get; init; }

    /// <summary>The part of the jurisdiction it is limited to.</summary>
    public string? Locality { get; init; }

    /// <summary>A remark of the record's keeper.</summary>
    public LangText? Note { get; init; }

    /// <summary>Newsletters that mention it.</summary>
    public IReadOnlyList<string>? Seeds { get; init; }

    /// <summary>Newsletters that speak of its matter.</summary>
    public IReadOnlyList<string>? RelatedSeeds { get; init; }

    /// <summary>Which part of the record it belongs to.</summary>
    public string? Corpus { get; init; }

    /// <summary>What happened to it so far.</summary>
    public IReadOnlyList<DevelopmentBody>? Developments { get; init; }

    internal InstrumentIdentity ToIdentity() => new(
        Id, Jurisdiction, Kind, Title, ShortTitle, [..Authority ?? []], DocumentNumber,
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, (Identifiers ?? new Dictionary<string, string>()).Select(Given)),
        [..Topics ?? []], [..(Relations ?? []).Select(r => new Relation(r.Type, r.Target, r.Note))],
        Binding, LegalForm, Locality, Note, [..Seeds ?? []], [..RelatedSeeds ?? []], Corpus);

    // The serializer does not hold the values of a map against their nullability.
    private static KeyValuePair<string, string> Given(KeyValuePair<string, string> identifier) => identifier.Value is not null
        ? identifier
        : throw new ApiProblem(ProblemTypes.InvalidBody, "The value must not be null.") { Pointer = $"/identifiers/{JsonErrors.Escape(identifier.Key)}" };
}

/// <summary>How one instrument stands to another.</summary>
/// <param name="Type">The relation: <c>implements</c>, <c>amends</c>, …</param>
/// <param name="Target">The other instrument's id.</param>
/// <param name="Note">A remark.</param>
public sealed record RelationBody(string Type, string Target, LangText? Note = null);

/// <summary>An instrument as the record shows it on the clocks asked for.</summary>
public record InstrumentItem
{
    /// <summary>Its slug.</summary>
    public required string Id { get; init; }

    /// <summary>ISO 3166-1 or ISO 3166-2 code, or EU.</summary>
    public required string Jurisdiction { get; init; }

    /// <summary>The sort of act.</summary>
    public required string Kind { get; init; }

    /// <summary>The full official title.</summary>
    public required LangText Title { get; init; }

    /// <summary>The name people use, or null.</summary>
    public required LangText? ShortTitle { get; init; }

    /// <summary>Who made it.</summary>
    public required IReadOnlyList<string> Authority { get; init; }

    /// <summary>The official number, or null.</summary>
    public required string? DocumentNumber { get; init; }

    /// <summary>Other official identifiers by scheme.</summary>
    public required IReadOnlyDictionary<string, string> Identifiers { get; init; }

    /// <summary>What it is about.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>How it stands to other instruments.</summary>
    public required IReadOnlyList<RelationBody> Relations { get; init; }

    /// <summary>False for what recommends only; null where the record does not say.</summary>
    public required bool? Binding { get; init; }

    /// <summary>The legal form where the kind is too coarse, or null.</summary>
    public required string? LegalForm { get; init; }

    /// <summary>The part of the jurisdiction it is limited to, or null.</summary>
    public required string? Locality { get; init; }

    /// <summary>A remark of the record's keeper, or null.</summary>
    public required LangText? Note { get; init; }

    /// <summary>Newsletters that mention it.</summary>
    public required IReadOnlyList<string> Seeds { get; init; }

    /// <summary>Newsletters that speak of its matter.</summary>
    public required IReadOnlyList<string> RelatedSeeds { get; init; }

    /// <summary>Which part of the record it belongs to, or null.</summary>
    public required string? Corpus { get; init; }

    /// <summary>Where it stands on <c>asOf</c>; null when nothing known had happened to it by then.</summary>
    public required Stage? Stage { get; init; }

    /// <summary>The ids of the obligations it carries, as counted.</summary>
    public required IReadOnlyList<string> Obligations { get; init; }

    internal static InstrumentItem From(InstrumentView view, DateOnly asOf)
    {
        var identity = view.Identity;
        return new InstrumentItem
        {
            Id = identity.Id,
            Jurisdiction = identity.Jurisdiction,
            Kind = identity.Kind,
            Title = identity.Title,
            ShortTitle = identity.ShortTitle,
            Authority = identity.Authority,
            DocumentNumber = identity.DocumentNumber,
            Identifiers = identity.Identifiers,
            Topics = identity.Topics,
            Relations = [..identity.Relations.Select(r => new RelationBody(r.Type, r.Target, r.Note))],
            Binding = identity.Binding,
            LegalForm = identity.LegalForm,
            Locality = identity.Locality,
            Note = identity.Note,
            Seeds = identity.Seeds,
            RelatedSeeds = identity.RelatedSeeds,
            Corpus = identity.Corpus,
            Stage = InstrumentStage.On(view.Counted, view.Histories, asOf),
            Obligations = [..view.Histories.Select(h => h.ObligationId)],
        };
    }
}

/// <summary>An instrument in a list, with why it is there.</summary>
public sealed record ListedInstrument : InstrumentItem
{
    [SetsRequiredMembers]
    internal ListedInstrument(InstrumentItem item, IReadOnlyList<InstrumentMatch>? matches)
        : base(item) => Matches = matches;

    /// <summary>Where it holds what <c>q</c> looks for: the fewest texts that show every word, at most five, the best first; null without <c>q</c>.</summary>
    [JsonPropertyOrder(1)]
    public IReadOnlyList<InstrumentMatch>? Matches { get; }
}

/// <summary>One text that holds something of what was looked for.</summary>
/// <param name="Field">What the text is.</param>
/// <param name="Language">The tag of its language, or null: it has none.</param>
/// <param name="ObligationId">The obligation that it is of, or null: it is the instrument's own.</param>
/// <param name="Provision">The citation of that obligation, or null.</param>
/// <param name="Text">The text, or the part of a long one that shows it, with an ellipsis where it goes on. Plain: nothing in it is markup.</param>
/// <param name="Highlights">What was found in <paramref name="Text"/>, in order.</param>
public sealed record InstrumentMatch(
    SearchField Field, string? Language, string? ObligationId, string? Provision, string Text, IReadOnlyList<TextRange> Highlights)
{
    internal static InstrumentMatch From(TextMatch match) => new(
        match.Place.Field, match.Place.Language, match.Place.ObligationId, match.Place.Provision,
        match.Snippet.Text, [..match.Snippet.Highlights.Select(h => new TextRange(h.Start, h.Length))]);
}

/// <summary>A part of a text, in UTF-16 code units as JavaScript, Java and C# count them.</summary>
/// <param name="Start">Where it begins, from 0.</param>
/// <param name="Length">How long it is.</param>
public sealed record TextRange(int Start, int Length);

/// <summary>One instrument, with the clocks it is shown on.</summary>
public sealed record InstrumentDetail : InstrumentItem
{
    [SetsRequiredMembers]
    internal InstrumentDetail(
        InstrumentItem item, IReadOnlyList<UnresolvedEffect> unresolved, QuestionClocks clocks, DateTimeOffset? recordedAt, long version, long position)
        : base(item)
    {
        Unresolved = unresolved;
        AsOf = clocks.AsOf;
        KnownOn = clocks.KnownOn;
        RecordedAt = recordedAt;
        TimeZone = clocks.TimeZone;
        Version = version;
        Position = position;
    }

    /// <summary>Effects on obligations that nothing counted defines.</summary>
    public IReadOnlyList<UnresolvedEffect> Unresolved { get; }

    /// <summary>The legal day of the stage.</summary>
    public DateOnly AsOf { get; }

    /// <summary>What was public by then counts.</summary>
    public DateOnly KnownOn { get; }

    /// <summary>What was recorded by then counts.</summary>
    public DateTimeOffset? RecordedAt { get; }

    /// <summary>The time zone of the default days.</summary>
    public string TimeZone { get; }

    /// <summary>The version of the instrument's stream, also the <c>ETag</c>.</summary>
    public long Version { get; }

    /// <summary>The log position shown.</summary>
    public long Position { get; }
}

/// <summary>An effect on an obligation that nothing counted defines yet; it takes hold when the definition arrives.</summary>
/// <param name="DevelopmentId">The development.</param>
/// <param name="ObligationId">The obligation it names.</param>
public sealed record UnresolvedEffect(string DevelopmentId, string ObligationId);

/// <summary>A page of instruments.</summary>
/// <param name="Items">The instruments by id; with <c>q</c> the best first.</param>
/// <param name="Next">The cursor of the next page, or null.</param>
/// <param name="AsOf">The legal day of the stages.</param>
/// <param name="KnownOn">What was public by then counts.</param>
/// <param name="RecordedAt">What was recorded by then counts.</param>
/// <param name="TimeZone">The time zone of the default days.</param>
/// <param name="Position">The log position shown.</param>
public sealed record InstrumentPage(
    IReadOnlyList<ListedInstrument> Items, string? Next, DateOnly AsOf, DateOnly KnownOn, DateTimeOffset? RecordedAt, string TimeZone, long Position);

/// <summary>A development as the record holds it.</summary>
/// <param name="Id">Its slug within the instrument.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Date">The official day.</param>
/// <param name="PublicOn">The day on which the public could know it.</param>
/// <param name="Order">Its order within the day.</param>
/// <param name="Scope"><c>amendment</c>, or null.</param>
/// <param name="Note">What happened, in words, or null.</param>
/// <param name="Source">Where to look it up.</param>
/// <param name="Confidence">How far it was checked.</param>
/// <param name="CausedBy">What caused it, or null.</param>
/// <param name="Derived">True when it was added so that an effect has its event.</param>
/// <param name="Seeds">Newsletters that report it.</param>
/// <param name="RelatedSeeds">Newsletters that speak of its matter.</param>
/// <param name="Corrects">What it corrects, or null.</param>
/// <param name="Restated">What of the original's kind and dates it puts right, or null.</param>
/// <param name="CorrectedBy">The correction that counts in its place, also in that of an earlier correction; null: this one counts.</param>
/// <param name="Effects">What it does to obligations.</param>
/// <param name="Unresolved">The ids among its obligations that nothing recorded defines yet.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="Position">Its log position.</param>
public sealed record DevelopmentItem(
    string Id,
    DevelopmentKind Kind,
    DateOnly Date,
    DateOnly PublicOn,
    int Order,
    string? Scope,
    LangText? Note,
    string Source,
    Confidence Confidence,
    string? CausedBy,
    bool Derived,
    IReadOnlyList<string> Seeds,
    IReadOnlyList<string> RelatedSeeds,
    string? Corrects,
    RestatementBody? Restated,
    string? CorrectedBy,
    IReadOnlyList<EffectBody> Effects,
    IReadOnlyList<string> Unresolved,
    DateTimeOffset RecordedAt,
    long Position);

/// <summary>A page of developments.</summary>
/// <param name="Items">The developments by date, order and id.</param>
/// <param name="Next">The cursor of the next page, or null.</param>
/// <param name="InstrumentId">The instrument.</param>
/// <param name="KnownOn">What was public by then is shown.</param>
/// <param name="RecordedAt">What was recorded by then is shown.</param>
/// <param name="TimeZone">The time zone of the default days.</param>
/// <param name="Position">The log position shown.</param>
public sealed record DevelopmentPage(
    IReadOnlyList<DevelopmentItem> Items, string? Next, string InstrumentId, DateOnly KnownOn, DateTimeOffset? RecordedAt, string TimeZone, long Position);
