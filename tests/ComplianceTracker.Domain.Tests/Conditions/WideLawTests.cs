using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Tests.Support;
using ComplianceTracker.Domain.Vocabulary;
using FsCheck;
using FsCheck.Fluent;

namespace ComplianceTracker.Domain.Tests.Conditions;

/// <summary>What holds of every expression of the whole language and all facts.</summary>
public sealed class WideLawTests
{
    private static Gen<(Condition Condition, Dictionary<string, FactValue?> Some, Dictionary<string, FactValue?> All)> Cases =>
        from condition in WideTrees.Conditions
        from some in Trees.SomeFacts
        from all in Trees.AllFacts
        select (condition, some, all);

    private static FactFrame Frame(IEnumerable<KeyValuePair<string, FactValue?>> facts) => FactFrame.Of(Sample.Index, facts);

    [Fact]
    public void Knowing_one_fact_more_never_changes_a_yes_a_no_or_a_failure() => Properties.Hold(
        from c in Cases
        from name in Gen.Elements(c.Some.Keys.ToArray())
        select (c, name),
        drawn =>
        {
            var (condition, some, all) = drawn.c;
            var before = condition.EvaluateWithMissing(Frame(some));
            var more = new Dictionary<string, FactValue?>(some) { [drawn.name] = LawTests.Complete(some, all)[drawn.name] };
            var after = condition.EvaluateWithMissing(Frame(more));
            if (before.Result != Truth.Unknown)
            {
                after.Result.ShouldBe(before.Result, condition.Text);
            }
            else if (before.Error is not null)
            {
                after.Error.ShouldNotBeNull(condition.Text);
            }
        });

    [Fact]
    public void With_every_fact_known_an_answer_is_a_yes_a_no_or_a_failure() => Properties.Hold(Cases, drawn =>
    {
        var evaluation = drawn.Condition.EvaluateWithMissing(Frame(drawn.All));

        (evaluation.Result == Truth.Unknown).ShouldBe(evaluation.Error is not null, drawn.Condition.Text);
    });

    [Fact]
    public void An_unknown_answer_names_facts_that_it_reads_and_knowing_those_leaves_no_question_but_a_failure() => Properties.Hold(Cases.Where(c => LawTests.IsClosed(c.Some)), drawn =>
    {
        var (condition, some, all) = drawn;
        var evaluation = condition.EvaluateWithMissing(Frame(some));
        var completion = LawTests.Complete(some, all);

        evaluation.MissingFacts.Except(condition.FactNames).ShouldBeEmpty(condition.Text);
        if (evaluation.Result != Truth.Unknown)
        {
            evaluation.MissingFacts.ShouldBeEmpty();
            return;
        }

        // A failure that no fact can mend reads none: such a text is not recorded.
        (evaluation.MissingFacts.IsEmpty && Condition.CompileToRecord(condition.Text, Sample.Vocabulary).IsValid).ShouldBeFalse(condition.Text);

        // What is asked for may uncover a further question; asking on always ends.
        for (var round = 0; round <= some.Count && evaluation is { Result: Truth.Unknown, Error: null }; round++)
        {
            foreach (var name in evaluation.MissingFacts)
            {
                some[name] = completion[name];
            }

            evaluation = condition.EvaluateWithMissing(Frame(some));
        }

        (evaluation.Result != Truth.Unknown || evaluation.Error is not null).ShouldBeTrue(condition.Text);
    });

    [Fact]
    public void Printing_and_reading_give_the_same_tree() => Properties.Hold(WideTrees.Conditions, condition =>
        ConditionSyntax.Parse(ConditionSyntax.Print(condition.Root)).Root.ShouldBe(condition.Root, condition.Text));

    [Fact]
    public void Every_step_can_be_told_and_agrees_with_the_answer() => Properties.Hold(Cases, drawn =>
    {
        var frame = Frame(drawn.Some);

        drawn.Condition.Trace(frame).Truth.ShouldBe(drawn.Condition.Evaluate(frame), drawn.Condition.Text);
        drawn.Condition.Evaluate(new ByName(drawn.Some)).ShouldBe(drawn.Condition.Evaluate(frame));
        ConditionText.Of(drawn.Condition.Root, Sample.Vocabulary, denied: true).In("zh").ShouldNotBeNullOrWhiteSpace();
    });

    [Fact]
    public void What_is_simpler_says_the_same_whatever_is_known() => Properties.Hold(
        from text in Gen.OneOf(WideTrees.Truths, Trees.Conditions.Select(t => t.ToString()))
        where Condition.Compile(text, Sample.Index).IsValid
        from some in Trees.SomeFacts.ArrayOf(4)
        select (text, some),
        drawn =>
        {
            var report = ConditionCheck.Check(drawn.text, Sample.Vocabulary).Report.ShouldNotBeNull();
            if (report.Simplified is null)
            {
                report.Simplifications.ShouldBeEmpty();
                return;
            }

            report.Simplifications.ShouldAllBe(s => drawn.text.Contains(s.At.Text));
            var simplified = Sample.Compile(report.Simplified);
            foreach (var facts in drawn.some.Select(Frame))
            {
                var (before, after) = (Sample.Compile(drawn.text).EvaluateWithMissing(facts), simplified.EvaluateWithMissing(facts));
                (after.Result, after.Error is null).ShouldBe((before.Result, before.Error is null), $"{drawn.text}\n{report.Simplified}");
            }
        });

    [Fact]
    public void What_a_warning_calls_always_true_or_false_is_so_of_all_known_facts() => Properties.Hold(
        from text in Gen.OneOf(Trees.Conditions.Select(t => t.ToString()), WideTrees.Conditions.Select(c => c.Text))
        from all in Trees.AllFacts.ArrayOf(8)
        select (text, all),
        drawn =>
        {
            var text = drawn.text;
            foreach (var warning in ConditionCheck.Check(text, Sample.Vocabulary).Report.ShouldNotBeNull().Warnings.Where(w => w.Kind != ConditionWarningKind.UndeclaredValue))
            {
                var part = Sample.Compile(warning.At.Text);
                foreach (var truth in drawn.all.Select(facts => part.Evaluate(Frame(facts))))
                {
                    (warning.Kind switch
                    {
                        ConditionWarningKind.AlwaysTrue => truth == Truth.Yes,
                        ConditionWarningKind.AlwaysFalse => truth == Truth.No,
                        ConditionWarningKind.OutOfRange => truth != Truth.Unknown,
                        ConditionWarningKind.AlwaysFails => truth == Truth.Unknown,
                        _ => false,
                    }).ShouldBeTrue($"{warning.Kind} {warning.At.Text}\n{text}");
                }
            }
        });

    private sealed class ByName(Dictionary<string, FactValue?> facts) : IFactSource
    {
        public FactValue? Find(string name) => facts.GetValueOrDefault(name);
    }
}
