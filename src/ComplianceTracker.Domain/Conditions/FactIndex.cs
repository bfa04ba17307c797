using System.Collections.Frozen;
using System.Collections.Immutable;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>
/// A vocabulary made ready to compile conditions and to lay out facts: every fact has a slot. Build one for each version of
/// the vocabulary and share it: conditions read frames of their own index fastest. Immutable, safe to share between threads.
/// </summary>
public sealed class FactIndex
{
    private readonly FrozenDictionary<string, int> _slots;

    private FactIndex(FactVocabulary vocabulary)
    {
        Vocabulary = vocabulary;
        Definitions = [.. vocabulary.Facts.Values];
        _slots = Definitions
            .Select((definition, slot) => KeyValuePair.Create(definition.Name, slot))
            .ToFrozenDictionary(StringComparer.Ordinal);
        Jurisdictions = new Jurisdictions(vocabulary);
        var coverages = 0;
        CoverageSlots = [.. Definitions.Select(d => d.HoldsJurisdictions() ? coverages++ : -1)];
        Coverages = coverages;
    }

    /// <summary>The vocabulary it was built from.</summary>
    public FactVocabulary Vocabulary { get; }

    /// <summary>The definitions by slot.</summary>
    internal ImmutableArray<FactDefinition> Definitions { get; }

    internal Jurisdictions Jurisdictions { get; }

    /// <summary>By slot, where a frame keeps the coverage of the fact's set; negative for facts that <c>covers</c> may not ask.</summary>
    internal ImmutableArray<int> CoverageSlots { get; }

    /// <summary>How many coverages a frame keeps.</summary>
    internal int Coverages { get; }

    /// <summary>The index of a vocabulary.</summary>
    public static FactIndex Of(FactVocabulary vocabulary) => new(vocabulary);

    internal bool TryGetSlot(string name, out int slot) => _slots.TryGetValue(name, out slot);
}
