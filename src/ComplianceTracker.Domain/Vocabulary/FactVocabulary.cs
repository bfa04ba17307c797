using System.Collections.Immutable;

namespace ComplianceTracker.Domain.Vocabulary;

/// <summary>
/// The facts that profiles may declare and conditions may read, with the jurisdictions that stand for a group of others.
/// Immutable; the fold of the vocabulary's events up to one version.
/// </summary>
/// <param name="Version">The version of the vocabulary stream it was folded up to; 0 for the empty vocabulary.</param>
/// <param name="Facts">The facts by name, ordinal.</param>
/// <param name="Groups">Member codes by the code of the group (<c>EU</c> and its members); <c>set.covers</c> reads them.</param>
/// <param name="Conventions">The record's conventions as last set, or null: not set yet.</param>
public sealed record FactVocabulary(
    long Version,
    ImmutableSortedDictionary<string, FactDefinition> Facts,
    ImmutableSortedDictionary<string, ImmutableSortedSet<string>> Groups,
    ConventionsSet? Conventions)
{
    /// <summary>The vocabulary before its first event.</summary>
    public static FactVocabulary Empty { get; } = new(
        0,
        ImmutableSortedDictionary.Create<string, FactDefinition>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, ImmutableSortedSet<string>>(StringComparer.Ordinal),
        null);

    /// <summary>The fact of that name, or null.</summary>
    public FactDefinition? Find(string name) => Facts.GetValueOrDefault(name);
}
