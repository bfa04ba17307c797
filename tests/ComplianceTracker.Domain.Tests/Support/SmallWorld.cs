using System.Collections.Immutable;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Explanations;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;
using FsCheck;
using FsCheck.Fluent;

namespace ComplianceTracker.Domain.Tests.Support;

/// <summary>
/// Conditions that compare facts with literals, and few enough values of each fact that all can be tried; between two of them no
/// condition tells any others apart.
/// </summary>
internal static class SmallWorld
{
    public static DateOnly Today { get; } = new(2024, 6, 1);

    /// <summary>Every value of every fact that is tried, settled: none leaves open in which part of a country something is.</summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<FactValue>> Grid { get; } = new Dictionary<string, ImmutableArray<FactValue>>
    {
        ["a"] = [new BoolValue(false), new BoolValue(true)],
        ["b"] = [new BoolValue(false), new BoolValue(true)],
        ["staff"] = [..Enumerable.Range(0, 20).Select(n => new IntValue(n))],
        ["share"] = [..Enumerable.Range(-2, 7).Select(n => new DoubleValue(n / 4.0))],
        ["listed_on"] = [..Enumerable.Range(-3, 7).Select(n => new DateValue(Today.AddDays(n)))],
        ["activities"] = [Set(), Set("shop"), Set("bank"), Set("shop", "bank")],
        ["places"] = [Set(), Set("CN-SH"), Set("CN-BJ"), Set("US"), Set("CN-SH", "CN-BJ"), Set("CN", "CN-BJ"), Set("US", "CN-SH"), Set("CN-GD", "US")],
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Conditions in which every part compares one fact with literals.</summary>
    public static Gen<string> Conditions { get; } = Gen.Sized(size => Tree(Math.Min(size, 12)));

    /// <summary>Facts, each known or not.</summary>
    public static Gen<ImmutableSortedDictionary<string, FactValue>> SomeFacts { get; } =
        Gen.CollectToArray(Grid, fact => Gen.Frequency((1, Gen.Elements(fact.Value.AsEnumerable()).Select(v => (fact.Key, Value: (FactValue?)v))), (1, Gen.Constant((fact.Key, Value: (FactValue?)null)))))
            .Select(facts => facts.Where(f => f.Value is not null).ToImmutableSortedDictionary(f => f.Key, f => f.Value!, StringComparer.Ordinal));

    public static FactFrame Frame(ImmutableSortedDictionary<string, FactValue> facts) =>
        FactFrame.Of(Facts.Slots, facts.Select(f => KeyValuePair.Create(f.Key, (FactValue?)f.Value)));

    /// <summary>The obligation with that condition, in force; now and then with a start relative to a fact.</summary>
    public static Rule Rule(string condition, bool relative = false) => LawBook.RuleOf(new LawBook(Law.Happened(
        "made", "2024-01-01", relative ? Law.DefineRelative("listed_on", "P3D", condition) : Law.Define(condition), Law.Enact("2024-02-01"))).History()!);

    public static DayRule On(string condition, bool relative = false) => new(Rule(condition, relative), Today);

    public static SetValue Set(params string[] members) => SetValue.Complete(members) with { CompleteTo = Facts.Standard.Version };

    private static Gen<string> Tree(int size)
    {
        var atoms = Gen.Elements(
            "a", "b", "staff >= 10", "staff < 5", "10 < staff", "staff == 7", "staff in [3, 12]", "share > 0.5", "share <= 0.0", "listed_on >= date(\"2024-06-01\")",
            "listed_on < date(\"2024-05-31\")", "\"shop\" in activities", "\"bank\" in activities", "places.covers(\"CN\")", "places.covers(\"CN-SH\")", "places.covers(\"US\")");
        if (size <= 1)
        {
            return atoms;
        }

        return Gen.Frequency(
            (1, atoms),
            (4, from kind in Gen.Elements(" && ", " || ")
                from count in Gen.Choose(2, 3)
                from operands in Tree(size / count).ArrayOf(count)
                select $"({string.Join(kind, operands)})"),
            (1, Tree(size - 1).Select(operand => $"!({operand})")));
    }
}
