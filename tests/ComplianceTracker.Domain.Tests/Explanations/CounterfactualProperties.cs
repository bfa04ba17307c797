using System.Collections.Immutable;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Explanations;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Tests.Support;
using ComplianceTracker.Domain.Vocabulary;
using FsCheck;
using FsCheck.Fluent;

namespace ComplianceTracker.Domain.Tests.Explanations;

/// <summary>What is told as the nearest change was tried, and nothing nearer would do: every change of a small world is tried.</summary>
public sealed class CounterfactualProperties
{
    private static readonly Gen<(string Condition, bool Relative, ImmutableSortedDictionary<string, FactValue> Facts)> Cases =
        from condition in SmallWorld.Conditions
        from relative in Gen.Frequency((5, Gen.Constant(false)), (1, Gen.Constant(true)))
        from facts in SmallWorld.SomeFacts
        select (condition, relative, facts);

    [Fact]
    public void Applied_each_makes_the_answer_what_it_says()
    {
        Properties.ForAll(Cases, c =>
        {
            var (rule, frame, now, told) = Told(c);
            foreach (var counterfactual in told)
            {
                var then = rule.On(Apply(frame, counterfactual.Changes)).Status;
                then.ShouldBe(counterfactual.Becomes);
                then.ShouldNotBe(now.Status);
                counterfactual.Changes.ShouldAllBe(change => Equals(change.From, frame.Find(change.Fact)));
            }
        });
    }

    [Fact]
    public void No_smaller_number_of_facts_changes_the_answer()
    {
        Properties.ForAll(Cases, c =>
        {
            var (rule, frame, now, told) = Told(c);
            var tried = Enumerable.Range(1, 2).Select(size => Changes(frame, rule.FactNames, size).Select(f => rule.On(f).Status).OfType<Status>().ToHashSet()).ToList();
            if (now.Status == Status.Undetermined)
            {
                foreach (var goal in rule.SureStatuses)
                {
                    var fewest = told.FirstOrDefault(t => t.Becomes == goal)?.Changes.Length ?? 3;
                    told.ShouldAllBe(t => t.Becomes != goal || t.Changes.Length == fewest);
                    tried.Take(fewest - 1).ShouldAllBe(statuses => !statuses.Contains(goal));
                }

                return;
            }

            var all = told.IsEmpty ? 3 : told[0].Changes.Length;
            told.ShouldAllBe(t => t.Changes.Length == all);
            var open = told.IsEmpty || told[0].Becomes == Status.Undetermined;
            tried.Take(open ? 2 : all - 1).ShouldAllBe(statuses => !statuses.Except(new[] { now.Status!.Value, Status.Undetermined }).Any());
            tried.Take(open ? all - 1 : 0).ShouldAllBe(statuses => !statuses.Contains(Status.Undetermined));
        }, 150);
    }

    [Fact]
    public void A_number_goes_no_further_than_it_must_and_its_range_is_where_the_answer_is_the_other()
    {
        Properties.ForAll(Cases, c =>
        {
            var (rule, frame, _, told) = Told(c);
            foreach (var (counterfactual, change) in told.SelectMany(t => t.Changes.Where(f => f.Range is not null).Select(f => (t, f))))
            {
                var others = Apply(frame, [..counterfactual.Changes.Where(f => f.Fact != change.Fact)]);
                foreach (var value in SmallWorld.Grid[change.Fact])
                {
                    var then = rule.On(others.With(change.Fact, value));
                    var fits = then.Status == counterfactual.Becomes;
                    if (Inside(value, change.Range!))
                    {
                        fits.ShouldBeTrue($"{value} is in the range");
                    }

                    if (change.From is { } from && Between(value, from, change.To))
                    {
                        fits.ShouldBeFalse($"{value} is nearer than {change.To}");
                    }
                }
            }
        });
    }

    [Fact]
    public void The_same_question_is_answered_the_same()
    {
        Properties.ForAll(Cases, c => Told(c).Told.ShouldBe(Told(c).Told), 50);
    }

    private static (DayRule Rule, FactFrame Frame, Verdict Now, ImmutableArray<Counterfactual> Told) Told(
        (string Condition, bool Relative, ImmutableSortedDictionary<string, FactValue> Facts) c)
    {
        var rule = SmallWorld.On(c.Condition, c.Relative);
        var frame = SmallWorld.Frame(c.Facts);
        return (rule, frame, rule.On(frame), Counterfactuals.Of(rule, frame));
    }

    private static FactFrame Apply(FactFrame frame, ImmutableArray<FactChange> changes) => changes.Aggregate(frame, (f, change) => f.With(change.Fact, change.To));

    private static IEnumerable<FactFrame> Changes(FactFrame frame, IEnumerable<string> facts, int size) => size == 0
        ? [frame]
        : facts.SelectMany((fact, i) => SmallWorld.Grid[fact]
            .Where(value => !value.Equals(frame.Find(fact)))
            .SelectMany(value => Changes(frame.With(fact, value), facts.Skip(i + 1), size - 1)));

    private static bool Inside(FactValue value, ValueRange range) =>
        !(range.AtLeast is { } least && Order(value, least) < 0) && !(range.MoreThan is { } over && Order(value, over) <= 0)
        && !(range.AtMost is { } most && Order(value, most) > 0) && !(range.Below is { } under && Order(value, under) >= 0);

    private static bool Between(FactValue value, FactValue from, FactValue to) =>
        (Order(from, value) < 0 && Order(value, to) < 0) || (Order(to, value) < 0 && Order(value, from) < 0);

    private static int Order(FactValue a, FactValue b) => (a, b) switch
    {
        (IntValue x, IntValue y) => x.Value.CompareTo(y.Value),
        (DoubleValue x, DoubleValue y) => x.Value.CompareTo(y.Value),
        (DateValue x, DateValue y) => x.Value.CompareTo(y.Value),
        _ => throw new ArgumentException("Not ordered."),
    };
}
