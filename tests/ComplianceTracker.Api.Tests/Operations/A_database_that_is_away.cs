using System.Net;
using ComplianceTracker.Api.Tests.Errors;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Testing;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Operations;

/// <summary>F20: whatever keeps the service from its database, it answers in bounded time, says that it is not ready, and recovers.</summary>
public sealed class A_database_that_is_away(Databases databases)
{
    private static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Because_the_pool_is_exhausted()
    {
        var connectionString = await databases.CopySeededAsync();
        var tiny = new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 2, Timeout = 1 }.ConnectionString;
        await using var service = await TestService.StartAsync(tiny);
        var blocked = new List<Task<HttpResponseMessage>>();
        await using (var locked = await Locked.TableAsync(connectionString, "ct_company"))
        {
            blocked.AddRange(Enumerable.Range(0, 2).Select(_ => service.Client.GetAsync("/api/v1/companies", Ends)));
            await locked.UntilWaitingAsync(2);

            await IsUnavailableAsync(service);
        }

        (await Task.WhenAll(blocked)).ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        await RecoversAsync(service);
    }

    [Fact]
    public async Task Because_it_refuses_connections()
    {
        await using var network = new HangingProxy(await databases.CopySeededAsync());
        await using var service = await TestService.StartAsync(network.ConnectionString);
        await network.RefuseAsync();

        await IsUnavailableAsync(service);

        network.LetIn();
        await RecoversAsync(service);
    }

    [Fact]
    public async Task Because_the_network_is_silent()
    {
        await using var network = new HangingProxy(await databases.CopySeededAsync());
        var impatient = new NpgsqlConnectionStringBuilder(network.ConnectionString) { Timeout = 1 }.ConnectionString;
        await using var service = await TestService.StartAsync(impatient, settings: "--Requests:Timeout=00:00:01");
        network.Hang();

        await IsUnavailableAsync(service);

        network.GoOn();
        await RecoversAsync(service);
    }

    private static async Task IsUnavailableAsync(TestService service)
    {
        using var live = await service.Client.GetAsync("/health/live", Ends);
        live.StatusCode.ShouldBe(HttpStatusCode.OK);

        var ready = await Problem.ReadAsync(service, await service.Client.GetAsync("/health/ready", Ends));
        (ready.Status, ready.Slug).ShouldBe((503, "not-ready"));

        string[] expected = ["unavailable", "timeout"];
        foreach (var path in new[] { "/facts", "/companies/acme", "/events", "/companies/acme/obligations" })
        {
            var problem = await Problem.OfAsync(service, "GET", path);

            problem.Status.ShouldBe(503, path);
            expected.ShouldContain(problem.Slug, path);
            problem.Response.Headers.RetryAfter.ShouldNotBeNull(path);
        }

        (await Problem.OfAsync(service, "PUT", "/companies/acme", """{ "name": "Acme", "facts": {} }""")).Status.ShouldBe(503);
    }

    private static async Task RecoversAsync(TestService service)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var ready = await service.UntilAsync("/health/ready", answer => answer.IsSuccessStatusCode).WaitAsync(limit.Token);
        using var asked = await service.Client.GetAsync("/api/v1/companies", Ends);
        asked.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
