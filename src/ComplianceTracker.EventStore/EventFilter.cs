using System.Collections.Immutable;

namespace ComplianceTracker.EventStore;

/// <summary>Which events a reader wants. An event passes when it satisfies both lists; an empty list lets everything pass.</summary>
/// <param name="StreamPrefixes">Beginnings of stream ids, compared by code unit; one of them must match.</param>
/// <param name="Types">Stored names, compared exactly; one of them must match.</param>
public sealed record EventFilter(ImmutableArray<string> StreamPrefixes, ImmutableArray<string> Types)
{
    /// <summary>Events of the streams whose ids begin with one of the texts.</summary>
    public static EventFilter ByStreamPrefix(params ImmutableArray<string> prefixes) => new(prefixes, []);

    /// <summary>Events stored under one of the names.</summary>
    public static EventFilter ByType(params ImmutableArray<string> types) => new([], types);

    /// <summary>True when an event of that stream and stored name passes.</summary>
    public bool Matches(string streamId, string type) =>
        (StreamPrefixes.IsDefaultOrEmpty || StreamPrefixes.Any(p => streamId.StartsWith(p, StringComparison.Ordinal)))
        && (Types.IsDefaultOrEmpty || Types.Contains(type, StringComparer.Ordinal));
}
