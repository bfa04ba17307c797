using System.Collections.Frozen;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Benchmarks.Evaluate;

/// <summary>A jurisdiction that a condition asks for, with those it is a part of.</summary>
internal sealed record Place(string Code, params string[] Wholes);

/// <summary>
/// A profile as a good programmer would lay it out for conditions written by hand: typed arrays by slot, frozen sets, and for sets of
/// jurisdictions what they cover worked out beforehand. Sets are complete, so that it need not ask how new a value is.
/// </summary>
internal sealed class Facts
{
    private readonly Known[] bools;
    private readonly long?[] ints;
    private readonly double?[] doubles;
    private readonly DateOnly?[] dates;
    private readonly FrozenSet<string>?[] sets;
    private readonly FrozenSet<string>?[] covered;
    private readonly FrozenSet<string>?[] open;

    public Facts(IReadOnlyList<string> names, IReadOnlyDictionary<string, FactValue?> profile, Func<string, IEnumerable<string>> wholesOf)
    {
        var count = names.Count;
        (bools, ints, doubles, dates) = (new Known[count], new long?[count], new double?[count], new DateOnly?[count]);
        (sets, covered, open) = (new FrozenSet<string>?[count], new FrozenSet<string>?[count], new FrozenSet<string>?[count]);
        for (var i = 0; i < count; i++)
        {
            var value = profile.GetValueOrDefault(names[i]);
            bools[i] = value is BoolValue b ? Known.Of(b.Value) : Known.Unknown;
            ints[i] = (value as IntValue)?.Value;
            doubles[i] = (value as DoubleValue)?.Value;
            dates[i] = (value as DateValue)?.Value;
            if (value is SetValue set)
            {
                var wholes = set.Values.SelectMany(wholesOf).ToHashSet();
                sets[i] = set.Values.ToFrozenSet(StringComparer.Ordinal);
                open[i] = set.Values.Where(v => !wholes.Contains(v)).ToFrozenSet(StringComparer.Ordinal);
                covered[i] = wholes.Union(set.Values).ToFrozenSet(StringComparer.Ordinal);
            }
        }
    }

    public Known Bool(int fact) => bools[fact];

    public Amount<long> Int(int fact) => new(ints[fact]);

    public Amount<double> Double(int fact) => new(doubles[fact]);

    public Amount<DateOnly> Date(int fact) => new(dates[fact]);

    public Known Has(int fact, string value) => sets[fact] is { } set ? Known.Of(set.Contains(value)) : Known.Unknown;

    public Known Covers(int fact, Place place)
    {
        if (covered[fact] is not { } codes)
        {
            return Known.Unknown;
        }

        if (codes.Contains(place.Code))
        {
            return Known.Yes;
        }

        foreach (var whole in place.Wholes)
        {
            if (open[fact]!.Contains(whole))
            {
                return Known.Unknown;
            }
        }

        return Known.No;
    }
}
