using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Explanations;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Questions;
using ComplianceTracker.Domain.Tests.Conditions;
using ComplianceTracker.Domain.Tests.Support;
using ComplianceTracker.Domain.Vocabulary;
using FsCheck;
using FsCheck.Fluent;
using Properties = ComplianceTracker.Domain.Tests.Support.Properties;

namespace ComplianceTracker.Domain.Tests.Questions;

/// <summary>Nothing is asked in vain, and who has answered everything knows every answer: all answers of a small world are tried.</summary>
public sealed class DoubtProperties
{
    // So many ways to answer are tried in full.
    private const int Most = 3_000;

    private static readonly Gen<(string Condition, bool Relative, ImmutableSortedDictionary<string, FactValue> Facts)> Cases =
        from condition in SmallWorld.Conditions
        from relative in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
        from facts in SmallWorld.SomeFacts
        select (condition, relative, facts);

    [Fact]
    public void A_fact_is_asked_for_exactly_when_some_answer_can_change_the_outcome()
    {
        var tried = 0;
        Properties.ForAll(
            Cases,
            c =>
            {
                var (rule, frame, waiting) = Ask(c.Condition, c.Relative, c.Facts);
                var missing = rule.FactNames.Where(f => frame.Find(f) is null).ToList();
                if (waiting is null || missing.Aggregate(1L, (ways, f) => ways * (Values(f).Length + 1)) > Most)
                {
                    return;
                }

                tried++;
                var all = Partly(frame, missing).ToList();
                foreach (var fact in missing)
                {
                    var matters = all.Any(known => known.Find(fact) is null && Open(rule, known) && Values(fact).Any(v => !Open(rule, known.With(fact, v))));
                    waiting.Facts.Contains(fact).ShouldBe(matters, $"{fact} in {c.Condition}");
                    waiting.MaySettle.Contains(fact).ShouldBe(Values(fact).Any(v => !Open(rule, frame.With(fact, v))), $"{fact} alone in {c.Condition}");
                }
            },
            400);
        tried.ShouldBeGreaterThan(40);
    }

    [Fact]
    public void Whatever_is_answered_to_all_questions_nothing_stays_undetermined()
    {
        var cases =
            from c in Cases
            from answers in Gen.CollectToArray(SmallWorld.Grid, fact => Gen.Elements(fact.Value.AsEnumerable()).Select(v => (fact.Key, Value: v)))
            select (c, Answers: answers.ToDictionary(a => a.Key, a => a.Value));

        Properties.ForAll(cases, all =>
        {
            var (rule, frame, waiting) = Ask(all.c.Condition, all.c.Relative, all.c.Facts);
            if (waiting is not null)
            {
                waiting.Facts.ShouldNotBeEmpty();
                Open(rule, waiting.Facts.Aggregate(frame, (f, fact) => f.With(fact, all.Answers[fact]))).ShouldBeFalse(all.c.Condition);
            }
        });
    }

    [Fact]
    public void That_holds_of_any_condition_of_the_language()
    {
        var cases =
            from condition in Trees.Conditions
            from known in Trees.SomeFacts
            from answers in Trees.AllFacts
            select (condition, known, answers);

        Properties.ForAll(cases, c =>
        {
            var history = new LawBook(Law.Happened("made", "2024-01-01", Law.Define(), Law.Enact("2024-02-01"))).History()!;
            var condition = Sample.Compile(ConditionSyntax.Print(c.condition));
            var rule = new DayRule(new Rule(history, [condition], condition.FactNames), SmallWorld.Today);
            var frame = FactFrame.Of(Sample.Index, c.known);
            if (Waiting(rule, frame) is { } waiting)
            {
                waiting.Facts.ShouldBeSubsetOf(condition.EvaluateWithMissing(frame).MissingFacts);
                Open(rule, Told(frame, waiting, c.answers)).ShouldBeFalse(condition.Text);
            }
        }, 200);
    }

    [Fact]
    public void It_holds_of_arithmetic_lists_and_macros_too_unless_an_answer_makes_the_condition_fail()
    {
        var cases =
            from condition in WideTrees.Conditions
            from known in Trees.SomeFacts
            from answers in Trees.AllFacts
            select (condition, known, answers);

        Properties.ForAll(cases, c =>
        {
            var history = new LawBook(Law.Happened("made", "2024-01-01", Law.Define(), Law.Enact("2024-02-01"))).History()!;
            var rule = new DayRule(new Rule(history, [c.condition], c.condition.FactNames), SmallWorld.Today);
            var frame = FactFrame.Of(Sample.Index, c.known);
            if (Waiting(rule, frame) is { } waiting)
            {
                var told = Told(frame, waiting, c.answers);
                (Open(rule, told) && c.condition.EvaluateWithMissing(told).Error is null).ShouldBeFalse(c.condition.Text);
            }

            foreach (var counterfactual in Counterfactuals.Of(rule, frame))
            {
                rule.On(counterfactual.Changes.Aggregate(frame, (f, change) => f.With(change.Fact, change.To))).Status.ShouldBe(counterfactual.Becomes);
            }
        }, 100);
    }

