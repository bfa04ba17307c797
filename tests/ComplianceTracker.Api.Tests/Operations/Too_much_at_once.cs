using System.Net;
using System.Text.Json;
using ComplianceTracker.Api.Requests;
using ComplianceTracker.Api.Tests.Errors;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Operations;

/// <summary>Everything that a client can make large or many has a limit, and its problem states it.</summary>
public sealed class Too_much_at_once(SeededService seeded, Databases databases) : IClassFixture<SeededService>
{
    [Fact]
    public async Task A_long_path_and_query_are_414()
    {
        var problem = await Problem.OfAsync(seeded.Service, "GET", $"/instruments?q={new string('x', 8192)}");

        (problem.Status, problem.Slug).ShouldBe((414, "uri-too-long"));
        problem.Detail.ShouldContain("8192");
    }

    [Fact]
    public async Task Large_headers_are_431()
    {
        var problem = await Problem.OfAsync(seeded.Service, "GET", "/instruments", headers: ("X-Large", new string('x', 17_000)));

        (problem.Status, problem.Slug).ShouldBe((431, "headers-too-large"));
        problem.Detail.ShouldContain("16384");
    }

    [Theory]
    [InlineData("Accept", "application/json")]
    [InlineData("If-None-Match", "\"1\"")]
    [InlineData("Prefer", "wait=1")]
    public async Task Many_entries_of_a_header_are_400(string name, string entry)
    {
        var problem = await Problem.OfAsync(
            seeded.Service, "GET", "/companies/sc01-foreign-carmaker", headers: (name, string.Join(',', Enumerable.Repeat(entry, 51))));

        (problem.Status, problem.Slug, problem.Parameter).ShouldBe((400, "invalid-parameter", name));
        problem.Detail.ShouldContain("50");
    }

    [Fact]
    public async Task Many_parameters_are_400()
    {
        var problem = await Problem.OfAsync(
            seeded.Service, "GET", $"/companies/sc01-foreign-carmaker/obligations?{string.Join('&', Enumerable.Repeat("status=ended", 101))}");

        (problem.Status, problem.Slug).ShouldBe((400, "invalid-parameter"));
        problem.Detail.ShouldContain("100");
    }

    [Fact]
    public async Task Many_values_of_one_parameter_are_400()
    {
        var problem = await Problem.OfAsync(
            seeded.Service, "GET", $"/companies/sc01-foreign-carmaker/obligations?status={string.Join(',', Enumerable.Repeat("ended", 101))}");

        (problem.Status, problem.Slug, problem.Parameter).ShouldBe((400, "invalid-parameter", "status"));
        problem.Detail.ShouldContain("100");
    }

    [Fact]
    public async Task Many_facts_are_422()
    {
        var facts = Enumerable.Repeat(new { fact = "is_ciio", value = true }, 5001);

        var problem = await Problem.OfAsync(seeded.Service, "POST", "/companies/sc01-foreign-carmaker/facts", JsonSerializer.Serialize(facts));

        (problem.Status, problem.Slug).ShouldBe((422, "limit-exceeded"));
        problem.Detail.ShouldContain("5000");
    }

    [Fact]
    public async Task Requests_beyond_those_that_work_and_wait_are_503_and_health_is_not_concerned()
    {
        var connectionString = await databases.CopySeededAsync();
        await using var service = await TestService.StartAsync(connectionString, settings: ["--Requests:Concurrent=1", "--Requests:Waiting=1"]);
        var admission = (Admission)service.Services.GetService(typeof(Admission))!;
        var asking = new List<Task<HttpResponseMessage>>();
        await using (await Locked.TableAsync(connectionString, "ct_company"))
        {
            asking.AddRange(Enumerable.Range(0, 2).Select(_ => service.Client.GetAsync("/api/v1/companies")));
            await UntilAsync(() => admission.Work == (1, 1));

            var problem = await Problem.ReadAsync(service, await service.Client.GetAsync("/api/v1/facts", TestContext.Current.CancellationToken));

            (problem.Status, problem.Slug).ShouldBe((503, "overloaded"));
            problem.Response.Headers.RetryAfter.ShouldNotBeNull();
            (await service.Client.GetAsync("/health/live", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await service.Client.GetAsync("/health/ready", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        (await Task.WhenAll(asking)).ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Followers_beyond_the_most_are_503_and_a_place_that_becomes_free_is_given_again()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync(), settings: "--Requests:Followers=1");
        using (var first = await FollowAsync(service))
        {
            first.StatusCode.ShouldBe(HttpStatusCode.OK);

            var problem = await Problem.ReadAsync(service, await FollowAsync(service));

            (problem.Status, problem.Slug).ShouldBe((503, "overloaded"));
            (await service.Client.GetAsync("/api/v1/events", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var admission = (Admission)service.Services.GetService(typeof(Admission))!;
        await UntilAsync(() => admission.Followers == 0);
        using var second = await FollowAsync(service);
        second.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<HttpResponseMessage> FollowAsync(TestService service)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events") { Headers = { { "Accept", "text/event-stream" } } };
        return await service.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!holds())
        {
            await Task.Delay(10, limit.Token);
        }
    }
}
