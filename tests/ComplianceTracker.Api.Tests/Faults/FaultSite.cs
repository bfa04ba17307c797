using System.Diagnostics;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.EmbeddedPostgres;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Faults;

/// <summary>The service as a process on a durable database that holds one law and one company, and a client of it.</summary>
internal sealed class FaultSite : IAsyncDisposable
{
    private readonly string? configured;
    private readonly DataFolder? data;
    private readonly PrivateServer? server;
    private readonly int port = ServiceProcess.FreePort();
    private ServiceProcess? process;

    private readonly string[] settings;

    private FaultSite(string? configured, DataFolder? data, params string[] settings)
    {
        (this.configured, this.data, this.settings) = (configured, data, settings);
        server = data is null ? null : new PrivateServer(data.Path);
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(90) };
    }

    public HttpClient Client { get; }

    public ServiceProcess Process => process!;

    /// <summary>The server that the service started itself, if it did.</summary>
    public PrivateServer? Server => server;

    public string ConnectionString => configured ?? server!.ConnectionString ?? throw new InvalidOperationException("The server does not run.");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The service on a database of somebody else's server; it is ready when this returns.</summary>
    public static async Task<FaultSite> OnAsync(string connectionString, params string[] settings)
    {
        await SeedAsync(connectionString);
        var site = new FaultSite(connectionString, null, settings);
        await site.StartAsync();
        return site;
    }

    /// <summary>Several services on one database, started at the same time; they are ready when this returns.</summary>
    public static async Task<IReadOnlyList<FaultSite>> SeveralOnAsync(string connectionString, int count, params string[] settings)
    {
        await SeedAsync(connectionString);
        var sites = Enumerable.Range(0, count).Select(_ => new FaultSite(connectionString, null, settings)).ToList();
        await Task.WhenAll(sites.Select(s => s.StartAsync()));
        return sites;
    }

    /// <summary>One more service on the same database; it is ready when this returns.</summary>
    public async Task<FaultSite> BesideAsync()
    {
        var beside = new FaultSite(ConnectionString, null, settings);
        await beside.StartAsync();
        return beside;
    }

    /// <summary>The service with a private cluster of its own; it is ready when this returns.</summary>
    public static async Task<FaultSite> OnItsOwnServerAsync()
    {
        var data = new DataFolder();
        await using (var running = await PostgresServer.StartAsync(new PostgresServerOptions { DataDirectory = data.Path }, Cancel))
        {
            await SeedAsync(running.ConnectionString);
            NpgsqlConnection.ClearAllPools();
        }

        var site = new FaultSite(null, data);
        await site.StartAsync();
        return site;
    }

    /// <summary>Starts the service, again after an end, and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        process?.Dispose();
        string[] own = data is null ? [] : ["--data", data.Path];
        process = ServiceProcess.Start(configured, [.. own, "--urls", $"http://127.0.0.1:{port}", "--Logging:LogLevel:Default", "Warning", .. settings]);
        await ReadyAsync();
    }

    /// <summary>Waits until the service is ready.</summary>
    public Task ReadyAsync() => Process.UntilAnswersAsync(Client, "/health/ready");

    /// <summary>What <c>/health/ready</c> answers now.</summary>
    public async Task<(int Status, JsonNode Body)> HealthAsync()
    {
        using var response = await Client.GetAsync("/health/ready", Cancel);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!);
    }

    /// <summary>Waits until the condition holds; at most a minute.</summary>
    public Task UntilAsync(string what, Func<Task<bool>> condition) => UntilAsync(what, TimeSpan.FromMinutes(1), condition);

    /// <summary>Waits until the condition holds, at most that long; how long it took.</summary>
    public async Task<TimeSpan> UntilAsync(string what, TimeSpan limit, Func<Task<bool>> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            waited.Elapsed.ShouldBeLessThan(limit, $"Waited too long until {what}. The service said:\n{process?.Output}");
            await Task.Delay(5, Cancel);
        }

        return waited.Elapsed;
    }

    /// <summary>Appends an event with the engine's own SQL in the session's transaction; its position.</summary>
    public static async Task<long> AppendAsync(NpgsqlConnection session, string streamId, string type, string json)
    {
        await using var append = new NpgsqlCommand(
            "select (ct_append_one($1, -1, gen_random_uuid(), $2, $3::jsonb, null, null, null, null))[2]", session)
        {
            Parameters = { new() { Value = streamId }, new() { Value = type }, new() { Value = json } },
        };
        return (long)(await append.ExecuteScalarAsync(Cancel))!;
    }

    /// <summary>Carries out a statement.</summary>
    public static async Task ExecuteAsync(NpgsqlConnection session, string sql)
    {
        await using var command = new NpgsqlCommand(sql, session);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    /// <summary>One row's first value, asked of the database itself.</summary>
    public async Task<T> AskDatabaseAsync<T>(string sql)
    {
        await using var connection = await ConnectAsync();
        return await AskAsync<T>(connection, sql);
    }

    /// <summary>A session of the database's own.</summary>
    public async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        return connection;
    }

    /// <summary>One row's first value.</summary>
    public static async Task<T> AskAsync<T>(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(Cancel))!;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        process?.Dispose();
        if (server is not null)
        {
            await server.UntilGoneAsync();
            data!.Dispose();
        }
    }

    private static async Task SeedAsync(string connectionString)
    {
        using var seeds = new SeedFolder();
        await using var service = await TestService.StartAsync(connectionString, seeds.Path);
    }
}
