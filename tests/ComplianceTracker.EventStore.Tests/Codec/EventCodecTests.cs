using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ComplianceTracker.EventStore.Codec;

namespace ComplianceTracker.EventStore.Tests.Codec;

public sealed partial class EventCodecTests
{
    private static readonly EventCodec Codec = new(Builder().Build());

    [Fact]
    public void An_event_comes_back_equal()
    {
        var renamed = new ThingRenamed("new name 名", 3);
        var encoded = Codec.Encode(Guid.NewGuid(), renamed);
        (encoded.Type, Encoding.UTF8.GetString(encoded.Data.Span)).ShouldBe(("thing.renamed.v3", """{"name":"new name \u540D","times":3}"""));
        Codec.Decode(encoded.Type, encoded.Data.Span).ShouldBe(renamed);
    }

    [Theory]
    [InlineData("passed")]
    [InlineData("repealed")]
    public void One_class_may_be_stored_under_several_names(string kind)
    {
        var encoded = Codec.Encode(Guid.NewGuid(), new Development(kind));
        encoded.Type.ShouldBe($"instrument.{kind}.v1");
        Codec.Decode(encoded.Type, encoded.Data.Span).ShouldBe(new Development(kind));
    }

    [Fact]
    public void A_name_that_was_not_declared_is_refused()
    {
        Should.Throw<InvalidOperationException>(() => Codec.Encode(Guid.NewGuid(), new Development("invented")))
            .Message.ShouldContain("instrument.invented.v1");
        Should.Throw<InvalidOperationException>(() => Codec.Encode(Guid.NewGuid(), "text"));
    }

    [Fact]
    public void Old_shapes_are_lifted_step_by_step()
    {
        Codec.Decode("thing.renamed.v1", """{"title":"old"}"""u8).ShouldBe(new ThingRenamed("old", 1));
        Codec.Decode("thing.renamed.v2", """{"name":"old"}"""u8).ShouldBe(new ThingRenamed("old", 1));
        Codec.Registry.Knows("thing.renamed.v1").ShouldBeTrue();
        Codec.Registry.RetiredNames.ShouldBe(["thing.renamed.v1", "thing.renamed.v2"]);
    }

    [Fact]
    public void An_unknown_name_fails_loudly_and_apart_from_a_broken_body()
    {
        Should.Throw<UnknownEventTypeException>(() => Codec.Decode("thing.renamed.v4", "{}"u8)).Type.ShouldBe("thing.renamed.v4");
        Should.Throw<JsonException>(() => Codec.Decode("thing.renamed.v3", "{}"u8));
        Should.Throw<JsonException>(() => Codec.Decode("thing.renamed.v3", "null"u8));
        Should.Throw<JsonException>(() => Codec.Decode("thing.renamed.v1", "[]"u8));
    }

    [Fact]
    public void Registrations_that_contradict_each_other_are_refused()
    {
        Should.Throw<ArgumentException>(() => Builder().Add("thing.renamed.v3", EventsJson.Default.Other));
        Should.Throw<ArgumentException>(() => Builder().Add("thing.renamed.v4", EventsJson.Default.ThingRenamed));
        Should.Throw<ArgumentException>(() => Builder().Upcast("thing.renamed.v1", "thing.renamed.v3", b => b));
        Should.Throw<InvalidOperationException>(() => Builder().Upcast("thing.renamed.v3", "thing.renamed.v4", b => b).Build());
        Should.Throw<InvalidOperationException>(() => Builder().Upcast("a", "nowhere", b => b).Build());
        Should.Throw<InvalidOperationException>(() => Builder().Upcast("a", "b", b => b).Upcast("b", "a", b => b).Build());
    }

    private static EventRegistryBuilder Builder() => new EventRegistryBuilder()
        .Add("thing.renamed.v3", EventsJson.Default.ThingRenamed)
        .Add(["instrument.passed.v1", "instrument.repealed.v1"], d => $"instrument.{d.Kind}.v1", EventsJson.Default.Development)
        .Upcast("thing.renamed.v1", "thing.renamed.v2", body =>
        {
            body["name"] = body["title"]!.DeepClone();
            body.Remove("title");
            return body;
        })
        .Upcast("thing.renamed.v2", "thing.renamed.v3", body =>
        {
            body["times"] = 1;
            return body;
        });

    internal sealed record ThingRenamed(string Name, int Times);

    internal sealed record Development(string Kind);

    internal sealed record Other;

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(ThingRenamed))]
    [JsonSerializable(typeof(Development))]
    [JsonSerializable(typeof(Other))]
    private sealed partial class EventsJson : JsonSerializerContext;
}
