namespace ComplianceTracker.EventStore.Postgres;

/// <summary>
/// A batch as the arrays of the append functions. The streams are sorted, so that every appender locks them in the
/// same order and none waits for another in a circle; the events keep the batch's order.
/// </summary>
internal sealed class AppendRows
{
    private readonly int[] places;

    public AppendRows(IReadOnlyList<StreamAppend> batch)
    {
        (Streams, Counts, Expected) = (new string[batch.Count], new long[batch.Count], new long[batch.Count]);
        (places, SortedFrom) = (new int[batch.Count], new int[batch.Count]);
        var count = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            (Streams[i], SortedFrom[i]) = (batch[i].StreamId, i);
            count += batch[i].Events.Count;
        }

        Array.Sort(Streams, SortedFrom, StringComparer.Ordinal);
        for (var place = 0; place < batch.Count; place++)
        {
            var stream = batch[SortedFrom[place]];
            places[SortedFrom[place]] = place;
            Counts[place] = stream.Events.Count;
            Expected[place] = stream.Expected == ExpectedVersion.Any ? -1 : stream.Expected.Value + stream.Events.Count;
        }

        (EventStreams, EventPlace, EventBehind) = (new string[count], new int[count], new long[count]);
        (Ids, Types, Data) = (new Guid[count], new string[count], new ReadOnlyMemory<byte>[count]);
        var row = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var (stream, events) = (batch[i].StreamId, batch[i].Events);
            for (var j = 0; j < events.Count; j++, row++)
            {
                (EventStreams[row], EventPlace[row], EventBehind[row]) = (stream, places[i] + 1, events.Count - 1 - j);
                (Ids[row], Types[row], Data[row]) = (events[j].Id, events[j].Type, events[j].Data);
            }
        }
    }

    /// <summary>The streams' ids, sorted.</summary>
    public string[] Streams { get; }

    /// <summary>How many events each stream gets.</summary>
    public long[] Counts { get; }

    /// <summary>The version each stream shall have after the append; -1 where any will do.</summary>
    public long[] Expected { get; }

    /// <summary>Where each sorted stream stands in the batch, from 0.</summary>
    public int[] SortedFrom { get; }

    /// <summary>Each event's stream.</summary>
    public string[] EventStreams { get; }

    /// <summary>The place of each event's stream in <see cref="Streams"/>, from 1 as SQL counts.</summary>
    public int[] EventPlace { get; }

    /// <summary>How many events its stream gets after each event: what its version is below the stream's.</summary>
    public long[] EventBehind { get; }

    public Guid[] Ids { get; }

    public string[] Types { get; }

    public ReadOnlyMemory<byte>[] Data { get; }

    /// <summary>The place in <see cref="Streams"/>, from 0, of the batch's stream of that index.</summary>
    public int PlaceOf(int index) => places[index];
}
