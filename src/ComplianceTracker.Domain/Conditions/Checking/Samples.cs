using System.Collections.Immutable;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>
/// Values of facts that stand for all others: a condition that only compares facts with literals cannot tell a value from the sample
/// on the same side of every literal. So what holds for all combinations of samples holds for all facts that are known.
/// </summary>
internal sealed class Samples(FactVocabulary vocabulary)
{
    // More values asked of one set are not sampled: each doubles the combinations.
    private const int MostMembers = 8;

    private readonly SortedDictionary<string, List<FactValue>> _literals = new(StringComparer.Ordinal);

    /// <summary>
    /// The samples of each fact that the expression reads; null where a fact is read in another way than against literals, or where the
    /// combinations are more than <paramref name="most"/>.
    /// </summary>
    public static ImmutableArray<(string Fact, ImmutableArray<FactValue> Values)>? Of(Expression expression, FactVocabulary vocabulary, int most)
    {
        var samples = new Samples(vocabulary);
        if (!samples.Collect(expression) || samples._literals.Any(f => vocabulary.Facts[f.Key].Type == FactType.StringSet && f.Value.Distinct().Count() > MostMembers))
        {
            return null;
        }

        var values = samples._literals.Select(f => (f.Key, ValuesOf(vocabulary.Facts[f.Key], f.Value))).ToImmutableArray();
        return values.Aggregate(1.0, (product, f) => product * f.Item2.Length) <= most ? values : null;
    }

    private bool Collect(Expression expression) => expression switch
    {
        Literal => true,
        FactReference { Name: var name } => vocabulary.Find(name)?.Type == FactType.Bool && Add(name),
        Negation negation => Collect(negation.Operand),
        Junction junction => junction.Operands.All(Collect),
        Choice choice => Collect(choice.Condition) && Collect(choice.WhenYes) && Collect(choice.WhenNo),
        Comparison { Operator: ComparisonOperator.In, Left: FactReference fact, Right: ListExpression list } =>
            list.Elements.All(e => e is Literal) && Add(fact.Name, [.. list.Elements.Cast<Literal>().Select(l => l.Value)]),
        Comparison { Operator: ComparisonOperator.In, Left: Literal member, Right: FactReference set } => Add(set.Name, member.Value),
        Comparison { Operator: ComparisonOperator.In } => false,

        // Between two texts there are always others.
        Comparison { Operator: not (ComparisonOperator.Equal or ComparisonOperator.NotEqual), Left: Literal { Value: StringValue } } => false,
        Comparison { Operator: not (ComparisonOperator.Equal or ComparisonOperator.NotEqual), Right: Literal { Value: StringValue } } => false,
        Comparison { Left: FactReference fact, Right: Literal literal } => Add(fact.Name, literal.Value),
        Comparison { Left: Literal literal, Right: FactReference fact } => Add(fact.Name, literal.Value),
        Comparison comparison => IsTruth(comparison.Left) && IsTruth(comparison.Right) && Collect(comparison.Left) && Collect(comparison.Right),
        Call { Function: "covers", Target: FactReference set, Arguments: [Literal { Value: StringValue code }] } => Add(set.Name, [code, .. PartsOf(code.Value)]),
        _ => false,
    };

    private bool IsTruth(Expression expression) => expression switch
    {
        FactReference fact => vocabulary.Find(fact.Name)?.Type == FactType.Bool,
        Literal literal => literal.Value is BoolValue,
        Negation or Junction or Comparison => true,
        Call call => call.Function == "covers",
        _ => false,
    };

    private bool Add(string fact, params IEnumerable<FactValue> values)
    {
        if (vocabulary.Find(fact) is null)
        {
            return false;
        }

        if (!_literals.TryGetValue(fact, out var known))
        {
            _literals[fact] = known = [];
        }

        known.AddRange(values);
        return true;
    }

    /// <summary>A part that nobody asks for: it makes the set cover the whole without holding it.</summary>
    private IEnumerable<StringValue> PartsOf(string code) => vocabulary.Groups.TryGetValue(code, out var members)
        ? [new StringValue(members.First())]
        : code.Contains('-', StringComparison.Ordinal) ? [] : [new StringValue($"{code}-ZZZ")];

    private static ImmutableArray<FactValue> ValuesOf(FactDefinition fact, List<FactValue> literals)
    {
        var range = FactRange.Of(fact);
        return fact.Type switch
        {
            FactType.Bool => [new BoolValue(false), new BoolValue(true)],
            FactType.Int => [.. literals.SelectMany(Around).Distinct().Where(v => range.Holds(v)).DefaultIfEmpty(range.Min ?? new IntValue(0))],
            FactType.Double => [.. literals.SelectMany(AroundDouble).Distinct().Where(v => range.Holds(v)).DefaultIfEmpty(range.Min ?? new DoubleValue(0))],
            FactType.Date => [.. literals.OfType<DateValue>().SelectMany(AroundDay).Distinct().Where(v => range.Holds(v)).DefaultIfEmpty(range.Min!)],
            FactType.String => [.. literals.Distinct(), .. Other(fact, literals)],
            _ => Subsets([.. literals.OfType<StringValue>().Select(v => v.Value).Distinct(StringComparer.Ordinal)]),
        };
    }

    private static IEnumerable<FactValue> Around(FactValue literal)
    {
        var (below, above) = literal switch
        {
            IntValue whole => (whole.Value, whole.Value),
            DoubleValue { Value: var number } => (Whole(Math.Floor(number)), Whole(Math.Ceiling(number))),
            _ => (0, 0),
        };
        long[] around = [below == long.MinValue ? below : below - 1, below, above, above == long.MaxValue ? above : above + 1];
        return around.Select(v => new IntValue(v));
    }

    private static long Whole(double number) => number >= long.MaxValue ? long.MaxValue : number <= long.MinValue ? long.MinValue : (long)number;

    private static IEnumerable<FactValue> AroundDouble(FactValue literal)
    {
        // The double nearest to a large int may lie on either side of it: two steps each way pass it.
        var at = literal switch { IntValue whole => whole.Value, DoubleValue number => number.Value, _ => 0.0 };
        double[] around =
        [
            double.BitDecrement(double.BitDecrement(at)), double.BitDecrement(at), at, double.BitIncrement(at), double.BitIncrement(double.BitIncrement(at)),
        ];
        return around.Where(double.IsFinite).Select(v => new DoubleValue(v));
    }

    private static IEnumerable<FactValue> AroundDay(DateValue literal)
    {
        var day = literal.Value;
        DateOnly[] around = [day == DateOnly.MinValue ? day : day.AddDays(-1), day, day == DateOnly.MaxValue ? day : day.AddDays(1)];
        return around.Select(d => new DateValue(d));
    }

    /// <summary>A text that is none of the literals, where the fact can have one.</summary>
    private static ImmutableArray<FactValue> Other(FactDefinition fact, List<FactValue> literals)
    {
        if (!fact.Values.IsEmpty)
        {
            var rest = fact.Values.FirstOrDefault(v => !literals.Contains(new StringValue(v.Value)));
            return rest is null ? [] : [new StringValue(rest.Value)];
        }

        return [new StringValue("\0" + string.Concat(literals.OfType<StringValue>().Select(l => l.Value)))];
    }

    private static ImmutableArray<FactValue> Subsets(string[] members) =>
        [.. Enumerable.Range(0, 1 << members.Length).Select(bits => SetValue.Complete(members.Where((_, i) => (bits >> i & 1) == 1)))];
}
