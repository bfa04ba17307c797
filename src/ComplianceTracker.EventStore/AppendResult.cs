namespace ComplianceTracker.EventStore;

/// <summary>
/// What became of an append: <see cref="Appended"/>, or one of the refusals a writer must expect, <see cref="Conflict"/> and
/// <see cref="IdClash"/>, after which nothing was stored. There are no other cases.
/// </summary>
public abstract record AppendResult
{
    private AppendResult()
    {
    }

    /// <summary>The events are stored and durable.</summary>
    /// <param name="Streams">Each stream of the batch, in the batch's order, with the version of the last event the batch gave it.</param>
    /// <param name="Position">The position of the batch's last event.</param>
    /// <param name="RecordedAt">When the batch was recorded: the stamp of its last event.</param>
    /// <param name="Duplicate">True when an earlier append of the same ids stored the events and this one stored nothing.</param>
    public sealed record Appended(
        IReadOnlyList<StreamVersion> Streams,
        long Position,
        DateTimeOffset RecordedAt,
        bool Duplicate) : AppendResult
    {
        /// <summary>The version of the batch's first stream: the version, for a batch of one stream.</summary>
        public long Version => Streams[0].Version;
    }

    /// <summary>A stream was not at the version that the writer expected.</summary>
    /// <param name="StreamId">The stream; one of them, when several were not.</param>
    /// <param name="Expected">What the writer expected.</param>
    /// <param name="Actual">The stream's version when the store looked; 0 when it has no events.</param>
    public sealed record Conflict(string StreamId, ExpectedVersion Expected, long Actual) : AppendResult;

    /// <summary>Some of the batch's event ids are stored already, but not all of them, or not in the streams that the batch names.</summary>
    /// <param name="Ids">The ids of the batch that the store holds already.</param>
    public sealed record IdClash(IReadOnlyList<Guid> Ids) : AppendResult;
}

/// <summary>A stream and a version of it.</summary>
/// <param name="StreamId">The stream's key.</param>
/// <param name="Version">The version of its last event, from 1.</param>
public sealed record StreamVersion(string StreamId, long Version);
