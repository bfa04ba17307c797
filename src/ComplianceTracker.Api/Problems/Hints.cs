using System.Collections.Immutable;

namespace ComplianceTracker.Api.Problems;

/// <summary>Ends the sentence that says that something is not known.</summary>
internal static class Hints
{
    /// <summary>A full stop, and what may have been meant.</summary>
    public static string DidYouMean(ImmutableArray<string> nearest) => nearest.IsEmpty ? "." : $". Did you mean {string.Join(" or ", nearest)}?";
}
