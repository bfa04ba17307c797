using System.Collections.Immutable;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Domain.Instruments;

/// <summary>Where an instrument itself stands, read off its developments.</summary>
public static class InstrumentStage
{
    /// <summary>
    /// The stage on the day, or null: nothing counted is dated on or before it. Developments of a later amendment's making
    /// are left out. An instrument that was made counts as in force from its own entry into force or staged start, and, where
    /// that day is set but the record that confirms it is not yet public, from the start of its first obligation.
    /// </summary>
    /// <param name="counted">The developments that count.</param>
    /// <param name="histories">The instrument's obligations as counted.</param>
    /// <param name="asOf">The legal day.</param>
    public static Stage? On(ImmutableArray<CountedDevelopment> counted, ImmutableArray<LegalHistory> histories, DateOnly asOf)
    {
        Stage? stage = null;
        var suspended = false;
        foreach (var development in counted.Select(c => c.Development))
        {
            if (development.Date <= asOf && development.Scope != Development.AmendmentScope)
            {
                stage = After(stage, development.Kind);
                suspended = development.Kind switch
                {
                    DevelopmentKind.Suspended => true,
                    DevelopmentKind.Reinstated => false,
                    _ => suspended,
                };
            }
        }

        var made = stage == Stage.Upcoming && histories.Any(h => HasBegun(h, asOf)) ? Stage.InForce : stage;
        return suspended && made != Stage.Ended ? Stage.Suspended : made;
    }

    // A rule whose end is not after its start never began, and an instrument does not enter into force with it.
    private static bool HasBegun(LegalHistory history, DateOnly asOf) =>
        history.EnactedOn is not null && history.Start <= asOf && !(history.End <= history.Start);

    private static Stage? After(Stage? stage, DevelopmentKind kind) => kind switch
    {
        DevelopmentKind.Announced or DevelopmentKind.DraftPublished or DevelopmentKind.ConsultationOpened or DevelopmentKind.ConsultationClosed
            => stage is null or Stage.Lapsed ? Stage.Proposed : stage,
        DevelopmentKind.Passed or DevelopmentKind.Promulgated or DevelopmentKind.EffectiveDateSet
            => stage is null or Stage.Proposed or Stage.Lapsed ? Stage.Upcoming : stage,
        DevelopmentKind.InForce or DevelopmentKind.Applies
            => stage is Stage.Ended ? stage : Stage.InForce,
        DevelopmentKind.Repealed or DevelopmentKind.Superseded or DevelopmentKind.Expired => Stage.Ended,
        DevelopmentKind.Withdrawn => stage is null or Stage.Proposed or Stage.Lapsed ? Stage.Lapsed : Stage.Ended,
        // An enforcement action or a guidance document is itself the act: it takes effect when it is issued.
        DevelopmentKind.Enforcement or DevelopmentKind.GuidanceIssued => stage is null or Stage.Proposed ? Stage.InForce : stage,
        DevelopmentKind.Amended or DevelopmentKind.Suspended or DevelopmentKind.Reinstated or DevelopmentKind.EnforcementPaused or DevelopmentKind.EnforcementResumed or DevelopmentKind.Corrected => stage,
        _ => throw new InvalidOperationException($"No stage for {kind}."),
    };
}
