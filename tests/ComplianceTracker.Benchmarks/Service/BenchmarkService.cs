using System.Globalization;
using ComplianceTracker.Api.Hosting;
using ComplianceTracker.EventStore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ComplianceTracker.Benchmarks.Service;

/// <summary>
/// The real service in this process, on Kestrel and a durable database, with the corpus and many companies; and beside its
/// endpoints the baseline, which reads a stored answer by key and writes it out.
/// </summary>
internal sealed class BenchmarkService : IAsyncDisposable
{
    private readonly WebApplication app;

    private BenchmarkService(WebApplication app, Population population)
    {
        this.app = app;
        Registered = population.Registered;
        Address = new Uri(app.Urls.First());
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>By company, the position of its registration.</summary>
    public IReadOnlyDictionary<string, long> Registered { get; }

    /// <summary>The newest position of the log.</summary>
    public Task<long> HeadAsync() => app.Services.GetRequiredService<IEventStore>().HeadAsync();

    /// <summary>Returns when the register has come to the position.</summary>
    public async Task UntilRegisteredAsync(long position)
    {
        if (!await app.Services.GetRequiredService<IEventStore>().WaitForCheckpointAsync("Register", position, TimeSpan.FromHours(1)))
        {
            throw new InvalidOperationException("The register does not come to the position.");
        }
    }

    /// <summary>Fills the database and starts the service; every projection has come to the end of the log when this returns.</summary>
    public static async Task<BenchmarkService> StartAsync(string connectionString, int companies)
    {
        var app = ServiceHost.Create(new ServiceSettings
        {
            ConnectionString = connectionString,
            Seeds = null,
            HostArguments = ["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Error"],
        });
        MapBaseline(app);
        var population = await Population.WriteAsync(app, companies);
        await app.StartAsync();
        var service = new BenchmarkService(app, population);
        var head = await service.HeadAsync();
        await service.UntilRegisteredAsync(head);
        await using var analyse = app.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("vacuum analyze");
        analyse.CommandTimeout = 0;
        await analyse.ExecuteNonQueryAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{companies:N0} companies, log head {head:N0}"));
        return service;
    }

    /// <summary>Stores for each company what its path answers, for the baseline to read; says how large the answers are.</summary>
    public async Task StoreAnswersAsync(string name, IReadOnlyDictionary<string, string> pathOf)
    {
        var database = app.Services.GetRequiredService<NpgsqlDataSource>();
        await using var create = database.CreateCommand("create table if not exists benchmark_answer (name text, id text, body bytea, primary key (name, id))");
        await create.ExecuteNonQueryAsync();
        using var client = new HttpClient { BaseAddress = Address };
        var sizes = new List<int>();
        foreach (var (company, path) in pathOf)
        {
            var body = await client.GetByteArrayAsync(path);
            sizes.Add(body.Length);
            await using var insert = database.CreateCommand("insert into benchmark_answer values ($1, $2, $3)");
            insert.Parameters.Add(new() { Value = name });
            insert.Parameters.Add(new() { Value = company });
            insert.Parameters.Add(new() { Value = body });
            await insert.ExecuteNonQueryAsync();
        }

        await using var analyse = database.CreateCommand("vacuum analyze benchmark_answer");
        await analyse.ExecuteNonQueryAsync();
        sizes.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: an answer has {sizes.Average():N0} bytes on average (median {sizes[sizes.Count / 2]:N0}, largest {sizes[^1]:N0})"));
    }

    /// <summary>The baseline's path of a company's stored answer.</summary>
    public static string BaselinePath(string name, string company) => $"/benchmark/{name}/{company}";

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    // The statement is prepared by the pool at its second use, as the service's own are.
    private static void MapBaseline(WebApplication app) => app.MapGet(
        "/benchmark/{name}/{id}",
        async (string name, string id, HttpContext context, NpgsqlDataSource database) =>
        {
            await using var command = database.CreateCommand("select body from benchmark_answer where name = $1 and id = $2");
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
            await using var reader = await command.ExecuteReaderAsync(context.RequestAborted);
            await reader.ReadAsync(context.RequestAborted);
            var body = reader.GetFieldValue<byte[]>(0);
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = body.Length;
            await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted);
        });
}
