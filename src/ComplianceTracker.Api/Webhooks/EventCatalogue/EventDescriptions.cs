using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;

namespace ComplianceTracker.Api.Webhooks.EventCatalogue;

/// <summary>What each delivered event says, in a sentence.</summary>
internal static class EventDescriptions
{
    /// <summary>The sentence by type without version.</summary>
    public static ImmutableDictionary<string, string> ByType { get; } = Developments().Concat(Consequences()).Concat(Operations()).ToImmutableDictionary();

    private static IEnumerable<KeyValuePair<string, string>> Developments() =>
        Enum.GetValues<DevelopmentKind>().Select(kind => KeyValuePair.Create($"instrument.{Words.Of(kind)}", Of(kind)));

    private static IEnumerable<KeyValuePair<string, string>> Consequences() =>
        Enum.GetValues<ConsequenceKind>().Select(kind => KeyValuePair.Create($"obligation.{Words.Of(kind)}", Of(kind)));

    private static IEnumerable<KeyValuePair<string, string>> Operations() =>
    [
        KeyValuePair.Create(EventNames.Test, "Somebody wanted to see an event arrive (POST …/test). Whatever the endpoint's filter, and to it alone."),
        KeyValuePair.Create(EventNames.Challenge, "Asks whoever answers at an endpoint's address for an echo, as proof that deliveries are wanted there. To that endpoint alone; not part of any filter."),
        KeyValuePair.Create(EventNames.Failing, "Deliveries to an endpoint fail, and are tried on, one at a time. To the tenant's other endpoints."),
        KeyValuePair.Create(EventNames.Recovered, "A delivery to an endpoint succeeded after it was failing, or somebody enabled it again."),
        KeyValuePair.Create(EventNames.Disabled, "Nothing is delivered to an endpoint until somebody enables it again; nothing of what is due is dropped. To the tenant's other endpoints."),
    ];

    private static string Of(DevelopmentKind kind) => kind switch
    {
        DevelopmentKind.Announced => "An authority said that it will act.",
        DevelopmentKind.DraftPublished => "A draft became public.",
        DevelopmentKind.ConsultationOpened => "The public was asked to comment.",
        DevelopmentKind.ConsultationClosed => "The time for comment ended.",
        DevelopmentKind.Passed => "The legislator or authority adopted it.",
        DevelopmentKind.Promulgated => "It was officially published.",
        DevelopmentKind.EffectiveDateSet => "A start that was open was fixed, or a fixed one moved.",
        DevelopmentKind.InForce => "It entered into force.",
        DevelopmentKind.Applies => "A part of it starts to apply (a staged start).",
        DevelopmentKind.Amended => "It was changed by a later act; a legal corrigendum is one.",
        DevelopmentKind.Suspended => "A court or authority took its legal effect away for a time.",
        DevelopmentKind.Reinstated => "Its legal effect came back.",
        DevelopmentKind.EnforcementPaused => "It stays in force, but the authority will not enforce it for a time.",
        DevelopmentKind.EnforcementResumed => "Enforcement goes on.",
        DevelopmentKind.Repealed => "A later act ended it.",
        DevelopmentKind.Superseded => "A later act took its place.",
        DevelopmentKind.Expired => "It ended by its own terms.",
        DevelopmentKind.Withdrawn => "Its author took it back before it was made.",
        DevelopmentKind.GuidanceIssued => "An authority said how it reads the instrument.",
        DevelopmentKind.Enforcement => "An authority acted under it.",
        DevelopmentKind.Corrected => "The record was wrong: this takes the place of what it names. Not an act of law.",
        _ => throw new InvalidOperationException($"{kind} has no description."),
    };

    private static string Of(ConsequenceKind kind) => kind switch
    {
        ConsequenceKind.Proposed => "A public draft would put an obligation on the company.",
        ConsequenceKind.Lapsed => "The draft that would have put an obligation on the company came to nothing.",
        ConsequenceKind.Upcoming => "An obligation is made and will apply to the company.",
        ConsequenceKind.Applicable => "An obligation applies to the company.",
        ConsequenceKind.Suspended => "An order took an obligation's legal effect.",
        ConsequenceKind.Resumed => "No order takes an obligation's legal effect any more.",
        ConsequenceKind.Ended => "An obligation no longer concerns the company: it is over, or its condition does not hold any more.",
        ConsequenceKind.Replaced => "An obligation is over and others take its place: one event, so that nobody counts twice.",
        ConsequenceKind.Rescheduled => "A day of an obligation's window moved.",
        ConsequenceKind.Changed => "What an obligation says, or how it is enforced, changed.",
        ConsequenceKind.Undetermined => "A fact is missing to be sure whether an obligation applies, which was not so before.",
        ConsequenceKind.Determined => "It is known whether an obligation applies, which was not so before.",
        ConsequenceKind.DeadlineApproaching => "A day that matters is as near as the subscription wants to be told (its leadTimes).",
        _ => throw new InvalidOperationException($"{kind} has no description."),
    };
}
