using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Errors;

/// <summary>An error as a client sees it, checked for what every error must be.</summary>
internal sealed partial record Problem(int Status, string Slug, string Detail, string? Pointer, string? Parameter, string[] Expected, JsonNode Body, HttpResponseMessage Response)
{
    /// <summary>Asks, under the API's base, and reads the problem.</summary>
    public static async Task<Problem> OfAsync(
        TestService service, string method, string path, string? json = null, string contentType = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/api/v1" + path);
        if (json is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await ReadAsync(service, await service.Client.SendAsync(request));
    }

    /// <summary>The problem in a response.</summary>
    public static async Task<Problem> ReadAsync(TestService service, HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBeGreaterThanOrEqualTo(400, text);
        response.Content.Headers.ContentType?.ToString().ShouldBe("application/problem+json", text);
        var body = JsonNode.Parse(text)!;
        ((int)body["status"]!).ShouldBe((int)response.StatusCode);
        ((string?)body["title"]).ShouldNotBeNullOrEmpty();
        ((string?)body["detail"]).ShouldNotBeNullOrEmpty();
        ((string?)body["traceId"]).ShouldNotBeNullOrEmpty();
        ((string?)body["instance"]).ShouldNotBeNullOrEmpty();
        Internals().IsMatch(text).ShouldBeFalse(text);

        var type = new Uri((string)body["type"]!);
        using var page = await service.Client.GetAsync(type);
        page.IsSuccessStatusCode.ShouldBeTrue(type.ToString());
        page.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        return new Problem(
            (int)response.StatusCode,
            type.Segments[^1],
            (string)body["detail"]!,
            (string?)body["pointer"],
            (string?)body["parameter"],
            [..(body["expected"]?.AsArray() ?? []).Select(e => (string)e!)],
            body,
            response);
    }

    // Nothing of how the service is made may show.
    [GeneratedRegex(@"System\.|ComplianceTracker\.|Npgsql|Exception|Json[A-Z]|\.NET|   at |\bct_|\bmt_|[`\[]\d+\[|isFinalBlock")]
    private static partial Regex Internals();
}
