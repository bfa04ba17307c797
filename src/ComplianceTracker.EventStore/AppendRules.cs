namespace ComplianceTracker.EventStore;

/// <summary>The rules of appending that need no storage; for implementations of <see cref="IEventStore"/>.</summary>
public static class AppendRules
{
    /// <summary>Throws when the batch or its metadata is malformed or holds text that cannot be stored.</summary>
    /// <exception cref="ArgumentException">No stream, a stream without events or twice, an id twice or empty, a bad stored name.</exception>
    /// <exception cref="ForbiddenTextException">A text holds U+0000 or a lone surrogate.</exception>
    public static void Require(IReadOnlyList<StreamAppend> batch, AppendMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(metadata);
        if (batch.Count == 0)
        {
            throw new ArgumentException("A batch has at least one stream.", nameof(batch));
        }

        // Most batches are one event: it needs no set to be the only one.
        var streams = batch.Count > 1 ? new HashSet<string>(batch.Count, StringComparer.Ordinal) : null;
        var ids = batch.Count > 1 || batch[0].Events.Count > 1 ? new HashSet<Guid>(batch.Count) : null;
        foreach (var stream in batch)
        {
            RequireText(stream.StreamId, "A stream id");
            if (stream.StreamId.Length == 0 || stream.Events.Count == 0 || streams?.Add(stream.StreamId) == false)
            {
                throw new ArgumentException(
                    $"Stream '{stream.StreamId}': a batch names each stream once, with an id and at least one event.", nameof(batch));
            }

            foreach (var @event in stream.Events)
            {
                RequireEvent(@event, ids);
            }
        }

        RequireText(metadata.Actor, "The actor");
        RequireText(metadata.CorrelationId, "The correlation id");
        RequireText(metadata.CausationId, "The causation id");
        foreach (var (name, value) in metadata.Headers)
        {
            RequireText(name, "A header's name");
            RequireText(value, $"Header '{name}'");
        }
    }

    /// <summary>The answer to a batch of which at least one id is stored already.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="stored">The stored events that have an id of the batch, in any order; at least one.</param>
    /// <returns>The first append's result when all are stored in the streams of the batch, else a clash.</returns>
    public static AppendResult Judge(IReadOnlyList<StreamAppend> batch, IReadOnlyCollection<StoredId> stored)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var byId = stored.ToDictionary(s => s.Id);
        var allThere = batch.All(s => s.Events.All(e => byId.TryGetValue(e.Id, out var at) && at.StreamId == s.StreamId));
        if (!allThere)
        {
            return new AppendResult.IdClash([.. batch.SelectMany(s => s.Events).Select(e => e.Id).Where(byId.ContainsKey)]);
        }

        var last = stored.MaxBy(s => s.Position)!;
        return new AppendResult.Appended(
            [.. batch.Select(s => new StreamVersion(s.StreamId, s.Events.Max(e => byId[e.Id].Version)))],
            last.Position,
            last.RecordedAt,
            Duplicate: true);
    }

    private static void RequireEvent(EventData @event, HashSet<Guid>? ids)
    {
        if (@event.Id == Guid.Empty || ids?.Add(@event.Id) == false)
        {
            throw new ArgumentException($"Event id {@event.Id} is empty or appears twice in the batch.");
        }

        RequireText(@event.Type, "A stored name");
        if (@event.Type.Length is 0 or > 500)
        {
            throw new ArgumentException($"Stored name '{@event.Type}' does not have 1 to 500 characters.");
        }

        if (JsonText.FindForbidden(@event.Data.Span) is { } found)
        {
            throw new ForbiddenTextException($"Event {@event.Id}", found);
        }
    }

    private static void RequireText(string? text, string where)
    {
        if (text is not null && JsonText.FindForbidden(text) is { } found)
        {
            throw new ForbiddenTextException(where, found);
        }
    }
}

/// <summary>Where an event with an id of a batch is stored already.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="StreamId">Its stream.</param>
/// <param name="Version">Its version in the stream.</param>
/// <param name="Position">Its position.</param>
/// <param name="RecordedAt">Its stamp.</param>
public sealed record StoredId(Guid Id, string StreamId, long Version, long Position, DateTimeOffset RecordedAt);
