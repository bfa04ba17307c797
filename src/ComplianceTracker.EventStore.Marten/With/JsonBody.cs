using System.Text.Json;
using System.Text.Json.Serialization;

namespace ComplianceTracker.EventStore.Marten;

/// <summary>
/// An event's body as Marten's serializer meets it: JSON that goes through as it is. The product's codec knows the types and their older
/// versions; the store keeps what it is given, under the name it is given.
/// </summary>
/// <param name="Type">The stored name.</param>
/// <param name="Utf8">The body: one JSON value.</param>
internal sealed record JsonBody(string Type, ReadOnlyMemory<byte> Utf8)
{
    /// <summary>Writes the body's bytes; nothing reads through Marten's serializer.</summary>
    public sealed class Converter : JsonConverter<JsonBody>
    {
        /// <inheritdoc/>
        public override JsonBody Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Events are read by the store that both engines share.");

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, JsonBody value, JsonSerializerOptions options) => writer.WriteRawValue(value.Utf8.Span);
    }
}
