namespace ComplianceTracker.Benchmarks;

/// <summary>The streams of one writer, so that no two writers meet in a stream, and the versions they are at.</summary>
internal sealed class OwnStreams(int writer)
{
    private const int Count = 1000;

    private readonly string[] ids = [.. Enumerable.Range(0, Count).Select(i => $"company-acme-{writer:00}-{i:0000}")];
    private readonly long[] versions = new long[Count];
    private int last = -1;

    /// <summary>Whether each of them has begun.</summary>
    public bool AllBegun => versions[^1] > 0;

    /// <summary>The next of them in turn, and the version it is at until the caller appends one event to it.</summary>
    public (string Id, long Version) Next()
    {
        last = (last + 1) % Count;
        return (ids[last], versions[last]++);
    }
}
