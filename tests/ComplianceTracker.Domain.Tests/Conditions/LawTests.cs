using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Tests.Support;
using ComplianceTracker.Domain.Vocabulary;
using FsCheck;
using FsCheck.Fluent;

namespace ComplianceTracker.Domain.Tests.Conditions;

/// <summary>What holds of every condition and all facts.</summary>
public sealed class LawTests
{
    private static Gen<(Condition Condition, Dictionary<string, FactValue?> Some, Dictionary<string, FactValue?> All)> Cases =>
        from tree in Trees.Conditions
        from some in Trees.SomeFacts
        from all in Trees.AllFacts
        select (Sample.Compile(ConditionSyntax.Print(tree)), some, all);

    private static FactFrame Frame(IEnumerable<KeyValuePair<string, FactValue?>> facts) => FactFrame.Of(Sample.Index, facts);

    /// <summary>The facts with every unknown one taken from the others, and sets brought up to date.</summary>
    internal static Dictionary<string, FactValue?> Complete(Dictionary<string, FactValue?> some, Dictionary<string, FactValue?> all) =>
        some.ToDictionary(fact => fact.Key, fact => fact.Value switch
        {
            null => all[fact.Key],
            SetValue { CompleteTo: 1 } old => ((SetValue)all[fact.Key]!).Values.Contains("mining")
                ? Sample.Set([.. old.Values, "mining"])
                : Sample.Set([.. old.Values]),
            var known => known,
        });

    [Fact]
    public void Printing_and_reading_give_the_same_tree() => Properties.Hold(
        Trees.Conditions,
        tree => ConditionSyntax.Parse(ConditionSyntax.Print(tree)).Root.ShouldBe(tree));

    [Fact]
    public void No_parenthesis_is_printed_in_vain() => Properties.Hold(Trees.Conditions, tree =>
    {
        var text = ConditionSyntax.Print(tree);
        for (var open = text.IndexOf('('); open >= 0; open = text.IndexOf('(', open + 1))
        {
            if (open > 0 && (char.IsAsciiLetter(text[open - 1]) || text[open - 1] == '"'))
            {
                continue;
            }

            var close = open;
            for (var depth = 0; close < text.Length && !(text[close] == ')' && depth == 1); close++)
            {
                depth += text[close] == '(' ? 1 : text[close] == ')' ? -1 : 0;
            }

            var without = text.Remove(close, 1).Remove(open, 1);
            ConditionSyntax.Parse(without).Root.ShouldNotBe(tree, $"{text}\n{without}");
        }
    });

    [Fact]
    public void Knowing_one_fact_more_never_changes_a_yes_or_a_no() => Properties.Hold(
        from c in Cases
        from name in Gen.Elements(c.Some.Keys.ToArray())
        select (c, name),
        drawn =>
        {
            var (condition, some, all) = drawn.c;
            var before = condition.Evaluate(Frame(some));
            var more = new Dictionary<string, FactValue?>(some) { [drawn.name] = Complete(some, all)[drawn.name] };
            if (before != Truth.Unknown)
            {
                condition.Evaluate(Frame(more)).ShouldBe(before);
            }
        });

    [Fact]
    public void A_yes_or_no_holds_in_every_completion_of_the_facts() => Properties.Hold(
        from tree in Trees.Conditions
        from some in Trees.SomeFacts.Where(IsClosed)
        from completions in Trees.AllFacts.ArrayOf(8)
        select (tree, some, completions),
        drawn =>
        {
            var result = Sample.Compile(drawn.tree.ToString()).Evaluate(Frame(drawn.some));
            foreach (var completion in drawn.completions.Select(all => Complete(drawn.some, all)))
            {
                var holds = new TwoValued(completion).Holds(drawn.tree);
                result.ShouldBeOneOf(Truth.Unknown, holds ? Truth.Yes : Truth.No);
            }
        });

    /// <summary>True when no jurisdiction stands in the set in place of parts that nobody named.</summary>
    internal static bool IsClosed(Dictionary<string, FactValue?> facts) =>
        facts["operates_in"] is not SetValue places
        || Trees.Asked.All(code => Covers(code, [.. places.Values]) != Truth.Unknown);

    [Fact]
    public void With_every_fact_known_the_answer_is_that_of_ordinary_logic() => Properties.Hold(Cases, drawn =>
        drawn.Condition.Evaluate(Frame(drawn.All)).ShouldBe(new TwoValued(drawn.All).Holds(drawn.Condition.Root) ? Truth.Yes : Truth.No));

    [Fact]
    public void An_unknown_answer_names_missing_facts_and_knowing_those_settles_it() => Properties.Hold(Cases.Where(c => IsClosed(c.Some)), drawn =>
    {
        var (condition, some, all) = drawn;
        var evaluation = condition.EvaluateWithMissing(Frame(some));

        var (settled, completion) = (some.ToDictionary(), Complete(some, all));

        evaluation.MissingFacts.IsEmpty.ShouldBe(evaluation.Result != Truth.Unknown);
        evaluation.MissingFacts.Except(condition.FactNames).ShouldBeEmpty();
        evaluation.MissingFacts.ShouldBe(evaluation.MissingFacts.Order(StringComparer.Ordinal));
        foreach (var name in evaluation.MissingFacts)
        {
            (some[name] is null or SetValue).ShouldBeTrue(name);
            settled[name] = completion[name];
        }

        condition.Evaluate(Frame(settled)).ShouldNotBe(Truth.Unknown);
    });

    [Fact]
    public void Slots_names_and_traces_agree() => Properties.Hold(Cases, drawn =>
    {
        var frame = Frame(drawn.Some);
        var bySlot = drawn.Condition.EvaluateWithMissing(frame);
        var byName = drawn.Condition.EvaluateWithMissing(new ByName(drawn.Some));

        byName.ShouldBe(bySlot);
        drawn.Condition.Evaluate(frame).ShouldBe(bySlot.Result);
        drawn.Condition.Evaluate(new ByName(drawn.Some)).ShouldBe(bySlot.Result);
        drawn.Condition.Trace(frame).Truth.ShouldBe(bySlot.Result);
    });

    [Fact]
    public void Naming_a_part_that_was_in_question_never_changes_what_covers_had_decided() => Properties.Hold(
        from members in Gen.SubListOf("EU", "DE", "DE-BY", "FR", "FR-IDF", "CN", "CN-NM", "US")
        from part in Gen.Elements("DE", "DE-BE", "FR-IDF", "IE", "CN-SH", "US-CA")
        from asked in Gen.Elements("EU", "DE", "DE-BY", "DE-BE", "FR", "IE", "CN", "CN-NM", "CN-SH", "US-CA", "US")
        select (members: members.ToArray(), part, asked),
        drawn =>
        {
            var before = Covers(drawn.asked, drawn.members);
            if (before != Truth.Unknown && Covers(drawn.part, drawn.members) == Truth.Unknown)
            {
                Covers(drawn.asked, [.. drawn.members, drawn.part]).ShouldBe(before);
            }
        });

    private static Truth Covers(string asked, params string[] members) =>
        Sample.Evaluate($"operates_in.covers(\"{asked}\")", ("operates_in", Sample.Set(members)));

    private sealed class ByName(Dictionary<string, FactValue?> facts) : IFactSource
    {
        public FactValue? Find(string name) => facts.GetValueOrDefault(name);
    }
}
