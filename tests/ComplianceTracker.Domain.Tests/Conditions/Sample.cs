using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Tests.Conditions;

/// <summary>A small vocabulary with a fact of every type, and short words for using it.</summary>
internal static class Sample
{
    /// <summary>The version at which <c>tags</c> gained <c>mining</c>; sets declared at 1 do not know it.</summary>
    public const long MiningSince = 5;

    public static FactVocabulary Vocabulary { get; } = new(
        MiningSince,
        new[]
        {
            Fact("a", FactType.Bool),
            Fact("b", FactType.Bool),
            Fact("processes.personal_data", FactType.Bool),
            Fact("size.employees", FactType.Int),
            Fact("persons", FactType.Int),
            Fact("share", FactType.Double),
            Fact("opened_on", FactType.Date),
            Fact("word", FactType.String),
            Fact("tier", FactType.String, [Listed("gold", 1), Listed("silver", 1)]),
            Fact("tags", FactType.StringSet, [Listed("games", 1), Listed("payment", 1), Listed("mining", MiningSince)]),
            Fact("operates_in", FactType.StringSet) with { ValueType = "jurisdiction" },
        }.ToImmutableSortedDictionary(f => f.Name, f => f, StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, ImmutableSortedSet<string>>(StringComparer.Ordinal)
            .Add("EU", ImmutableSortedSet.Create(StringComparer.Ordinal, "DE", "FR", "IE")),
        null);

    public static FactIndex Index { get; } = FactIndex.Of(Vocabulary);

    public static Condition Compile(string text)
    {
        var result = Condition.Compile(text, Index);
        result.Error.ShouldBeNull();
        return result.Condition.ShouldNotBeNull();
    }

    public static ConditionError Refuse(string text)
    {
        var result = Condition.Compile(text, Index);
        result.IsValid.ShouldBeFalse(text);
        return result.Error.ShouldNotBeNull();
    }

    public static FactFrame Facts(params (string Name, FactValue? Value)[] facts) =>
        FactFrame.Of(Index, facts.Select(f => KeyValuePair.Create(f.Name, f.Value)));

    public static Truth Evaluate(string text, params (string Name, FactValue? Value)[] facts) =>
        Compile(text).Evaluate(Facts(facts));

    public static string Missing(string text, params (string Name, FactValue? Value)[] facts) =>
        string.Join(' ', Compile(text).EvaluateWithMissing(Facts(facts)).MissingFacts);

    public static BoolValue Bool(bool value) => new(value);

    public static IntValue Int(long value) => new(value);

    public static DoubleValue Double(double value) => new(value);

    public static StringValue Text(string value) => new(value);

    public static DateValue Day(int year, int month, int day) => new(new DateOnly(year, month, day));

    public static SetValue Set(params string[] values) => SetValue.Complete(values);

    public static SetValue OldSet(params string[] values) => Set(values) with { CompleteTo = 1 };

    private static FactDefinition Fact(string name, FactType type, ImmutableArray<ListedValue>? values = null) =>
        new(name, type, null, LangText.English(name), values ?? [], null, NotYetRead: false, null, []);

    private static ListedValue Listed(string value, long since) => new(value, LangText.English(value), NotYetRead: false, since);
}
