using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;

namespace ComplianceTracker.Api.Webhooks.Endpoints;

/// <summary>
/// Tells which events an endpoint wants. A filter on something that the event has no notion of lets it through, and so does a
/// condition that comes to unknown: to miss a change is worse than to hear of one too many. Immutable; make one for each version of an endpoint.
/// </summary>
internal sealed class EndpointMatcher
{
    /// <summary>The type of events that need one of the endpoint's lead times.</summary>
    public const string DeadlineApproaching = "obligation.deadline-approaching";

    private readonly EndpointFilter filter;
    private readonly ImmutableHashSet<string> companies;
    private readonly ImmutableHashSet<string> instruments;
    private readonly ImmutableHashSet<CalendarOffset> leadTimes;
    private readonly Condition? condition;

    private EndpointMatcher(EndpointFilter filter)
    {
        this.filter = filter;
        companies = [..filter.Companies];
        instruments = [..filter.Instruments];
        leadTimes = [..filter.LeadTimes.Select(l => CalendarOffset.TryParse(l, out var offset) ? offset : (CalendarOffset?)null).OfType<CalendarOffset>()];
        condition = filter.Condition is null ? null : Condition.Compile(filter.Condition, EventVocabulary.Index).Condition;
    }

    /// <summary>The matcher of an endpoint. A condition that does not compile any more lets everything through.</summary>
    public static EndpointMatcher Of(WebhookEndpoint endpoint) => new(endpoint.Filter);

    /// <summary>The matcher of a filter.</summary>
    public static EndpointMatcher Of(EndpointFilter filter) => new(filter);

    /// <summary>True when a type is asked for by name or by its beginning.</summary>
    public static bool Matches(string asked, string type) => asked.EndsWith('*')
        ? type.AsSpan().StartsWith(asked.AsSpan(0, asked.Length - 1), StringComparison.Ordinal)
        : asked == type;

    /// <summary>True when the endpoint is to get the event.</summary>
    public bool Wants(EventFacts e) =>
        (e.Type != DeadlineApproaching || (e.LeadTime is { } lead && leadTimes.Contains(lead)))
        && WantsType(e.Type)
        && (companies.IsEmpty || e.Company is null || companies.Contains(e.Company))
        && (instruments.IsEmpty || e.Instrument is null || instruments.Contains(e.Instrument) || e.Also.Any(also => instruments.Contains(also.Instrument)))
        && (filter.Jurisdictions.IsEmpty || e.Jurisdiction is null || WantsPlace(e.Jurisdiction) || e.Also.Any(also => WantsPlace(also.Jurisdiction)))
        && WantsOne(filter.Topics, e.Topics)
        && WantsOne(filter.Categories, e.Categories)
        && (condition is null || condition.Evaluate(FactFrame.Of(EventVocabulary.Index, e.Values)) != Truth.No);

    private bool WantsType(string type)
    {
        foreach (var asked in filter.EventTypes)
        {
            if (Matches(asked, type))
            {
                return true;
            }
        }

        return filter.EventTypes.IsEmpty;
    }

    private bool WantsPlace(string jurisdiction)
    {
        foreach (var place in filter.Jurisdictions)
        {
            if (Jurisdiction.IsWithin(jurisdiction, place))
            {
                return true;
            }
        }

        return false;
    }

    private static bool WantsOne(ImmutableArray<string> asked, ImmutableArray<string> had) => asked.IsEmpty || had.IsEmpty || had.Any(h => asked.Contains(h));
}
