using System.Collections.Immutable;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Feed;

/// <summary>Which types of events somebody wants, by the names that clients know: <c>instrument.passed</c>, or <c>obligation.*</c> for all that begin so.</summary>
internal static class TypeFilter
{
    private const string Everything = ".*";

    // A name may be stored in several versions of its shape.
    private static readonly ILookup<string, string> Stored = EventTypes.Registry.CurrentNames.ToLookup(stored => CloudEvents.NameOf(stored).Type, StringComparer.Ordinal);

    /// <summary>The filter of a query's <c>types</c>, repeated or joined by commas; null where it has none: everything.</summary>
    /// <exception cref="ApiProblem">There is no such type.</exception>
    public static EventFilter? From(IQueryCollection query) => query["types"] is { Count: > 0 } given
        ? EventFilter.ByType([..given.SelectMany(g => (g ?? "").Split(',', StringSplitOptions.TrimEntries)).SelectMany(StoredNames).Distinct(StringComparer.Ordinal)])
        : null;

    private static IEnumerable<string> StoredNames(string wanted)
    {
        var names = wanted.EndsWith(Everything, StringComparison.Ordinal)
            ? Stored.Where(s => s.Key.StartsWith(wanted[..^1], StringComparison.Ordinal)).SelectMany(s => s).ToImmutableArray()
            : [..Stored[wanted]];
        if (names.IsEmpty)
        {
            var nearest = Nearest.To(wanted, Stored.SelectMany(s => new[] { s.Key, s.Key.Split('.')[0] + Everything }).Distinct(StringComparer.Ordinal));
            throw ApiProblem.BadParameter("types", $"No event is called '{wanted}'{Hints.DidYouMean(nearest)}", nearest);
        }

        return names;
    }
}