    [Fact]
    public void The_order_tells_every_fact_once_and_counts_what_is_settled()
    {
        var cases = Gen.Choose(1, 12).SelectMany(n => AnyWaiting().ArrayOf(n)).Select(waiting => waiting.Select((w, i) => w with { ObligationId = $"o{i:00}" }).ToImmutableArray());

        Properties.ForAll(cases, waiting =>
        {
            var questions = OpenQuestions.InOrder(waiting);

            questions.Select(q => q.Fact).ShouldBe(waiting.SelectMany(w => w.Facts).Distinct(), ignoreOrder: true);
            for (var i = 0; i < questions.Length; i++)
            {
                var known = questions.Take(i + 1).Select(q => q.Fact).ToHashSet();
                questions[i].SettlesTogether.All.ShouldBe(waiting.Count(w => w.Facts.All(known.Contains)));
                questions[i].Settles.All.ShouldBe(waiting.Count(w => w.Facts.SequenceEqual([questions[i].Fact])));
                questions[i].Waiting.Select(w => w.ObligationId).ShouldBe(waiting.Where(w => w.Facts.Contains(questions[i].Fact)).Select(w => w.ObligationId));
            }

            questions[^1].SettlesTogether.All.ShouldBe(waiting.Length);
            OpenQuestions.InOrder(waiting.Reverse()).Select(q => (q.Fact, q.Settles, q.SettlesTogether)).ShouldBe(questions.Select(q => (q.Fact, q.Settles, q.SettlesTogether)));
        });
    }

    private static Gen<Waiting> AnyWaiting() =>
        from facts in Gen.SubListOf("a", "b", "c", "d", "e", "f")
        where facts.Count > 0
        from otherwise in Gen.Elements(Status.Applicable, Status.Upcoming, Status.Proposed)
        select new Waiting("", otherwise, [..facts], []);

    private static (DayRule Rule, FactFrame Frame, Waiting? Waiting) Ask(string condition, bool relative, ImmutableSortedDictionary<string, FactValue> facts)
    {
        var rule = SmallWorld.On(condition, relative);
        var frame = SmallWorld.Frame(facts);
        return (rule, frame, Waiting(rule, frame));
    }

    private static Waiting? Waiting(DayRule rule, FactFrame frame)
    {
        var verdict = rule.On(frame);
        var evaluation = rule.Condition.EvaluateWithMissing(frame);
        var history = new LawBook(Law.Happened("made", "2024-01-01", Law.Define(), Law.Enact("2024-02-01"))).History()!;
        ImmutableArray<ApplicabilityInterval> intervals = verdict.Applies == Truth.No ? [] : [new(Days.Always, verdict.Applies, evaluation.MissingFacts, null)];
        return OpenQuestions.Of(rule, ObligationAnswer.On(history, intervals, SmallWorld.Today)!, frame);
    }

    // What is known stays so: a set that leaves something open is told more closely, not otherwise.
    private static FactFrame Told(FactFrame frame, Waiting waiting, Dictionary<string, FactValue?> answers) => waiting.Facts.Aggregate(
        frame,
        (f, fact) => f.With(fact, (fact, frame.Find(fact), answers[fact]) switch
        {
            ("operates_in", SetValue known, _) => SetValue.Complete(known.Values.SelectMany(place => new[] { place, place switch { "EU" => "IE", "DE" => "DE-BE", "CN" => "CN-SH", _ => place } })),
            (_, SetValue known, SetValue told) => SetValue.Complete(known.Values.Union(told.Values.Where(v => v == "mining"))),
            var (_, _, answer) => answer,
        }));

    private static bool Open(DayRule rule, FactFrame facts) => rule.On(facts).Status == Status.Undetermined;

    // One value for each stretch that the conditions of the small world tell apart.
    private static ImmutableArray<FactValue> Values(string fact) => fact switch
    {
        "staff" => [..new[] { 3, 4, 5, 7, 8, 10, 11, 12, 13 }.Select(n => new IntValue(n))],
        "share" => [..new[] { -0.25, 0, 0.5, 0.75 }.Select(n => new DoubleValue(n))],
        "listed_on" => [..new[] { -3, -1, 0 }.Select(n => new DateValue(SmallWorld.Today.AddDays(n)))],
        _ => SmallWorld.Grid[fact],
    };

    private static IEnumerable<FactFrame> Partly(FactFrame frame, IEnumerable<string> missing) => !missing.Any()
        ? [frame]
        : Values(missing.First()).Select(v => frame.With(missing.First(), v)).Prepend(frame).SelectMany(f => Partly(f, missing.Skip(1)));
}
