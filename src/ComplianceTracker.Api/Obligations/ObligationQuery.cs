using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Requests;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Api.Obligations;

/// <summary>Which obligations of a company a client wants to see.</summary>
/// <param name="Statuses">The statuses asked for, or empty: what binds or may bind now or later.</param>
/// <param name="Categories">The categories asked for, or empty: all.</param>
/// <param name="Jurisdictions">The jurisdictions asked for, exactly as instruments name them, or empty: all.</param>
/// <param name="Instruments">The instruments asked for, or empty: all.</param>
internal sealed record ObligationQuery(
    ImmutableHashSet<Status> Statuses,
    ImmutableHashSet<string> Categories,
    ImmutableHashSet<string> Jurisdictions,
    ImmutableHashSet<string> Instruments)
{
    private static readonly ImmutableHashSet<Status> Default = [Status.Applicable, Status.Upcoming, Status.Suspended];

    /// <summary>The filters in the query.</summary>
    /// <exception cref="ApiProblem">A status, jurisdiction, category or instrument that cannot be.</exception>
    public static ObligationQuery From(IQueryCollection query, CatalogueView view)
    {
        var statuses = Values(query, "status").Select(ReadStatus).ToImmutableHashSet();
        var jurisdictions = Values(query, "jurisdiction");
        if (jurisdictions.FirstOrDefault(j => !Jurisdiction.IsValid(j)) is { } unknown)
        {
            throw ApiProblem.BadParameter("jurisdiction", $"'{unknown}' is not {Jurisdiction.Description}.");
        }

        var instruments = Values(query, "instrument");
        if (instruments.FirstOrDefault(i => !view.InstrumentById.ContainsKey(i)) is { } missing)
        {
            var nearest = Nearest.To(missing, view.InstrumentById.Keys);
            throw ApiProblem.BadParameter("instrument", $"No instrument '{missing}' is on record{Hints.DidYouMean(nearest)}", nearest);
        }

        return new ObligationQuery(statuses, ReadCategories(query, view), jurisdictions, instruments);
    }

    /// <summary>Every filter open, the default statuses or those given.</summary>
    public static ObligationQuery OfStatuses(IEnumerable<Status> statuses) => new([..statuses], [], [], []);

    /// <summary>True when a rule can be listed at all, before the company is looked at.</summary>
    public bool Wants(RuleView rule, DateOnly asOf) =>
        (!Statuses.IsEmpty || CanBind(rule.History, asOf))
        && (Jurisdictions.IsEmpty || Jurisdictions.Contains(rule.History.Instrument.Jurisdiction))
        && (Instruments.IsEmpty || Instruments.Contains(rule.History.Instrument.Id))
        && (Categories.IsEmpty || Categories.Contains(rule.History.ContentOn(asOf).Category));

    /// <summary>True when a rule with these intervals can be listed, before it is answered.</summary>
    public bool Wants(ImmutableArray<ApplicabilityInterval> intervals, DateOnly asOf)
    {
        foreach (var interval in intervals)
        {
            if (interval.Days.Contains(asOf))
            {
                return true;
            }
        }

        return !Statuses.IsEmpty;
    }

    /// <summary>True when the answer is one of those asked for.</summary>
    public bool Wants(ObligationAnswer answer) => Statuses.IsEmpty
        ? Default.Contains(answer.Status) || (answer.Otherwise is { } otherwise && Default.Contains(otherwise))
        : Statuses.Contains(answer.Status);

    /// <summary>True when the answer is about an obligation of the categories, jurisdictions and instruments asked for, whatever its status.</summary>
    public bool Selects(ObligationAnswer answer) =>
        (Jurisdictions.IsEmpty || Jurisdictions.Contains(answer.History.Instrument.Jurisdiction))
        && (Instruments.IsEmpty || Instruments.Contains(answer.History.Instrument.Id))
        && (Categories.IsEmpty || Categories.Contains(answer.Content.Category));

    // A company's own start is never earlier than the general one: it only turns what is in force into what is not yet.
    private static bool CanBind(LegalHistory history, DateOnly asOf) =>
        history.StageOn(asOf, history.Start) is Stage.InForce or Stage.Upcoming or Stage.Suspended;

    private static ImmutableHashSet<string> ReadCategories(IQueryCollection query, CatalogueView view)
    {
        var categories = Values(query, "category");
        if (categories.IsEmpty)
        {
            return categories;
        }

        var known = view.Rules.SelectMany(r => r.History.Contents).Select(c => c.Content.Category).ToImmutableSortedSet(StringComparer.Ordinal);
        if (categories.FirstOrDefault(c => !known.Contains(c)) is { } missing)
        {
            var nearest = Nearest.To(missing, known);
            var hint = nearest.IsEmpty && !known.IsEmpty ? $"; the categories are {string.Join(", ", known)}." : Hints.DidYouMean(nearest);
            throw ApiProblem.BadParameter("category", $"No obligation has the category '{missing}'{hint}", nearest);
        }

        return categories;
    }

    private static ImmutableHashSet<string> Values(IQueryCollection query, string name) =>
        [..SizeLimits.CheckListed(
            name, [..query[name].OfType<string>().SelectMany(v => v.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))])];

    private static Status ReadStatus(string word) => Words.TryParse<Status>(word, out var status)
        ? status
        : throw ApiProblem.BadParameter("status", $"'{word}' is not a status; the statuses are {string.Join(", ", Words.All<Status>())}.", [..Words.All<Status>()]);
}

/// <summary>The parameters that <see cref="ObligationQuery"/> reads, for the OpenAPI document.</summary>
internal static class ObligationFilterParameters
{
    private const string Several = " Repeat it, or separate by commas, for several.";

    /// <summary>Says that the obligations can be filtered.</summary>
    public static RouteHandlerBuilder WithObligationFilters(this RouteHandlerBuilder builder) => builder
        .WithParameters(ApiParameter.Query(
            "status", "The statuses to list. Left out: applicable, upcoming, suspended, and undetermined where it would be one of these." + Several,
            ApiParameter.Words<Status>) with { Form = new JsonArray("applicable", "upcoming") })
        .WithObligationSelection();

    /// <summary>Says that the obligations can be filtered by anything but their status.</summary>
    public static RouteHandlerBuilder WithObligationSelection(this RouteHandlerBuilder builder) => builder
        .WithParameters(
            ApiParameter.Query("category", "The categories to list." + Several, ApiParameter.Texts) with { Form = new JsonArray("cross-border-transfer") },
            ApiParameter.Query("jurisdiction", "The jurisdictions to list, exactly as instruments name them." + Several, ApiParameter.Texts) with { Form = new JsonArray("CN") },
            ApiParameter.Query("instrument", "The instruments to list, by id." + Several, ApiParameter.Texts) with { Form = new JsonArray("cn-pipl") })
        .WithProblems(ProblemTypes.InvalidParameter);
}
