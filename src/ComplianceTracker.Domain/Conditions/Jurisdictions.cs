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

    /// <summary>A country of ISO 3166-1 alpha-2 or a code in its manner (<c>EU</c>), or a subdivision of ISO 3166-2.</summary>
    public static bool IsCode(string code) =>
        code.Length is 2 or >= 4 and <= 6
        && char.IsAsciiLetterUpper(code[0])
        && char.IsAsciiLetterUpper(code[1])
        && (code.Length == 2 || (code[2] == '-' && code.Skip(3).All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c))));

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
