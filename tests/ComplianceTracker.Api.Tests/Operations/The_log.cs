using System.Collections.Concurrent;
using System.Text;
using ComplianceTracker.Api.Tests.Errors;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Testing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Operations;

/// <summary>What is logged helps an operator and tells nothing of companies or of what clients sent.</summary>
public sealed class The_log(Databases databases)
{
    private const string Canary = "canary7f3a";
    private const string Number = "73910461";

    [Fact]
    public async Task Holds_nothing_that_a_client_sent_whatever_goes_wrong()
    {
        var connectionString = await databases.CopySeededAsync();
        var password = new NpgsqlConnectionStringBuilder(connectionString).Password;
        await using var network = new HangingProxy(connectionString);
        using var kept = new Kept();
        await using var service = await TestService.StartAsync(network.ConnectionString, kept);
        (string, string)[] secret = [("Authorization", $"Bearer {Canary}"), ("X-Secret", Canary)];
        const string Profile = $$"""{ "name": "{{Canary}}", "facts": { "operates_in": ["{{Canary}}"] } }""";

        await service.SendAsync(HttpMethod.Put, "/companies/a", $$"""{ "name": "{{Canary}}", "facts": { "individuals_processed_cn": {{Number}} } }""", secret);
        await service.SendAsync(HttpMethod.Put, "/companies/b", Profile, secret);
        await service.SendAsync(HttpMethod.Put, "/companies/b", $"{Canary} {{", secret);
        await service.SendAsync(HttpMethod.Post, "/applicability", $$"""{ "facts": { "{{Canary}}": "{{Canary}}" } }""", secret);

        // Something fails that nobody foresaw, with an exception of the database that quotes what was sent.
        await using (var admin = new NpgsqlConnection(connectionString + ";Pooling=false"))
        {
            await admin.OpenAsync(TestContext.Current.CancellationToken);
            await using var trap = new NpgsqlCommand(
                "create function trap() returns trigger language plpgsql as $$ begin raise exception '% %', new.data, new.stream_id using errcode = '22000'; end $$;"
                + "create trigger trap before insert on mt_events for each row execute function trap()",
                admin);
            await trap.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        var failed = await Problem.OfAsync(
            service, "PUT", "/companies/d", $$"""{ "name": "{{Canary}}", "facts": { "individuals_processed_cn": {{Number}} } }""", headers: [..secret, ("traceparent", $"00-{Trace}-b7ad6b7169203331-01")]);
        (failed.Status, (string?)failed.Body["traceId"]).ShouldBe((500, Trace));
        await network.RefuseAsync();
        (await service.SendAsync(HttpMethod.Put, "/companies/c", $$"""{ "name": "{{Canary}}", "facts": {} }""", secret)).Status.ShouldBe(503);

        kept.Lines.ShouldContain(l => l.Contains($"PUT /api/v1/companies/{{id}} failed: 500 internal-error") && l.Contains(Trace) && l.Contains("PostgresException 22000"));
        kept.Lines.ShouldContain(l => l.Contains("PUT /api/v1/companies/{id} was not answered: 503 unavailable"));
        kept.Lines.ShouldAllBe(l => !l.Contains(Canary) && !l.Contains(Number));
        if (password is { Length: > 0 })
        {
            kept.Lines.ShouldAllBe(l => !l.Contains(password));
        }
    }

    [Fact]
    public async Task Has_one_line_without_a_stack_for_each_request_that_fails_because_the_database_is_away()
    {
        await using var network = new HangingProxy(await databases.CopySeededAsync());
        using var kept = new Kept();
        await using var service = await TestService.StartAsync(network.ConnectionString, kept);
        await network.RefuseAsync();

        (await Problem.OfAsync(service, "GET", "/companies")).Status.ShouldBe(503);

        var lines = kept.Of("GET /api/v1/companies", LogLevel.Information);
        lines.ShouldHaveSingleItem().ShouldNotContain("   at ");
        kept.Of("   at ", LogLevel.Information).ShouldBeEmpty();
    }

    [Fact]
    public async Task Says_nothing_of_requests_that_go_well_or_are_the_clients_mistake()
    {
        using var kept = new Kept();
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync(), kept);

        await service.GetAsync("/facts?limit=1");
        (await Problem.OfAsync(service, "GET", "/companies/nobody")).Status.ShouldBe(404);

        kept.Of("/api/v1/", LogLevel.Information).ShouldBeEmpty();
    }

    [Fact]
    public async Task Has_a_line_for_a_slow_request()
    {
        using var kept = new Kept();
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync(), kept, "--Requests:Slow=00:00:00.0000001");

        await service.GetAsync("/facts?limit=1");

        kept.Of("GET /api/v1/facts was slow: 200", LogLevel.Warning).ShouldHaveSingleItem();
    }
}

/// <summary>Keeps every line of the log, exceptions and members included.</summary>
[ProviderAlias("Kept")]
internal sealed class Kept : ILoggerProvider
{
    private readonly ConcurrentQueue<(string Category, LogLevel Level, string Text)> lines = [];

    public IEnumerable<string> Lines => lines.Select(l => l.Text);

    public IEnumerable<string> Of(string text, LogLevel least) => lines
        .Where(l => l.Category.StartsWith("ComplianceTracker", StringComparison.Ordinal) && l.Level >= least && l.Text.Contains(text, StringComparison.Ordinal))
        .Select(l => l.Text);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(Kept kept, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = new StringBuilder(formatter(state, exception)).Append(' ').Append(exception);
            foreach (var (name, value) in state as IEnumerable<KeyValuePair<string, object?>> ?? [])
            {
                text.Append(' ').Append(name).Append('=').Append(value);
            }

            kept.lines.Enqueue((category, logLevel, text.ToString()));
        }
    }
}
