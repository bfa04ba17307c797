using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Api.Tests.Webhooks.Support;
using ComplianceTracker.Api.Webhooks.Endpoints;

namespace ComplianceTracker.Api.Tests.Document;

/// <summary>
/// The examples of the document run on the seeded record and are answered as the document says. To write the example answers anew
/// after the record or an answer changed: run with <c>WRITE_EXAMPLES=src/ComplianceTracker.Api/Document/Examples</c>.
/// </summary>
public sealed class The_examples(Databases databases)
{
    // What depends on when and in which order things were recorded.
    private static readonly HashSet<string> Passing =
    [
        "position", "recordedAt", "version", "time", "head", "checkpoint", "sequence", "streamversion", "next", "secret", "createdAt", "stateSince", "sincePosition", "verifiedAt", "previousUntil",
        "at", "traceparent", "eventId", "nextAttemptAt", "events", "after", "through",
    ];

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_and_are_answered_as_the_document_says()
    {
        await using var service = await StartAsync();
        var document = await ServedDocument.FetchAsync(service);

        foreach (var operation in document.Operations.OrderBy(Turn))
        {
            using var request = operation.Request();
            using var response = await service.Client.SendAsync(request, Token);
            var text = await response.Content.ReadAsStringAsync(Token);
            if (operation.Id is "retryParked" or "skipParked")
            {
                // A sound record has nothing parked; Operations/ tries these on one that has.
                ((int)response.StatusCode).ShouldBe(404, operation.Id);
                continue;
            }

            operation.SuccessStatuses.ShouldContain((int)response.StatusCode, $"{operation.Id} {request.RequestUri}: {text}");
            text = text.Replace(service.Client.BaseAddress!.GetLeftPart(UriPartial.Authority), "http://localhost:5080", StringComparison.Ordinal);
            var documented = operation.Responses[((int)response.StatusCode).ToString()]!;
            foreach (var (header, _) in documented["headers"]?.AsObject().Where(h => h.Key is not ("Preference-Applied" or "Idempotency-Replayed")) ?? [])
            {
                response.Headers.Contains(header).ShouldBeTrue($"{operation.Id} answers without {header}");
            }

            if (response.StatusCode == HttpStatusCode.NoContent)
            {
                text.ShouldBeEmpty(operation.Id);
                continue;
            }

            if (Environment.GetEnvironmentVariable("WRITE_EXAMPLES") is { Length: > 0 } folder)
            {
                await File.WriteAllTextAsync(Path.Combine(folder, $"{operation.Id}.json"), Shortened(JsonNode.Parse(text)!, "").ToJsonString(Readable) + "\n", Token);
                continue;
            }

            Compare(documented["content"]!["application/json"]!["example"]!, JsonNode.Parse(text), operation.Id);
        }
    }

    [Fact]
    public async Task Show_for_every_other_parameter_a_form_that_is_accepted()
    {
        await using var service = await StartAsync();
        var document = await ServedDocument.FetchAsync(service);

        foreach (var operation in document.Operations.Where(o => o.Method == "get").OrderBy(Turn))
        {
            foreach (var parameter in operation.Parameters.Where(p => p["schema"]!["examples"] is not null))
            {
                var name = (string)parameter["name"]!;
                using var request = operation.Request(name, parameter["schema"]!["examples"]![0]);
                using var response = await service.Client.SendAsync(request, Token);
                // The record was made just now, so at an instant before that the company was not yet registered.
                int[] fine = name switch
                {
                    "recordedAt" or "position" => [200, 404],
                    "If-None-Match" => [304],
                    // The example moves the legal day; only one clock moves at a time, and not one that stands still.
                    "asOf" or "knownFrom" or "knownTo" or "fromPosition" or "toPosition" when operation.Id == "listChanges" => [400],
                    _ => [200],
                };
                fine.ShouldContain((int)response.StatusCode, $"{operation.Id} {name}: {await response.Content.ReadAsStringAsync(Token)}");
            }
        }
    }

    // With the endpoint that the examples speak of, and nobody who delivers to it: what is due stays so.
    private async Task<TestService> StartAsync()
    {
        var service = await TestService.StartAsync(await databases.CopySeededAsync(), seeds: null, null, "--Webhooks:Dispatch=false");
        await service.AddEndpointAsync(new Uri("https://hooks.acme.example/compliance"), endpointId: EndpointEndpoints.ExampleId);
        (await service.SendAsync(HttpMethod.Post, $"/webhooks/endpoints/{EndpointEndpoints.ExampleId}/test")).Status.ShouldBe(202);
        return service;
    }

    // Things are registered before they are read or changed, and archived last; an endpoint is read before it has heard of any of it.
    private static int Turn(Operation operation) => operation.Id switch
    {
        "getEndpoint" or "listEndpoints" or "listDeliveries" or "getDelivery" or "listEndpointLog" or "listEndpointEvents" => 0,
        "verifyEndpoint" or "rotateSecret" or "changeEndpoint" or "createEndpoint" => 5,
        "deleteEndpoint" => 6,
        "putCompany" or "importCompanies" or "registerInstrument" or "putFact" => 2,
        "declareFacts" or "recordDevelopment" => 3,
        "archiveCompany" => 4,
        _ => 1,
    };

    private static void Compare(JsonNode example, JsonNode? actual, string at)
    {
        actual.ShouldNotBeNull(at);
        switch (example)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                {
                    actual.AsObject().ContainsKey(name).ShouldBeTrue($"{at}/{name}");
                        if (Passing.Contains(name) || (name == "id" && (members.ContainsKey("specversion") || members.ContainsKey("secret") || members.ContainsKey("eventId"))))
                    {
                        continue;
                    }

                    if (value is null)
                    {
                        actual[name].ShouldBeNull($"{at}/{name}");
                    }
                    else
                    {
                        Compare(value, actual[name], $"{at}/{name}");
                    }
                }

                break;
            case JsonArray items:
                actual.AsArray().Count.ShouldBeGreaterThanOrEqualTo(items.Count, at);
                for (var i = 0; i < items.Count; i++)
                {
                    Compare(items[i]!, actual[i], $"{at}/{i}");
                }

                break;
            default:
                JsonNode.DeepEquals(example, actual).ShouldBeTrue($"{at}: {example} is {actual}");
                break;
        }
    }

    // Lists and maps without end are cut to what shows their form.
    private static JsonNode Shortened(JsonNode node, string name)
    {
        switch (node)
        {
            case JsonObject members:
                var most = name is "facts" or "conventions" or "members" or "terms" or "codes" or "data" ? 4 : int.MaxValue;
                return new JsonObject(members.Take(most).Select(m => KeyValuePair.Create(m.Key, m.Value is null ? null : Shortened(m.Value, m.Key))));
            case JsonArray items:
                var few = name is "items" ? 1 : name is "developments" or "effects" or "values" or "obligations" ? 2 : 6;
                return new JsonArray([..items.Take(few).Select(i => i is null ? null : Shortened(i, ""))]);
            default:
                return node.DeepClone();
        }
    }
}
