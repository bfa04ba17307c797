using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Vocabulary;
using static ComplianceTracker.Domain.Tests.Conditions.Sample;

namespace ComplianceTracker.Domain.Tests.Conditions;

public sealed class TraceTests
{
    private static string Show(TraceNode node, string indent = "") =>
        $"{indent}{(node.Decisive ? "*" : " ")} {node.Text} = {Outcome(node)}\n" + string.Concat(node.Children.Select(c => Show(c, indent + "  ")));

    private static string Outcome(TraceNode node) =>
        node.Truth?.ToString() ?? (node.Value is IntValue count ? $"{count.Value}" : "unknown");

    [Fact]
    public void A_trace_shows_every_step_and_which_steps_decided() =>
        Show(Compile("(a || b) && persons > 3 && size(tags) >= 1 && !(b ? a : a)").Trace(
            Facts(("a", Bool(true)), ("persons", Int(2)), ("tags", Set("games"))))).ShouldBe(
            """
            * (a || b) && persons > 3 && size(tags) >= 1 && !(b ? a : a) = No
                a || b = Yes
                * a = Yes
                  b = Unknown
              * persons > 3 = No
                size(tags) >= 1 = Yes
                * size(tags) = 1
              * !(b ? a : a) = No
                * b ? a : a = Yes
                    b = Unknown
                  * a = Yes
                  * a = Yes

            """.ReplaceLineEndings("\n"));

    [Fact]
    public void The_steps_that_keep_an_unknown_answer_open_are_the_decisive_ones() =>
        Show(Compile("a && persons > 3").Trace(Facts(("a", Bool(true))))).ShouldBe(
            "* a && persons > 3 = Unknown\n    a = Yes\n  * persons > 3 = Unknown\n");

    [Fact]
    public void A_step_names_the_facts_it_read_with_their_values()
    {
        var trace = Compile("persons > 3 || a").Trace(Facts(("persons", Int(2))));

        trace.Facts.ShouldBe([new FactReading("a", null), new FactReading("persons", Int(2))]);
        trace.Children[0].Facts.ShouldBe([new FactReading("persons", Int(2))]);
    }

    [Fact]
    public void A_step_that_failed_says_why_and_a_macro_shows_what_it_ranges_over()
    {
        var trace = Compile("(a || 100 / persons > 3) && [persons + 1].exists(x, x > 0)").Trace(Facts(("persons", Int(0)), ("a", Bool(true))));

        Show(trace).ShouldBe(
            """
            * (a || 100 / persons > 3) && [persons + 1].exists(x, x > 0) = Yes
              * a || 100 / persons > 3 = Yes
                * a = Yes
                  100 / persons > 3 = Unknown
                  * 100 / persons = unknown
              * [persons + 1].exists(x, x > 0) = Yes

            """.ReplaceLineEndings("\n"));
        trace.Children[0].Children[1].Error.ShouldBe("This divides by zero.");
        trace.Children[0].Children[1].Children[0].Error.ShouldBe("This divides by zero.");
        trace.Error.ShouldBeNull();
    }
}
