using ComplianceTracker.Api.Companies;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.BulkImport;

/// <summary>Decides on some lines of an import, in their order. Each line appends one event at most, whose id follows from the line.</summary>
/// <param name="Histories">What became of the companies so far.</param>
/// <param name="Vocabulary">The vocabulary.</param>
/// <param name="Replaces">True when another profile on record is replaced, false when the line is refused.</param>
/// <param name="LineOfEvent">
/// The lines that were read together, which may be more than are decided on at once, by the ids of their events: what an attempt that
/// was cut off appended for a later line is no reason to undo it for an earlier one.
/// </param>
internal sealed record ImportBatch(
    IReadOnlyDictionary<string, CompanyHistory> Histories, FactVocabulary Vocabulary, bool Replaces, IReadOnlyDictionary<Guid, long> LineOfEvent)
{
    /// <summary>What becomes of each line, and the event to append; null where none is.</summary>
    public IReadOnlyList<(LineOutcome Outcome, CompanyEvent? Event)> Decide(IReadOnlyList<ProfileLine> lines)
    {
        var changed = new Dictionary<string, CompanyState>(StringComparer.Ordinal);
        var decided = new List<(LineOutcome, CompanyEvent?)>(lines.Count);
        foreach (var line in lines)
        {
            decided.Add(Decide(line, changed));
        }

        return decided;
    }

    /// <summary>The version that the company's stream has before the lines.</summary>
    public long VersionOf(string id) => Histories.GetValueOrDefault(id, CompanyHistory.None).Newest.Version;

    private (LineOutcome Outcome, CompanyEvent? Event) Decide(ProfileLine line, Dictionary<string, CompanyState> changed)
    {
        if (line.Command is not { } command)
        {
            return (LineOutcome.Refused(line, line.Problem!), null);
        }

        var history = Histories.GetValueOrDefault(command.CompanyId, CompanyHistory.None);
        if (history.Unreadable is not null)
        {
            return (LineOutcome.Refused(line, new ApiProblem(ProblemTypes.InternalError, "An event of the company's record cannot be read.")), null);
        }

        // Lines that were dealt with before, by an attempt that was cut off: the company was then what it was before their events.
        for (var i = 0; i < history.Steps.Count; i++)
        {
            if (LineOfEvent.TryGetValue(history.Steps[i].EventId, out var number) && number >= line.Number)
            {
                return number == line.Number
                    ? (new LineOutcome(line, i == 0 ? OutcomeKind.Registered : OutcomeKind.Replaced, history.Steps[i].State.Position, null), null)
                    : (Judge(line, command, history.Before(i)).Outcome, null);
            }
        }

        var before = changed.GetValueOrDefault(command.CompanyId, history.Newest);
        var (outcome, @event) = Judge(line, command, before);
        if (@event is not null)
        {
            changed[command.CompanyId] = new CompanyState(CompanyDecider.Evolve(before.Profile, @event), before.Version + 1, 0);
        }

        return (outcome, @event);
    }

    private (LineOutcome Outcome, CompanyEvent? Event) Judge(ProfileLine line, PutCompany command, CompanyState before)
    {
        var decision = CompanyDecider.Decide(before.Profile, command, Vocabulary);
        if (decision.Rejection is { } rejection)
        {
            return (LineOutcome.Refused(line, ApiProblem.Of(rejection)), null);
        }

        if (decision.Events.IsEmpty)
        {
            return (new LineOutcome(line, OutcomeKind.Unchanged, before.Position, null), null);
        }

        var @event = decision.Events.Single();
        if (before.Profile is not { } known)
        {
            return (new LineOutcome(line, OutcomeKind.Registered, 0, null), @event);
        }

        if (Replaces)
        {
            return (new LineOutcome(line, OutcomeKind.Replaced, 0, null), @event);
        }

        return known.SaysTheSameAs(CompanyDecider.Evolve(known, @event)!)
            ? (new LineOutcome(line, OutcomeKind.Unchanged, before.Position, null), null)
            : (LineOutcome.Refused(line, new ApiProblem(
                ProblemTypes.CompanyAlreadyRegistered, $"The company is registered with another profile, at version {before.Version}; with existing=replace the import replaces it.")), null);
    }
}
