namespace ComplianceTracker.EventStore;

/// <summary>An event as the store holds it.</summary>
/// <param name="Position">Its place in the one order of all events; from 1, rising, with gaps.</param>
/// <param name="Id">The id that the writer chose.</param>
/// <param name="StreamId">The stream it belongs to.</param>
/// <param name="Version">Its place in the stream: 1, 2, 3 … without gaps.</param>
/// <param name="Type">The stored name as it was written; upcasting is the codec's work.</param>
/// <param name="Data">The body in UTF-8: the JSON value that was written, not necessarily its whitespace or the order of its members.</param>
/// <param name="RecordedAt">The store's stamp, UTC, whole microseconds; never decreasing along positions.</param>
/// <param name="Metadata">The metadata of the append that stored it.</param>
public sealed record RecordedEvent(
    long Position,
    Guid Id,
    string StreamId,
    long Version,
    string Type,
    ReadOnlyMemory<byte> Data,
    DateTimeOffset RecordedAt,
    AppendMetadata Metadata);
