using ComplianceTracker.Domain.Conditions;
using static ComplianceTracker.Domain.Tests.Conditions.Sample;

namespace ComplianceTracker.Domain.Tests.Conditions;

public sealed class SetTests
{
    [Theory]
    [InlineData("CN", "CN", Truth.Yes)]
    [InlineData("CN-SH", "CN", Truth.Yes)]
    [InlineData("CN", "CN-NM", Truth.Unknown)]
    [InlineData("CN CN-SH", "CN-NM", Truth.No)]
    [InlineData("CN-SH", "CN-NM", Truth.No)]
    [InlineData("DE", "EU", Truth.Yes)]
    [InlineData("DE-BY", "EU", Truth.Yes)]
    [InlineData("US", "EU", Truth.No)]
    [InlineData("EU FR", "DE", Truth.No)]
    [InlineData("EU", "DE", Truth.Unknown)]
    [InlineData("EU", "DE-BY", Truth.Unknown)]
    [InlineData("EU DE", "DE-BY", Truth.Unknown)]
    [InlineData("EU DE", "FR", Truth.No)]
    [InlineData("EU DE-BY", "DE", Truth.Yes)]
    [InlineData("EU FR-IDF", "DE-BY", Truth.No)]
    [InlineData("EU", "US", Truth.No)]
    [InlineData("", "CN", Truth.No)]
    public void Covers_knows_parts_and_wholes(string members, string asked, Truth expected)
    {
        var set = Set(members.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var condition = $"operates_in.covers(\"{asked}\")";

        Evaluate(condition, ("operates_in", set)).ShouldBe(expected);
        Missing(condition, ("operates_in", set)).ShouldBe(expected == Truth.Unknown ? "operates_in" : "");
    }

    [Fact]
    public void Membership_is_plain() =>
        Evaluate("\"CN\" in operates_in", ("operates_in", Set("CN-SH"))).ShouldBe(Truth.No);

    [Theory]
    [InlineData("\"mining\" in tags", Truth.Unknown)]
    [InlineData("\"payment\" in tags", Truth.No)]
    [InlineData("\"games\" in tags", Truth.Yes)]
    [InlineData("size(tags) == 1", Truth.Unknown)]
    [InlineData("word in tags", Truth.Unknown)]
    public void A_set_does_not_know_the_values_listed_after_it_was_declared(string text, Truth expected)
    {
        Evaluate(text, ("tags", OldSet("games")), ("word", Text("mining"))).ShouldBe(expected);
        Missing(text, ("tags", OldSet("games")), ("word", Text("mining"))).ShouldBe(expected == Truth.Unknown ? "tags" : "");
    }

    [Fact]
    public void A_set_that_holds_the_later_value_or_was_declared_after_it_is_complete()
    {
        Evaluate("size(tags) == 2 && \"mining\" in tags", ("tags", OldSet("games", "mining"))).ShouldBe(Truth.Yes);
        Evaluate("size(tags) == 1 && !(\"mining\" in tags)", ("tags", Set("games"))).ShouldBe(Truth.Yes);
        Evaluate("\"mining\" in tags", ("tags", OldSet("games") with { CompleteTo = MiningSince })).ShouldBe(Truth.No);
    }

    [Fact]
    public void An_unknown_text_sought_in_a_set_with_gaps_leaves_both_missing() =>
        Missing("word in tags", ("tags", OldSet("games"))).ShouldBe("tags word");
}
