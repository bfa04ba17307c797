using System.Net;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Errors;

public sealed class Head(SeededService seeded) : IClassFixture<SeededService>
{
    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/problems")]
    [InlineData("/swagger/v1/swagger.json")]
    [InlineData("/api/v1/facts/processes.personal_data")]
    [InlineData("/api/v1/companies")]
    [InlineData("/api/v1/companies/sc01-foreign-carmaker")]
    [InlineData("/api/v1/companies/sc01-foreign-carmaker/obligations")]
    [InlineData("/api/v1/instruments/cn-pipl")]
    [InlineData("/api/v1/events")]
    [InlineData("/api/v1/nothing-here")]
    public async Task Answers_as_GET_does_without_a_body(string path)
    {
        using var got = await seeded.Service.Client.GetAsync(path, TestContext.Current.CancellationToken);

        using var head = await AskAsync(path);

        head.StatusCode.ShouldBe(got.StatusCode);
        head.Content.Headers.ContentType.ShouldBe(got.Content.Headers.ContentType);
        head.Headers.ETag.ShouldBe(got.Headers.ETag);
        (await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_the_log_followed_live_ends()
    {
        using var head = await AskAsync("/api/v1/events", ("Accept", "text/event-stream"));

        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
    }

    [Fact]
    public async Task Where_there_is_no_GET_is_405()
    {
        using var head = await AskAsync("/api/v1/applicability");

        head.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        head.Content.Headers.Allow.ShouldBe(["POST"]);
    }

    [Fact]
    public async Task Is_among_the_methods_that_a_405_names()
    {
        var problem = await Problem.OfAsync(seeded.Service, "POST", "/companies");

        problem.Status.ShouldBe(405);
        problem.Response.Content.Headers.Allow.ShouldBe(["GET", "HEAD"]);
    }

    private async Task<HttpResponseMessage> AskAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await seeded.Service.Client.SendAsync(request);
    }
}
