using System.Collections.Immutable;
using ComplianceTracker.Domain.Changes;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace ComplianceTracker.Domain.Tests.Changes;

/// <summary>Changes between any two points tell everything, and each has its cause.</summary>
public sealed class CompanyChangesProperties
{
    private static readonly Gen<(Side From, Side To)> Pairs =
        from first in Scenarios.Developments
        from second in Scenarios.Developments
        from kept in Gen.Choose(1, 12)
        from sameLaw in Gen.Choose(0, 1)
        from company in Scenarios.Company
        from other in Scenarios.Company
        from sameCompany in Gen.Choose(0, 1)
        from day in Scenarios.Day
        from later in Gen.Frequency((1, Gen.Constant(0)), (2, Gen.Choose(1, 20)))
        select (
            new Side(sameLaw == 1 ? first : [..first.Take(kept)], sameLaw == 1 ? second : [..second.Take(kept)], company, day),
            new Side(first, second, sameCompany == 1 ? company : other, day.AddDays(later)));

    [Fact]
    public void Applied_to_the_answer_at_the_first_point_they_give_that_at_the_second()
    {
        Properties.ForAll(Pairs, pair =>
        {
            var (from, to) = (pair.From.Point(), pair.To.Point());
            var register = Live(from);
            foreach (var change in CompanyChanges.Between(from, to))
            {
                ObligationState.Of(change.Before).ShouldBe(ObligationState.Of(from.Answer(change.ObligationId)));
                Set(register, change.ObligationId, change.After);
                foreach (var successor in change.ReplacedBy)
                {
                    Set(register, successor.History.ObligationId, successor);
                }
            }

            register.OrderBy(e => e.Key).ShouldBe(Live(to).OrderBy(e => e.Key));
        });
    }

    [Fact]
    public void Between_a_point_and_itself_there_are_none()
    {
        Properties.ForAll(Pairs, pair => CompanyChanges.Between(pair.To.Point(), pair.To.Point()).ShouldBeEmpty());
    }

    [Fact]
    public void Each_has_a_cause_and_each_cause_is_something_that_differs()
    {
        Properties.ForAll(Pairs, pair =>
        {
            var (from, to) = (pair.From.Point(), pair.To.Point());
            foreach (var change in CompanyChanges.Between(from, to))
            {
                change.Causes.ShouldNotBeEmpty($"{change.Kind} {change.ObligationId}");
                change.Causes.ShouldBeUnique();
                var sameLaw = pair.From.First.SequenceEqual(pair.To.First) && pair.From.Second.SequenceEqual(pair.To.Second);
                if (sameLaw && from.AsOf == to.AsOf)
                {
                    change.Causes.ShouldAllBe(c => c is ChangeCause.Fact);
                }

                if (pair.From.Company.Equals(pair.To.Company) && from.AsOf == to.AsOf)
                {
                    change.Causes.ShouldAllBe(c => c is ChangeCause.Development);
                }
            }
        });
    }

    private static SortedDictionary<string, ObligationState> Live(ChangePoint point)
    {
        var live = new SortedDictionary<string, ObligationState>(StringComparer.Ordinal);
        foreach (var id in point.Rules.Keys)
        {
            Set(live, id, point.Answer(id));
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
        public ChangePoint Point()
        {
            var rules = new[] { Rule(First, "one", "two"), Rule(Second, "two", "one") }.OfType<Rule>().ToDictionary(r => r.History.ObligationId);
            return new ChangePoint(Day, Company, Facts.Slots, rules, _ => []);
        }

        private static Rule? Rule(ImmutableArray<Development> developments, string id, string successor)
        {
            var named = developments.Select(d => d with { Effects = [..d.Effects.Where(e => e.ObligationId == Law.DutyId).Select(e => Named(e, id, successor))] });
            var history = LegalHistoryFold.Fold(Law.Instrument, new LawBook(named).Counted()).Histories.SingleOrDefault(h => h.ObligationId == id);
            return history is null ? null : LawBook.RuleOf(history);
        }

        private static Effect Named(Effect effect, string id, string successor) =>
            effect is EndEffect { To: not null } end ? end with { ObligationId = id, ReplacedBy = [successor] } : effect with { ObligationId = id };
    }
}
