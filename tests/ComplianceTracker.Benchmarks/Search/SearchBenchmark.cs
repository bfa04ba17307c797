using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Hosting;
using ComplianceTracker.Api.Importing;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Search;
using ComplianceTracker.EventStore;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ComplianceTracker.Benchmarks.Search;

/// <summary>
/// A search over many instruments, over HTTP and one at a time, in English and Chinese by turns; and beside it, in the same rounds, what
/// PostgreSQL needs for the same words with <c>ilike</c> over the same texts, for the ids alone.
/// </summary>
internal static class SearchBenchmark
{
    private const int Instruments = 10_000;
    private const int RoundCount = 7;
    private const double ReachMilliseconds = 50;

    private static readonly string[] Questions =
    [
        "personal information", "PIPL", "data security law", "数据", "数据安全", "个人信息 出境", "Article 38", "第三十八条", "2016/679", "cross border transfer",
        "facial recog", "人脸识别", "notify", "备案", "算法 推荐", "critical infrastructure", "\"important data\"", "minors online", "未成年人", "p", "税", "labelling synthetic content",
        "incident report hours", "安全评估", "export control", "反垄断 平台", "children's privacy", "cybersecurity review", "AI法案", "nothing of the kind",
    ];

    public static async Task RunAsync(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : Instruments;
        await using var database = await DurableDatabase.StartAsync();
        await database.PrintSettingsAsync();
        await using var app = ServiceHost.Create(new ServiceSettings
        {
            ConnectionString = database.ConnectionString,
            Seeds = null,
            HostArguments = ["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Error"],
        });
        await FillAsync(app, count);
        await app.StartAsync();
        var store = app.Services.GetRequiredService<IEventStore>();
        if (!await store.WaitForCheckpointAsync("Register", await store.HeadAsync(), TimeSpan.FromHours(1))
            || !await store.WaitForCheckpointAsync("Consequences", await store.HeadAsync(), TimeSpan.FromHours(1)))
        {
            throw new InvalidOperationException("The projections do not come to the end of the log.");
        }

        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        // Before anything is looked for the whole law is in memory, so what the first search takes is its own.
        await AskAsync(client, "");
        var before = GC.GetTotalMemory(true);
        Console.WriteLine($"the first search {await AskAsync(client, "q=data&limit=20"):0} ms");
        Console.WriteLine($"memory {(GC.GetTotalMemory(true) - before) / 1e6:0.0} MB for the searched texts");

        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await FillTableAsync(connection, app);
        await PrintPartsAsync(app, client);
        var random = new Random(1);
        foreach (var limit in new[] { 20, 100 })
        {
            var ours = new List<double>();
            var theirs = new List<double>();
            for (var round = 0; round <= RoundCount; round++)
            {
                foreach (var question in Questions.OrderBy(_ => random.Next()))
                {
                    var mine = await AskAsync(client, $"q={Uri.EscapeDataString(question)}&limit={limit}");
                    var sql = await IlikeAsync(connection, question, limit);
                    if (round > 0)
                    {
                        ours.Add(mine);
                        theirs.Add(sql);
                    }
                }
            }

            var median = Rounds.Median(ours);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"search: {count:N0} instruments, limit {limit,-4} ours p50 {median:0.0} ms, p99 {P99(ours):0.0} ms  ilike p50 {Rounds.Median(theirs):0.0} ms, p99 {P99(theirs):0.0} ms  "
                + $"reach {ReachMilliseconds:0} ms  {(median <= ReachMilliseconds ? "reached" : "NOT REACHED")}"));
        }

        await AfterNewsAsync(app, client);
        await app.StopAsync();
    }

    // Of an answer: what every list takes, and what finding alone takes.
    private static async Task PrintPartsAsync(WebApplication app, HttpClient client)
    {
        var catalogue = app.Services.GetRequiredService<InstrumentCatalogue>();
        var log = await catalogue.HeadAsync(default);
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        List<SearchText> texts = [..catalogue.View(log, today, log.Through).Instruments.Select(i => i.Texts.On(today, catalogue.Terms))];
        var (lists, finds) = (new List<double>(), new List<double>());
        for (var round = 0; round < RoundCount; round++)
        {
            foreach (var question in Questions)
            {
                lists.Add(await AskAsync(client, "limit=20"));
                var begun = Stopwatch.GetTimestamp();
                new Searching(SearchQuery.Of(question)!, catalogue.Terms).Find(texts);
                finds.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"a list without a search {Rounds.Median(lists):0.0} ms; finding and ranking alone p50 {Rounds.Median(finds):0.0} ms, p99 {P99(finds):0.0} ms"));
    }

    private static async Task<double> AskAsync(HttpClient client, string query)
    {
        var begun = Stopwatch.GetTimestamp();
        using var answer = await client.GetAsync($"/api/v1/instruments?{query}");
        _ = await answer.Content.ReadAsByteArrayAsync();
        answer.EnsureSuccessStatusCode();
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }

    // The first question after something was recorded puts a new view of the law together and cuts what changed.
    private static async Task AfterNewsAsync(WebApplication app, HttpClient client)
    {
        var (store, types) = (app.Services.GetRequiredService<IEventStore>(), app.Services.GetRequiredService<EventTypes>());
        var taken = new List<(double Plain, double Search)>();
        for (var i = 0; i < 10; i++)
        {
            await RecordAsync(store, types, $"news-{i}-a");
            var plain = await AskAsync(client, "limit=20");
            await RecordAsync(store, types, $"news-{i}-b");
            taken.Add((plain, await AskAsync(client, "q=news&limit=20")));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"the first question after news: a list {Rounds.Median(taken.Select(t => t.Plain)):0.0} ms, a search {Rounds.Median(taken.Select(t => t.Search)):0.0} ms"));

        static async Task RecordAsync(IEventStore store, EventTypes types, string id)
        {
            var identity = new InstrumentIdentity(
                id, "CN", "law", Domain.Common.LangText.Of($"News {id}", "新闻"), null, [], null, ImmutableSortedDictionary<string, string>.Empty, [], [], null, null, null, null, [], [], null);
            var made = new Development(id, DevelopmentKind.Passed, new DateOnly(2020, 1, 1), null, 0, null, null, "a benchmark", Confidence.Known, null, false, [], [], null, null, []);
            await AppendAsync(store, types, id, [new InstrumentRegistered(identity), new DevelopmentRecorded(made)]);
        }
    }

    private static async Task FillAsync(WebApplication app, int count)
    {
        var store = app.Services.GetRequiredService<IEventStore>();
        var types = app.Services.GetRequiredService<EventTypes>();
        await store.MigrateAsync();
        var report = await app.Services.GetRequiredService<SeedImporter>().ImportAsync(ServiceSettings.DefaultSeeds, new Progress<(FileResult, int)>(), default);
        if (report.Refused.FirstOrDefault() is { } refused)
        {
            throw new InvalidOperationException($"{refused.File}: {refused.Refusal}");
        }

        var log = await app.Services.GetRequiredService<InstrumentCatalogue>().HeadAsync(default);
        var variations = new InstrumentVariations([..log.Instruments.Values], seed: 1);
        foreach (var some in Enumerable.Range(0, count - log.Instruments.Count).Select(variations.Next).Chunk(100))
        {
            await store.AppendAsync(
                [..some.Select(i => new StreamAppend(StreamIds.Instrument(i.Id), ExpectedVersion.Exact(0), [..i.Events.Select(e => types.Encode(Guid.CreateVersion7(), e))]))],
                RequestMetadata.Import);
        }
    }

    private static Task<AppendResult> AppendAsync(IEventStore store, EventTypes types, string id, InstrumentEvent[] events) => store.AppendAsync(
        [new StreamAppend(StreamIds.Instrument(id), ExpectedVersion.Exact(0), [..events.Select(e => types.Encode(Guid.CreateVersion7(), e))])], RequestMetadata.Import);

    // One row for each instrument, with all its texts one after the other: the least that ilike must read.
    private static async Task FillTableAsync(NpgsqlConnection connection, WebApplication app)
    {
        var catalogue = app.Services.GetRequiredService<InstrumentCatalogue>();
        var log = await catalogue.HeadAsync(default);
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        await using var create = new NpgsqlCommand("create table benchmark_text (id text primary key, body text not null)", connection);
        await create.ExecuteNonQueryAsync();
        long characters = 0;
        await using (var copy = await connection.BeginBinaryImportAsync("copy benchmark_text (id, body) from stdin (format binary)"))
        {
            foreach (var instrument in catalogue.View(log, today, log.Through).Instruments)
            {
                var body = string.Join('\n', instrument.Texts.On(today, catalogue.Terms).Places.Select(p => p.Text));
                characters += body.Length;
                await copy.StartRowAsync();
                await copy.WriteAsync(instrument.Identity.Id);
                await copy.WriteAsync(body);
            }

            await copy.CompleteAsync();
        }

        await using var analyse = new NpgsqlCommand("vacuum analyze benchmark_text", connection);
        await analyse.ExecuteNonQueryAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{characters / 1e6:0.0} million characters of {log.Instruments.Count:N0} instruments, {catalogue.Terms.Count:N0} terms"));
    }

    private static async Task<double> IlikeAsync(NpgsqlConnection connection, string question, int limit)
    {
        var words = question.Replace("\"", "", StringComparison.Ordinal).Split(' ');
        var begun = Stopwatch.GetTimestamp();
        await using var command = new NpgsqlCommand(
            $"select id from benchmark_text where {string.Join(" and ", words.Select((_, i) => $"body ilike ${i + 1}"))} order by id limit {limit}", connection);
        foreach (var word in words)
        {
            command.Parameters.Add(new() { Value = $"%{word}%" });
        }

        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
        }

        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }

    private static double P99(List<double> values) => values.Order().ElementAt((int)(values.Count * 0.99));
}
