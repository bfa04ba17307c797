using System.Text;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Document;
using FsCheck;
using FsCheck.Fluent;

namespace ComplianceTracker.Api.Tests.Fuzz;

/// <summary>A request to an operation of the document.</summary>
internal sealed record FuzzRequest(Operation Operation, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[]? Body)
{
    /// <summary>The request, which can be sent once. It carries a trace id, by which its events are found.</summary>
    public HttpRequestMessage ToMessage(Uri service, string traceId)
    {
        // As it stands: the client would otherwise tidy up what the service shall see.
        var message = new HttpRequestMessage(
            new HttpMethod(Operation.Method.ToUpperInvariant()), new Uri(service.GetLeftPart(UriPartial.Authority) + Target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (Body is not null)
        {
            message.Content = new ByteArrayContent(Body);
        }

        foreach (var (name, value) in Headers.Append(("traceparent", $"00-{traceId}-{traceId[..16]}-01")))
        {
            _ = message.Headers.TryAddWithoutValidation(name, value) || message.Content?.Headers.TryAddWithoutValidation(name, value) == true;
        }

        return message;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder($"{Operation.Method.ToUpperInvariant()} {Target}");
        foreach (var (name, value) in Headers)
        {
            text.Append($"\n  {name}: {value}");
        }

        return Body is null ? text.ToString() : text.Append($"\n  {Shown(Encoding.UTF8.GetString(Body))}\n  base64 {Shown(Convert.ToBase64String(Body))}").ToString();
    }

    private static string Shown(string text) => text.Length <= 4000 ? text : $"{text[..4000]}… ({text.Length})";
}

/// <summary>Requests from the document's own parameters and bodies.</summary>
internal sealed class Requests(ServedDocument document, Known known)
{
    private readonly Bodies bodies = new(document, known);

    /// <summary>Requests to any operation, to those that take a body most often.</summary>
    public Gen<FuzzRequest> Any() => Gen.Elements([..document.Operations.SelectMany(o => Enumerable.Repeat(Of(o), o.Node["requestBody"] is null ? 1 : 3))]).SelectMany(of => of);

    // What is right throughout gets far; what is wrong in one place shows that place alone; what is odd everywhere finds the rest.
    private Gen<FuzzRequest> Of(Operation operation) => Gen.Frequency(
        (5, Of(operation, parameter => Times(parameter, Right(operation, parameter), 25))),
        (3, Gen.Elements([null, ..operation.Parameters]).SelectMany(wrong => Of(
            operation, parameter => parameter == wrong ? Values(operation, parameter).ArrayOf(1) : Gen.Constant(Examples(parameter["example"]))))),
        (4, Of(operation, parameter => Times(parameter, Values(operation, parameter), 28))));

    private Gen<FuzzRequest> Of(Operation operation, Func<JsonNode, Gen<string[]>> values)
    {
        var given = Gen.Constant((Path: operation.Path, Query: (IReadOnlyList<string>)[], Headers: (IReadOnlyList<(string, string)>)[]));
        foreach (var parameter in operation.Parameters)
        {
            var (name, place) = ((string)parameter["name"]!, (string)parameter["in"]!);
            given = from g in given
                    from each in values(parameter)
                    select place switch
                    {
                        "path" => (g.Path.Replace($"{{{name}}}", Segment(each[0])), g.Query, g.Headers),
                        "query" => (g.Path, (IReadOnlyList<string>)[..g.Query, ..each.Select(v => $"{name}={Uri.EscapeDataString(v)}")], g.Headers),
                        _ => (g.Path, g.Query, (IReadOnlyList<(string, string)>)[..g.Headers, ..each.Select(v => (name, Printable(v)))]),
                    };
        }

        return from g in given
               from noise in Noise
               from accept in Accept
               from body in Body(operation)
               select new FuzzRequest(operation, Target(g.Path, [..g.Query, ..noise]), [..g.Headers, ..accept, ..body.Headers], body.Bytes);
    }

    // What is longer than the server reads of a first line never reaches the service.
    private static string Target(string path, IReadOnlyList<string> query) =>
        $"{path}?{string.Join('&', query)}" is { Length: < 7000 } target && query.Count > 0 ? target : path;

    private static Gen<string[]> Times(JsonNode parameter, Gen<string> values, int percent) => (string)parameter["in"]! == "path"
        ? values.ArrayOf(1)
        : Gen.Frequency((100 - percent, Gen.Constant(0)), (percent, Gen.Constant(1)), (1, Gen.Constant(2))).SelectMany(times => values.ArrayOf(times));

    private static string[] Examples(JsonNode? example) => example is JsonArray several ? [..several.Select(s => s!.ToString())] : example is null ? [] : [example.ToString()];

    private Gen<string> Right(Operation operation, JsonNode parameter) => (string)parameter["name"]! switch
    {
        "cursor" => known.Cursor(operation.Id),
        "limit" => Gen.Choose(1, 5).Select(n => $"{n}"),
        "id" => Ids(operation),
        "position" or "minPosition" or "after" or "Last-Event-ID" => Gen.Choose(0, 900).Select(n => $"{n}"),
        "asOf" or "knownOn" => Odd.RealDay,
        "recordedAt" => Gen.Elements("2199-06-30T10:30:00Z", "2026-11-21T08:00:00Z"),
        "timeZone" => Gen.Elements("UTC", "Asia/Shanghai", "Pacific/Kiritimati"),
        "If-Match" => Gen.Constant("*"),
        _ => Odd.Sometimes(Values(operation, parameter), Examples(parameter["example"] ?? parameter["schema"]!["examples"]?[0])),
    };

    private Gen<string> Ids(Operation operation) =>
        known.Word(operation.Path.Contains("/instruments") ? "instrument" : operation.Method is "delete" or "put" ? "newCompany" : "company");

    private Gen<string> Values(Operation operation, JsonNode parameter)
    {
        var name = (string)parameter["name"]!;
        var schema = parameter["schema"]!;
        var word = name switch
        {
            "cursor" => known.Cursor(operation.Id),
            "limit" => Gen.Frequency((8, Gen.Choose(1, 5).Select(n => $"{n}")), (2, Odd.Number)),
            "id" => Ids(operation),
            "position" or "minPosition" or "after" => Odd.Number,
            _ => schema["format"] is not null || schema["enum"] is not null || (string?)schema["type"] == "array"
                ? bodies.Of(schema["items"] ?? schema, name, 0).Select(v => v?.ToString() ?? "")
                : known.Word(name),
        };
        return Gen.Frequency(
            (8, word), (2, Gen.Elements(Examples(parameter["example"] ?? schema["examples"]![0]))), (operation.Method == "delete" ? 0 : 2, Odd.Text.Where(t => t.Length < 1500)));
    }

    private Gen<(byte[]? Bytes, IReadOnlyList<(string, string)> Headers)> Body(Operation operation)
    {
        if (operation.Node["requestBody"]?["content"]?.AsObject() is not { } content)
        {
            return Gen.Constant<(byte[]?, IReadOnlyList<(string, string)>)>((null, []));
        }

        return from media in Gen.Elements([..content.Select(c => c.Key)])
               from bytes in bodies.Of(content[media]!)
               from type in Gen.Frequency((30, Gen.Constant(media)), (2, Gen.Elements(
                   "text/plain", "application/xml", "application/json; charset=utf-16", "application/json;charset=utf-8", "application/merge-patch+json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                   "application/json; charset=\"", "nonsense", "application/", "*/*", "application/json, text/plain")))
               select ((byte[]?)bytes, (IReadOnlyList<(string, string)>)[("Content-Type", type)]);
    }

    private static readonly Gen<string[]> Noise = Gen.Frequency(
        (40, Gen.Constant(Array.Empty<string>())),
        (1, Odd.ArrayOf(from name in Odd.Text from value in Odd.Text where name.Length + value.Length < 300 select $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}", 2)),
        (1, Gen.Elements("knowOn=2021-01-01", "asOf", "&&&", "=", "%", "%zz=1", "q=%00", "asOf=%ED%A0%80", "cursor=%C0%80", "a[]=1", "limit=1;limit=2", "ASOF=2021-01-01").Select(t => new[] { t })));

    private static readonly Gen<(string, string)[]> Accept = Gen.Frequency(
        (20, Gen.Constant(Array.Empty<(string, string)>())),
        (5, Gen.Elements(
            "application/json", "*/*", "text/event-stream", "text/html", "application/problem+json", "application/json;q=0", "text/*;q=0.3, */*;q=0.1", "nonsense", "", ",", "application/json;q=x", "*/json", "text/event-stream, application/json;q=0.9",
            "application/json;version=2", "application/x-ndjson", "text/csv").Select(a => new[] { ("Accept", a) })),
        (1, Gen.Elements(("Accept-Encoding", "gzip, br"), ("Accept-Language", "zh-CN, *;q=0.1"), ("Range", "bytes=0-1"), ("X-HTTP-Method-Override", "DELETE"), ("Accept-Charset", "utf-16"), ("Idempotency-Key", "fuzz"), ("If-Unmodified-Since", "x"), ("Cookie", "a=b"))
            .Select(h => new[] { h })));

    // An empty segment and one of dots name another path, and U+0000 ends in the server.
    private static string Segment(string value) => value.Trim('.').Length == 0 || value.Contains('\0') ? "x" : Uri.EscapeDataString(string.Concat(value.EnumerateRunes().Take(200)));

    // What a header cannot hold never reaches the service.
    private static string Printable(string value) => string.Concat(value.Where(c => c is >= ' ' and < '\u007f'));
}
