using System.Text;

namespace ComplianceTracker.EventStore.Tests.Codec;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("""{"a":{"b/c":["x","\u0000"]}}""", ForbiddenTextKind.Null, "/a/b~1c/1")]
    [InlineData("""{"a":[[1,2],{},"\ud83d"]}""", ForbiddenTextKind.LoneSurrogate, "/a/2")]
    [InlineData("""["\ude00\ud83d"]""", ForbiddenTextKind.LoneSurrogate, "/0")]
    [InlineData("""{"x":{"n\u0000":1}}""", ForbiddenTextKind.Null, "/x")]
    [InlineData("""{"x":1,"y":"\ud83dx"}""", ForbiddenTextKind.LoneSurrogate, "/y")]
    [InlineData("\"\\\\\\u0000\"", ForbiddenTextKind.Null, "")]
    public void Escapes_that_cannot_be_stored_are_found_with_their_place(string json, ForbiddenTextKind kind, string pointer) =>
        JsonText.FindForbidden(Encoding.UTF8.GetBytes(json)).ShouldBe(new ForbiddenText(kind, pointer));

    [Theory]
    [InlineData("""{"a":"\ud83d\ude00","b":"\u0001\u4e2d"}""")]
    [InlineData("""{"a":"\\u0000","b\\ud800":"\\\\u0000"}""")]
    [InlineData("""{"a":"😀名"}""")]
    public void Everything_else_passes(string json) => JsonText.FindForbidden(Encoding.UTF8.GetBytes(json)).ShouldBeNull();

    [Fact]
    public void Bytes_that_are_not_utf8_are_found() =>
        JsonText.FindForbidden([(byte)'"', 0xed, 0xa0, 0x80, (byte)'"']).ShouldBe(new ForbiddenText(ForbiddenTextKind.InvalidUtf8, ""));

    [Fact]
    public void Plain_texts_are_looked_through_too()
    {
        JsonText.FindForbidden("a\0").ShouldBe(new ForbiddenText(ForbiddenTextKind.Null, ""));
        JsonText.FindForbidden("a\ud800").ShouldBe(new ForbiddenText(ForbiddenTextKind.LoneSurrogate, ""));
        JsonText.FindForbidden("\\u0000 😀").ShouldBeNull();
    }
}
