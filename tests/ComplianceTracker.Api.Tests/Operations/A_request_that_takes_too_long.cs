using ComplianceTracker.Api.Tests.Errors;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Tests.Operations;

/// <summary>No request works for longer than it may, and none works for a client that is gone.</summary>
public sealed class A_request_that_takes_too_long(Databases databases)
{
    private const string Short = "--Requests:Timeout=00:00:01";

    [Theory]
    [InlineData("GET", "/companies", null, "ct_company")]
    [InlineData("PUT", "/companies/acme", """{ "name": "Acme", "facts": {} }""", "mt_streams")]
    public async Task Is_given_up_with_a_problem_and_its_statement_is_cancelled(string method, string path, string? body, string table)
    {
        var connectionString = await databases.CopySeededAsync();
        await using var service = await TestService.StartAsync(connectionString, settings: Short);
        await using var locked = await Locked.TableAsync(connectionString, table);

        var problem = await Problem.OfAsync(service, method, path, body);

        (problem.Status, problem.Slug).ShouldBe((503, "timeout"));
        problem.Response.Headers.RetryAfter.ShouldNotBeNull();
        problem.Detail.ShouldContain("1 s");
        await locked.UntilWaitingAsync(0);
    }

    [Fact]
    public async Task And_whose_client_goes_away_is_cancelled_in_the_database_too()
    {
        var connectionString = await databases.CopySeededAsync();
        await using var service = await TestService.StartAsync(connectionString);
        await using var locked = await Locked.TableAsync(connectionString, "ct_company");
        using var client = new CancellationTokenSource();

        var asking = service.Client.GetAsync("/api/v1/companies", client.Token);
        await locked.UntilWaitingAsync(1);
        await client.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(asking);
        await locked.UntilWaitingAsync(0);
    }

    [Fact]
    public async Task Is_not_one_whose_client_asked_to_wait()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync(), settings: "--Requests:Timeout=00:00:00.5");

        var problem = await Problem.OfAsync(service, "GET", "/companies?minPosition=999999", headers: ("Prefer", "wait=1"));

        problem.Slug.ShouldBe("not-yet-there");
    }

    [Fact]
    public async Task Is_not_one_that_follows_the_log()
    {
        var connectionString = await databases.CopySeededAsync();
        await using var service = await TestService.StartAsync(connectionString, settings: Short);
        var head = await service.Store().HeadAsync(TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/events?after={head}") { Headers = { { "Accept", "text/event-stream" } } };
        using var live = await service.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var lines = new StreamReader(await live.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        await using (await Locked.TableAsync(connectionString, "ct_company"))
        {
            // A request that begins later is out of time: so would the stream be.
            (await Problem.OfAsync(service, "GET", "/companies")).Slug.ShouldBe("timeout");
        }

        await service.Store().AppendAsync(
            [new StreamAppend("vocabulary-test", ExpectedVersion.Any, [new EventData(Guid.NewGuid(), "test.happened.v1", "{}"u8.ToArray())])],
            AppendMetadata.None,
            TestContext.Current.CancellationToken);
        (await lines.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldStartWith("id: ");
    }
}
