namespace ComplianceTracker.EventStore.Postgres;

/// <summary>
/// A batch of several events as the arrays of the append function. The streams are sorted, so that every appender locks them in the same order and
/// none waits for another in a circle; the events keep the batch's order.
/// </summary>
internal sealed class AppendRows
{
    public AppendRows(IReadOnlyList<StreamAppend> batch)
    {
        Sorted = [.. batch.OrderBy(s => s.StreamId, StringComparer.Ordinal)];
        Streams = Array.ConvertAll(Sorted, s => s.StreamId);
        Counts = Array.ConvertAll(Sorted, s => (long)s.Events.Count);
        Expected = Array.ConvertAll(Sorted, s => s.Expected.Value);
        var count = batch.Sum(s => s.Events.Count);
        (EventStreams, EventPlace, EventOffset) = (new string[count], new int[count], new long[count]);
        (Ids, Types, Data) = (new Guid[count], new string[count], new ReadOnlyMemory<byte>[count]);
        var row = 0;
        foreach (var stream in batch)
        {
            var place = PlaceOf(stream.StreamId);
            for (var i = 0; i < stream.Events.Count; i++, row++)
            {
                (EventStreams[row], EventPlace[row], EventOffset[row]) = (stream.StreamId, place + 1, i + 1);
                (Ids[row], Types[row], Data[row]) = (stream.Events[i].Id, stream.Events[i].Type, stream.Events[i].Data);
            }
        }
    }

    public StreamAppend[] Sorted { get; }

    public string[] Streams { get; }

    public long[] Counts { get; }

    public long[] Expected { get; }

    /// <summary>Each event's stream.</summary>
    public string[] EventStreams { get; }

    /// <summary>The place of each event's stream in <see cref="Streams"/>, from 1 as SQL counts.</summary>
    public int[] EventPlace { get; }

    /// <summary>Each event's place among its stream's events in the batch, from 1.</summary>
    public long[] EventOffset { get; }

    public Guid[] Ids { get; }

    public string[] Types { get; }

    public ReadOnlyMemory<byte>[] Data { get; }

    /// <summary>The stream's place in <see cref="Streams"/>, from 0.</summary>
    public int PlaceOf(string streamId) => Array.BinarySearch(Streams, streamId, StringComparer.Ordinal);
}
