using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>
/// The facts of one company on one day, laid out by slot so that a condition reads them without a look-up.
/// Immutable, safe to share between threads.
/// </summary>
public sealed class FactFrame : IFactSource
{
    private readonly FactValue?[] _values;
    private readonly Coverage?[] _coverages;

    private FactFrame(FactIndex index, FactValue?[] values, Coverage?[] coverages) =>
        (Index, _values, _coverages) = (index, values, coverages);

    /// <summary>The index that gave the slots.</summary>
    public FactIndex Index { get; }

    /// <summary>
    /// Lays out facts. A fact that is not named, or named with null, is unknown; a name that the vocabulary does not hold is
    /// left out, since no condition can read it; of a name given twice the last value counts. A whole number serves a double fact.
    /// </summary>
    /// <exception cref="ArgumentException">A value is not of its fact's type: profiles are checked before they come here.</exception>
    public static FactFrame Of(FactIndex index, IEnumerable<KeyValuePair<string, FactValue?>> facts)
    {
        var frame = new FactFrame(index, new FactValue?[index.Definitions.Length], new Coverage?[index.Coverages]);
        foreach (var (name, value) in facts)
        {
            frame.Put(name, value);
        }

        return frame;
    }

    /// <summary>The same facts but for one; null makes it unknown.</summary>
    /// <inheritdoc cref="Of" path="/exception"/>
    public FactFrame With(string name, FactValue? value)
    {
        var frame = new FactFrame(Index, [.. _values], [.. _coverages]);
        frame.Put(name, value);
        return frame;
    }

    /// <inheritdoc/>
    public FactValue? Find(string name) => Index.TryGetSlot(name, out var slot) ? _values[slot] : null;

    /// <summary>A frame whose facts are put in and taken out again, by one thread: nobody else may see it.</summary>
    internal static FactFrame Scratch(FactIndex index) => Of(index, []);

    /// <summary>Puts a value of the slot's type into a scratch frame, with its coverage where the slot has one.</summary>
    internal void Put(int slot, FactValue? value, Coverage? coverage)
    {
        _values[slot] = value;
        if (Index.CoverageSlots[slot] is >= 0 and var coverageSlot)
        {
            _coverages[coverageSlot] = coverage;
        }
    }

    internal FactValue? At(int slot) => _values[slot];

    internal Coverage? CoverageAt(int coverageSlot) => _coverages[coverageSlot];

    private void Put(string name, FactValue? value)
    {
        if (!Index.TryGetSlot(name, out var slot))
        {
            return;
        }

        var definition = Index.Definitions[slot];
        if (value is IntValue whole && definition.Type == FactType.Double)
        {
            value = new DoubleValue(whole.Value);
        }

        if (value is not null && value.Type != definition.Type)
        {
            throw new ArgumentException($"{name} is {TypeWords.For(definition.Type)}, not {TypeWords.For(value.Type)}.", nameof(value));
        }

        _values[slot] = value;
        if (Index.CoverageSlots[slot] is >= 0 and var coverage)
        {
            _coverages[coverage] = value is SetValue set ? new Coverage(set.Values, Index.Jurisdictions) : null;
        }
    }
}
