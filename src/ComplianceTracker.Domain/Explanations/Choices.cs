using System.Collections.Immutable;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Explanations;

/// <summary>
/// Values of a fact that stand for all it can have: any other value is answered like one of them, as long as the condition compares the
/// fact with literals alone.
/// </summary>
internal sealed class Choices(Literals literals, FactIndex index)
{
    // Beyond so many values that a condition asks a set for, not every combination is looked at.
    private const int MostCombined = 8;

    /// <summary>The values, in their order; none of them leaves open what the condition asks.</summary>
    /// <param name="fact">The fact.</param>
    /// <param name="facts">What is known of the others; loose facts are compared with those.</param>
    /// <param name="more">Further values at which the answer can change.</param>
    public ImmutableArray<FactValue> Of(string fact, FactFrame facts, params IEnumerable<FactValue> more)
    {
        var definition = index.Vocabulary.Find(fact)!;
        return definition.Type switch
        {
            FactType.Bool => [new BoolValue(false), new BoolValue(true)],
            FactType.String => Texts(definition),
            FactType.StringSet => [..Sets(definition).Select(members => Set(members))],
            _ => [..Places(definition, facts, more).Select(place => Axis.At(definition.Type, place))],
        };
    }

    /// <summary>False of a set that is asked for so many members that not every combination of them is among its values.</summary>
    public bool IsExhaustive(string fact) =>
        index.Vocabulary.Find(fact) is not { Type: FactType.StringSet } definition || Members(definition).Count <= MostCombined;

    /// <summary>The places of the literals themselves, in order.</summary>
    public ImmutableSortedSet<long> Marks(string fact, FactFrame facts, params IEnumerable<FactValue> more)
    {
        var type = index.Vocabulary.Find(fact)!.Type;
        var others = literals.IsLoose(fact) ? index.Vocabulary.Facts.Keys.Where(f => f != fact && literals.IsLoose(f)).Select(facts.Find).OfType<FactValue>() : [];
        return [..literals.Of(fact).Concat(others).Concat(more).SelectMany(literal => Axis.PlacesOf(type, literal))];
    }

    /// <summary>A set as somebody would declare it now.</summary>
    public SetValue Set(IEnumerable<string> members) => SetValue.Complete(members) with { CompleteTo = index.Vocabulary.Version };

    /// <summary>The members that the condition asks the set for.</summary>
    public ImmutableSortedSet<string> MembersAsked(FactDefinition definition)
    {
        var asked = literals.Of(definition.Name).OfType<StringValue>().Select(v => v.Value);
        return ImmutableSortedSet.CreateRange(
            StringComparer.Ordinal, literals.IsLoose(definition.Name) ? asked.Concat(definition.Values.Select(v => v.Value)) : asked);
    }

    /// <summary>
    /// Real places that stand for being in a whole, but in none of its parts that the condition asks for: one for each whole that it asks for
    /// beside one of its parts, where one has a name.
    /// </summary>
    public IEnumerable<string> Elsewhere(FactDefinition definition)
    {
        var asked = MembersAsked(definition);
        return DividedWholes(definition, asked).Select(whole => NamedPlaceIn(whole, asked)).OfType<string>();
    }

    /// <summary>True when the set holds a whole without any of its parts, of which the condition asks for one.</summary>
    public bool IsOpen(IEnumerable<string> members, IEnumerable<string> asked)
    {
        var parts = asked.ToLookup(a => a, index.Jurisdictions.WholesOf, StringComparer.Ordinal);
        var held = members.ToHashSet(StringComparer.Ordinal);
        var named = held.SelectMany(index.Jurisdictions.WholesOf).ToHashSet(StringComparer.Ordinal);
        return held.Any(whole => !named.Contains(whole) && parts.Any(p => p.Any(wholes => wholes.Contains(whole)) && !held.Contains(p.Key)));
    }

    private IEnumerable<long> Places(FactDefinition definition, FactFrame facts, IEnumerable<FactValue> more)
    {
        var marks = Marks(definition.Name, facts, more);
        var places = marks.SelectMany(m => new[] { m == long.MinValue ? m : m - 1, m, m == long.MaxValue ? m : m + 1 });
        return (marks.IsEmpty || literals.IsLoose(definition.Name) ? places.Concat(Axis.Landmarks(definition.Type)) : places)
            .Select(place => Axis.PlaceOf(Axis.At(definition.Type, place)))
            .Distinct()
            .Order();
    }

    private ImmutableArray<FactValue> Texts(FactDefinition definition)
    {
        var asked = literals.Of(definition.Name).OfType<StringValue>().Select(v => v.Value).ToList();
        var other = definition.Values.IsEmpty ? "?" : definition.Values.Select(v => v.Value).FirstOrDefault(v => !asked.Contains(v));
        var listed = literals.IsLoose(definition.Name) ? definition.Values.Select(v => v.Value) : [];
        return [..asked.Concat(listed).Append(other).OfType<string>().Distinct().Order(StringComparer.Ordinal).Select(v => new StringValue(v))];
    }

    private IEnumerable<ImmutableArray<string>> Sets(FactDefinition definition)
    {
        var combinations = Combinations([..Members(definition)]);
        var asked = MembersAsked(definition);
        return definition.HoldsJurisdictions() ? combinations.Where(members => !IsOpen(members, asked)) : combinations;
    }

    private ImmutableSortedSet<string> Members(FactDefinition definition)
    {
        var asked = MembersAsked(definition);
        return asked.Union(DividedWholes(definition, asked).Select(whole => NamedPlaceIn(whole, asked) ?? $"{whole}-0"));
    }

    private IEnumerable<string> DividedWholes(FactDefinition definition, ImmutableSortedSet<string> asked) => definition.HoldsJurisdictions()
        ? asked.Where(whole => asked.Any(part => index.Jurisdictions.WholesOf(part).Contains(whole)))
        : [];

    // A part in which none of the parts lies that are asked for; for a group of countries a country.
    private string? NamedPlaceIn(string whole, ImmutableSortedSet<string> asked) => PlaceNames.Codes
        .Concat(index.Vocabulary.Groups.GetValueOrDefault(whole) ?? [])
        .Where(place => index.Jurisdictions.WholesOf(place).Contains(whole)
            && !asked.Contains(place)
            && !asked.Any(a => index.Jurisdictions.WholesOf(a).Contains(place) || (a != whole && index.Jurisdictions.WholesOf(place).Contains(a) && index.Jurisdictions.WholesOf(a).Contains(whole))))
        .Order(StringComparer.Ordinal)
        .FirstOrDefault();

    private static IEnumerable<ImmutableArray<string>> Combinations(ImmutableArray<string> of)
    {
        if (of.Length <= MostCombined)
        {
            return Enumerable.Range(0, 1 << of.Length).Select(bits => of.Where((_, i) => (bits & (1 << i)) != 0).ToImmutableArray());
        }

        return [[], ..of.Select(ImmutableArray.Create), of];
    }
}
