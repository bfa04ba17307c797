using System.Collections.Immutable;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace ComplianceTracker.Domain.Tests.Consequences;

/// <summary>Consequences tell everything that changed, and nothing else.</summary>
public sealed class AnswerChangesProperties
{
    // Two obligations, of which each may succeed the other, under two states of the law and the facts on two days.
    private static readonly Gen<(Side Before, Side After)> Steps =
        from first in Scenarios.Developments
        from second in Scenarios.Developments
        from kept in Gen.Choose(1, 12)
        from company in Scenarios.Company
        from other in Scenarios.Company
        from sameCompany in Gen.Choose(0, 1)
        from day in Scenarios.Day
        from later in Gen.Choose(0, 20)
        select (
            new Side([..first.Take(kept)], [..second.Take(kept)], company, day),
            new Side(first, second, sameCompany == 1 ? company : other, day.AddDays(later)));

    [Fact]
    public void Applied_to_the_live_obligations_before_they_give_those_after()
    {
        Properties.ForAll(Steps, step =>
        {
            var (before, after) = (step.Before.Answers(), step.After.Answers());
            var register = Live(before);
            foreach (var told in Between(before, after))
            {
                Set(register, told.ObligationId, told.After);
                foreach (var successor in told.ReplacedBy)
                {
                    Set(register, successor.History.ObligationId, successor);
                }
            }

            register.OrderBy(e => e.Key).ShouldBe(Live(after).OrderBy(e => e.Key));
        });
    }

    [Fact]
    public void Where_nothing_differs_nothing_is_told()
    {
        Properties.ForAll(Steps, step => Between(step.After.Answers(), step.After.Answers()).ShouldBeEmpty());
    }

    [Fact]
    public void Of_one_obligation_at_most_one_change_of_status_is_told_and_each_kind_once()
    {
        Properties.ForAll(Steps, step =>
        {
            foreach (var told in Between(step.Before.Answers(), step.After.Answers()).GroupBy(c => c.ObligationId))
            {
                told.Count(c => c.Kind is not (ConsequenceKind.Changed or ConsequenceKind.Rescheduled)).ShouldBeLessThanOrEqualTo(1);
                told.Select(c => c.Kind).ShouldBeUnique();
            }
        });
    }

    [Fact]
    public void On_a_day_on_which_none_of_its_own_or_the_companys_days_arrives_the_answer_stays()
    {
        Properties.ForAll(Steps, step =>
        {
            var (history, company, day) = (new LawBook(step.After.First).History(), step.After.Company, step.Before.Day);
            if (history is null || company.Facts.Values.Any(f => f.Pieces.Any(p => p.Days.From is not null || p.Days.To is not null)) || history.Contents.Any(c => c.Content.RelativeStart is not null))
            {
                return;
            }

            var intervals = LawBook.Intervals(history, company);
            if (!LawChanges.ADayArrives(history, day, step.After.Day, []))
            {
                AnswerChanges.Between(
                    [new AnswerChange(Law.DutyId, ObligationAnswer.On(history, intervals, day), ObligationAnswer.On(history, intervals, step.After.Day))], _ => null).ShouldBeEmpty();
            }
        });
    }

    private static ImmutableArray<Consequence> Between(Dictionary<string, ObligationAnswer?> before, Dictionary<string, ObligationAnswer?> after) =>
        AnswerChanges.Between(after.Keys.Select(id => new AnswerChange(id, before[id], after[id])), id => after.GetValueOrDefault(id));

    private static SortedDictionary<string, ObligationState> Live(Dictionary<string, ObligationAnswer?> answers)
    {
        var live = new SortedDictionary<string, ObligationState>(StringComparer.Ordinal);
        foreach (var (id, answer) in answers)
        {
            Set(live, id, answer);
        }

        return live;
    }

    private static void Set(SortedDictionary<string, ObligationState> register, string id, ObligationAnswer? answer)
    {
        if (AnswerChanges.IsLive(answer))
        {
            register[id] = ObligationState.Of(answer)!;
        }
        else
        {
            register.Remove(id);
        }
    }

    private sealed record Side(ImmutableArray<Development> First, ImmutableArray<Development> Second, CompanyProfile Company, DateOnly Day)
    {
        public Dictionary<string, ObligationAnswer?> Answers() => new() { ["one"] = Answer(First, "one", "two"), ["two"] = Answer(Second, "two", "one") };

        private ObligationAnswer? Answer(ImmutableArray<Development> developments, string id, string successor) =>
            new LawBook(developments).History() is { } history
            && ObligationAnswer.On(history, LawBook.Intervals(history, Company), Day) is { } answer
                ? answer with { History = history with { ObligationId = id, ReplacedBy = [successor] } }
                : null;
    }
}
