using System.Text.Json;
using System.Text.Json.Nodes;

namespace ComplianceTracker.EventStore.Codec;

/// <summary>Turns events into what the store keeps, and back. Safe for concurrent use.</summary>
public sealed class EventCodec(EventRegistry registry)
{
    /// <summary>What the codec knows.</summary>
    public EventRegistry Registry { get; } = registry;

    /// <summary>The event as the store takes it.</summary>
    /// <param name="id">The event's id.</param>
    /// <param name="event">An event of a registered class.</param>
    /// <exception cref="InvalidOperationException">The class is not registered.</exception>
    public EventData Encode(Guid id, object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        var (name, registration) = Registry.Of(@event);
        return new EventData(id, name, JsonSerializer.SerializeToUtf8Bytes(@event, registration.Json));
    }

    /// <summary>The event that was recorded, in its newest shape.</summary>
    /// <exception cref="UnknownEventTypeException">The stored name is not known.</exception>
    /// <exception cref="JsonException">The body does not fit its name.</exception>
    public object Decode(RecordedEvent recorded)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        return Decode(recorded.Type, recorded.Data.Span);
    }

    /// <summary>The event with that stored name and body, in its newest shape.</summary>
    /// <exception cref="UnknownEventTypeException">The stored name is not known.</exception>
    /// <exception cref="JsonException">The body does not fit its name.</exception>
    public object Decode(string type, ReadOnlySpan<byte> data)
    {
        if (Registry.Find(type) is { } current)
        {
            return Require(type, JsonSerializer.Deserialize(data, current.Json));
        }

        if (Registry.FindUpcaster(type) is null)
        {
            throw new UnknownEventTypeException(type);
        }

        var body = JsonNode.Parse(data) as JsonObject ?? throw new JsonException($"The body of '{type}' is not an object.");
        var name = type;
        while (Registry.FindUpcaster(name) is { } upcaster)
        {
            body = upcaster.Step(body);
            name = upcaster.To;
        }

        return Require(type, body.Deserialize(Registry.Find(name)!.Json));
    }

    private static object Require(string type, object? @event) =>
        @event ?? throw new JsonException($"The body of '{type}' is null.");
}
