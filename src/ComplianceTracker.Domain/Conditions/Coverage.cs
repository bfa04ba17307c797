using System.Collections.Immutable;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>
/// What a set of jurisdictions says about any jurisdiction, worked out once for each set so that <c>covers</c> is a look-up.
/// </summary>
internal sealed class Coverage
{
    private readonly HashSet<string> _covered;
    private readonly HashSet<string> _open;

    public Coverage(ImmutableSortedSet<string> members, Jurisdictions jurisdictions)
    {
        var wholes = members.SelectMany(m => jurisdictions.WholesOf(m)).ToHashSet();
        _covered = [.. members, .. wholes];
        // A whole named without any of its parts leaves open which of them is meant; with one named, the others are not meant.
        _open = [.. members.Where(m => !wholes.Contains(m))];
    }

    /// <summary>Whether the set covers the jurisdiction, whose wholes the caller knows.</summary>
    public Truth Of(string code, ImmutableArray<string> wholes)
    {
        if (_covered.Contains(code))
        {
            return Truth.Yes;
        }

        foreach (var whole in wholes)
        {
            if (_open.Contains(whole))
            {
                return Truth.Unknown;
            }
        }

        return Truth.No;
    }
}
