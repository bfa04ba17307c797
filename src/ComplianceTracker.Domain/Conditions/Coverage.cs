using System.Collections.Immutable;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>
/// What a set of jurisdictions says about any jurisdiction, worked out once for each set so that <c>covers</c> is a look-up.
/// Sets hold few codes: arrays are read faster than hashed sets here, and made much faster.
/// </summary>
internal sealed class Coverage
{
    private readonly string[] _covered;
    private readonly string[] _open;

    public Coverage(ImmutableSortedSet<string> members, Jurisdictions jurisdictions)
    {
        var wholes = new HashSet<string>();
        foreach (var member in members)
        {
            wholes.UnionWith(jurisdictions.WholesOf(member));
        }

        // A whole named without any of its parts leaves open which of them is meant; with one named, the others are not meant.
        _open = [.. members.Where(m => !wholes.Contains(m))];
        wholes.UnionWith(members);
        _covered = [.. wholes];
    }

    /// <summary>Whether the set covers the jurisdiction, whose wholes the caller knows.</summary>
    public Truth Of(string code, string[] wholes)
    {
        if (Holds(_covered, code))
        {
            return Truth.Yes;
        }

        foreach (var whole in wholes)
        {
            if (Holds(_open, whole))
            {
                return Truth.Unknown;
            }
        }

        return Truth.No;
    }

    private static bool Holds(string[] codes, string sought)
    {
        foreach (var code in codes)
        {
            if (string.Equals(code, sought))
            {
                return true;
            }
        }

        return false;
    }
}
