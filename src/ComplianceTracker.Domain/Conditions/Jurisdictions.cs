using System.Collections.Frozen;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>
/// Which jurisdictions are parts of which: a subdivision (<c>CN-NM</c>) of its country, a member of its group (<c>EU</c>),
/// a member's subdivision of the group too.
/// </summary>
internal sealed class Jurisdictions
{
    private readonly FrozenDictionary<string, string[]> _groupsOf;

    public Jurisdictions(FactVocabulary vocabulary) => _groupsOf = vocabulary.Groups
        .SelectMany(group => group.Value.Select(member => (member, group: group.Key)))
        .ToLookup(pair => pair.member, pair => pair.group, StringComparer.Ordinal)
        .ToFrozenDictionary(groups => groups.Key, groups => groups.ToArray(), StringComparer.Ordinal);

    /// <summary>Every jurisdiction that the code is a strict part of.</summary>
    public string[] WholesOf(string code)
    {
        var groups = _groupsOf.GetValueOrDefault(code, []);
        var dash = code.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0)
        {
            return groups;
        }

        var country = code[..dash];
        return [.. groups, country, .. _groupsOf.GetValueOrDefault(country, [])];
    }
}
