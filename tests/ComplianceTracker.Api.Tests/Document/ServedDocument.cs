using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Document;

/// <summary>The OpenAPI document as the service serves it.</summary>
internal sealed record ServedDocument(JsonNode Root)
{
    /// <summary>The operations, with their paths and methods.</summary>
    public IReadOnlyList<Operation> Operations { get; } =
        [..Root["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(o => new Operation(path.Key, o.Key, o.Value!)))];

    /// <summary>Fetches it.</summary>
    public static async Task<ServedDocument> FetchAsync(TestService service) =>
        new(JsonNode.Parse(await service.Client.GetStringAsync("/swagger/v1/swagger.json"))!);

    /// <summary>Every node with its JSON Pointer.</summary>
    public static IEnumerable<(string Pointer, JsonNode Node)> Nodes(JsonNode node, string pointer = "") => node switch
    {
        JsonObject o => o.Where(m => m.Value is not null).SelectMany(m => Nodes(m.Value!, $"{pointer}/{m.Key}")).Prepend((pointer, node)),
        JsonArray a => a.SelectMany((item, i) => item is null ? [] : Nodes(item, $"{pointer}/{i}")).Prepend((pointer, node)),
        _ => [(pointer, node)],
    };
}

/// <summary>An operation of the document.</summary>
internal sealed record Operation(string Path, string Method, JsonNode Node)
{
    public string Id => (string)Node["operationId"]!;

    public IEnumerable<JsonNode> Parameters => Node["parameters"]?.AsArray().OfType<JsonNode>() ?? [];

    public JsonObject Responses => Node["responses"]!.AsObject();

    public IEnumerable<int> SuccessStatuses => Responses.Select(r => int.Parse(r.Key)).Where(s => s is >= 200 and < 300);

    /// <summary>The request that the examples make, and further values where given.</summary>
    public HttpRequestMessage Request(string? parameter = null, JsonNode? value = null)
    {
        var path = Path;
        var query = new List<string>();
        var request = new HttpRequestMessage(new HttpMethod(Method.ToUpperInvariant()), path);
        foreach (var p in Parameters)
        {
            var name = (string)p["name"]!;
            if ((name == parameter ? value : p["example"]) is not { } example)
            {
                continue;
            }

            var texts = example is JsonArray list ? list.Select(i => i!.ToString()) : [example.ToString()];
            switch ((string)p["in"]!)
            {
                case "path":
                    path = path.Replace($"{{{name}}}", Uri.EscapeDataString(texts.Single()));
                    break;
                case "query":
                    query.AddRange(texts.Select(t => $"{name}={Uri.EscapeDataString(t)}"));
                    break;
                default:
                    request.Headers.TryAddWithoutValidation(name, texts);
                    break;
            }
        }

        request.RequestUri = new Uri(query.Count == 0 ? path : $"{path}?{string.Join('&', query)}", UriKind.Relative);
        if (Node["requestBody"]?["content"]?["application/json"]?["example"] is { } body)
        {
            request.Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        }
        else if (Node["requestBody"]?["content"]?.AsObject().First() is { } text)
        {
            request.Content = new StringContent((string)text.Value!["example"]!, System.Text.Encoding.UTF8, text.Key);
        }

        return request;
    }
}
