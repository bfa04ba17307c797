using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace ComplianceTracker.Api.Tests.Webhooks.Support;

/// <summary>A subscriber of a service that runs in another process: everything over HTTP.</summary>
internal static class RemoteSubscriber
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Registers an endpoint, which consents; the answer with its secret.</summary>
    public static async Task<JsonNode> SubscribeAsync(this HttpClient service, Uri url, string members = "")
    {
        using var body = new StringContent($$"""{ "url": "{{url}}"{{members}} }""", Encoding.UTF8, "application/json");
        using var response = await service.PostAsync("/api/v1/webhooks/endpoints", body, Cancel);
        var endpoint = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
        ((int)response.StatusCode).ShouldBe(201, endpoint.ToJsonString());
        ((string)endpoint["state"]!).ShouldBe("active", endpoint.ToJsonString());
        return endpoint;
    }

    /// <summary>Records a development of an instrument, again until it is acknowledged.</summary>
    public static async Task RecordAsync(this HttpClient service, string instrument, int number)
    {
        while (true)
        {
            try
            {
                using var body = new StringContent(News(instrument, number), Encoding.UTF8, "application/json");
                using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/instruments/{instrument}/developments") { Content = body };
                request.Headers.Add("Idempotency-Key", $"{instrument}-{number}");
                using var response = await service.SendAsync(request, Cancel);
                if ((int)response.StatusCode == 201)
                {
                    return;
                }

                ((int)response.StatusCode).ShouldBeOneOf([409, 503], await response.Content.ReadAsStringAsync(Cancel));
            }
            catch (HttpRequestException)
            {
                // The service is being killed or started.
            }

            await Task.Delay(20, Cancel);
        }
    }

    /// <summary>The body of a development.</summary>
    public static string News(string instrument, int number) => $$"""
        { "id": "{{instrument}}-news-{{number}}", "kind": "guidance-issued", "date": "2021-06-10",
          "note": { "en": "News {{number}}." }, "source": "https://example.org/news", "confidence": "known", "effects": [] }
        """;

    /// <summary>Registers an instrument without developments.</summary>
    public static async Task RegisterAsync(this HttpClient service, string instrument)
    {
        using var body = new StringContent(
            $$"""
            { "id": "{{instrument}}", "jurisdiction": "CN", "kind": "law", "title": { "en": "{{instrument}}" }, "authority": [], "topics": ["data"], "developments": [] }
            """,
            Encoding.UTF8,
            "application/json");
        using var response = await service.PostAsync("/api/v1/instruments", body, Cancel);
        ((int)response.StatusCode).ShouldBe(201, await response.Content.ReadAsStringAsync(Cancel));
    }

    /// <summary>Waits until every delivery to the endpoint has arrived.</summary>
    public static async Task DrainedAsync(this HttpClient service, string endpoint)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            var page = await service.GetFromJsonAsync<JsonNode>($"/api/v1/webhooks/endpoints/{endpoint}/deliveries?state=pending&limit=1", limit.Token);
            if (page!["items"]!.AsArray().Count == 0)
            {
                return;
            }

            await Task.Delay(20, limit.Token);
        }
    }
}
