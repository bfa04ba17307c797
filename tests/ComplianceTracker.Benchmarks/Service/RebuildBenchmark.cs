using System.Diagnostics;
using System.Globalization;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Hosting;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.EventStore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ComplianceTracker.Benchmarks.Service;

/// <summary>
/// A rebuild of the register, from the right to do it to the exchange of the tables, against what nobody could leave out: the pure
/// computation, and COPY of the same rows into equal tables, in transactions of the same size. The baseline's clock stands still while
/// companies are read and folded.
/// </summary>
internal static class RebuildBenchmark
{
    private const int Companies = 100_000;
    private const int RoundCount = 5;
    private const int AtOnce = 250;

    private static readonly RegisterTables Baseline = new("_baseline");

    public static async Task RunAsync(string[] args)
    {
        var companies = args is [var number, ..] ? int.Parse(number, CultureInfo.InvariantCulture) : Companies;
        await using var database = await DurableDatabase.StartAsync();
        await database.PrintSettingsAsync();
        await using var app = ServiceHost.Create(new ServiceSettings { ConnectionString = database.ConnectionString, Seeds = null });
        await Population.WriteAsync(app, companies);
        var services = app.Services;
        var source = services.GetRequiredService<NpgsqlDataSource>();
        await ReadModels.CreateAsync(source, default);
        var head = await services.GetRequiredService<IEventStore>().HeadAsync();

        // As if a live register had come this far: the work is the rebuild's, wherever the live one stands.
        await ExecuteAsync(source, $"insert into mt_event_progression (name, last_seq_id) values ('{RegisterProjection.LiveName}:All', {head}); vacuum analyze");
        var ours = () => RateAsync(services, companies);
        var rounds = await Rounds.TakeTurnsAsync(RoundCount, ours, () => BaselineAsync(services, source, head));
        rounds.Print($"rebuild: {companies:N0} companies", "companies/s", 0.5);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a rebuild takes {companies / Rounds.Median(rounds.Ours):0.0} s (median)"));
    }

    private static async Task<double> RateAsync(IServiceProvider services, int companies)
    {
        var clock = Stopwatch.StartNew();
        await services.GetRequiredService<RegisterRebuild>().RunAsync(new Progress<RebuildProgress>(), default);
        return companies / clock.Elapsed.TotalSeconds;
    }

    private static async Task<double> BaselineAsync(IServiceProvider services, NpgsqlDataSource source, long head)
    {
        var (store, types) = (services.GetRequiredService<IEventStore>(), services.GetRequiredService<EventTypes>());
        var catalogue = services.GetRequiredService<InstrumentCatalogue>();
        var view = catalogue.View(await catalogue.ThroughAsync(head, default), DateOnly.MaxValue, head);
        await using var connection = await source.OpenConnectionAsync();
        await ExecuteAsync(source, Baseline.Drop + Baseline.Schema);
        var (clock, done, after) = (new Stopwatch(), 0, default(string));
        while (await store.ReadStreamsAsync(StreamIds.CompanyPrefix, after, AtOnce, head) is { Count: > 0 } streams)
        {
            after = streams[^1].StreamId;
            var companies = streams
                .Select(s => new StoredCompany(
                    StreamIds.TenantOf(s.StreamId),
                    s.Events.Aggregate((CompanyProfile?)null, (p, e) => CompanyDecider.Evolve(p, (CompanyEvent)types.Decode(e)))!,
                    s.Events[^1].Version,
                    s.Events[^1].Position))
                .ToList();
            clock.Start();
            var intervals = companies.Where(c => !c.Profile.IsArchived).Select(c => RegisterProjection.IntervalsOf(c, view)).ToList();
            await using var transaction = await connection.BeginTransactionAsync();
            await Baseline.AddCompaniesAsync(connection, companies, default);
            await Baseline.AddIntervalsAsync(connection, intervals, default);
            await transaction.CommitAsync();
            clock.Stop();
            done += companies.Count;
        }

        return done / clock.Elapsed.TotalSeconds;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        foreach (var statement in sql.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            await using var command = source.CreateCommand(statement);
            await command.ExecuteNonQueryAsync();
        }
    }
}
