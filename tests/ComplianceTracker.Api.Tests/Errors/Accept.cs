using System.Net;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Errors;

public sealed class Accept(SeededService seeded) : IClassFixture<SeededService>
{
    [Theory]
    [InlineData("text/html")]
    [InlineData("application/xml")]
    [InlineData("application/problem+json")]
    [InlineData("text/event-stream")]
    [InlineData("application/json;q=0")]
    [InlineData("*/*;q=0")]
    [InlineData("application/*;q=0, text/html")]
    [InlineData("application/json;q=0, */*")]
    [InlineData("text/html, application/xhtml+xml;q=0.9")]
    public async Task That_leaves_nothing_is_406(string accept)
    {
        var problem = await Problem.OfAsync(seeded.Service, "GET", "/companies", headers: ("Accept", accept));

        (problem.Status, problem.Slug, problem.Parameter).ShouldBe((406, "not-acceptable", "Accept"));
        problem.Expected.ShouldBe(["application/json"]);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json;charset=utf-8")]
    [InlineData("APPLICATION/JSON")]
    [InlineData("application/*")]
    [InlineData("*/*")]
    [InlineData("text/html, */*;q=0.1")]
    [InlineData("*/*;q=0, application/json;q=0.001")]
    [InlineData("")]
    [InlineData("nonsense")]
    public async Task That_leaves_JSON_is_served(string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/companies?limit=1");
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using var response = await seeded.Service.Client.SendAsync(request, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
    }

    [Theory]
    [InlineData("text/event-stream", "text/event-stream")]
    [InlineData("text/*", "text/event-stream")]
    [InlineData("application/json;q=0.5, text/event-stream", "text/event-stream")]
    [InlineData("text/event-stream, */*", "text/event-stream")]
    [InlineData("text/event-stream;q=0.5, application/json", "application/json")]
    [InlineData("text/event-stream;q=0, */*", "application/json")]
    [InlineData("*/*", "application/json")]
    public async Task Chooses_between_page_and_stream(string accept, string mediaType)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events");
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using var response = await seeded.Service.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        response.Content.Headers.ContentType!.MediaType.ShouldBe(mediaType);
        response.Headers.Vary.ShouldBe(["Accept"]);
    }

    [Fact]
    public async Task Refused_writes_change_nothing()
    {
        await Problem.OfAsync(seeded.Service, "PUT", "/companies/unwanted", """{"name":"x","facts":{}}""", headers: ("Accept", "text/html"));

        (await Problem.OfAsync(seeded.Service, "GET", "/companies/unwanted")).Status.ShouldBe(404);
    }
}
