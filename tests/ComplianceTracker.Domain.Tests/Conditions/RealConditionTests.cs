using ComplianceTracker.Domain.Conditions;

namespace ComplianceTracker.Domain.Tests.Conditions;

public sealed class RealConditionTests
{
    [Fact]
    public void Every_real_condition_compiles_and_reads_back_from_its_canonical_text()
    {
        foreach (var text in RealConditions.Texts)
        {
            var result = Condition.Compile(text, RealConditions.Index);
            result.Error.ShouldBeNull(text);

            var canonical = ConditionSyntax.Print(result.Condition!.Root);
            ConditionSyntax.Parse(canonical).Root.ShouldBe(result.Condition.Root, text);
            canonical.Length.ShouldBeLessThanOrEqualTo(text.Length);
        }
    }

    [Fact]
    public void Of_a_company_that_has_declared_nothing_every_real_condition_is_unknown_and_asks_for_facts_it_reads()
    {
        foreach (var text in RealConditions.Texts)
        {
            var condition = Condition.Compile(text, RealConditions.Index).Condition!;
            var evaluation = condition.EvaluateWithMissing(FactFrame.Of(RealConditions.Index, []));

            evaluation.Result.ShouldBe(Truth.Unknown, text);
            evaluation.MissingFacts.ShouldBe(condition.FactNames, text);
        }
    }
}
