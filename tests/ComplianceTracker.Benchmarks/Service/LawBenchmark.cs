using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Benchmarks.Evaluate;
using Npgsql;

namespace ComplianceTracker.Benchmarks.Service;

/// <summary>
/// A national law of ten obligations over many companies: from the request that records its passing until the register of every company
/// shows it, against COPY of all of the register's rows into an equal table. Whom it touches is asked after each, twice.
/// </summary>
internal static class LawBenchmark
{
    private const int Companies = 100_000;
    private const int RoundCount = 5;

    // Of the record, as the seeds have them; every company that may be in the country is asked each.
    private static readonly List<string> Conditions = [..Seeds.Conditions().Where(c => c.Contains("operates_in.covers(\"CN\")", StringComparison.Ordinal)).Take(10)];

    public static async Task RunAsync(string[] args)
    {
        var companies = args is [var number, ..] ? int.Parse(number, CultureInfo.InvariantCulture) : Companies;
        await using var database = await DurableDatabase.StartAsync();
        await database.PrintSettingsAsync();
        await using var service = await BenchmarkService.StartAsync(database.ConnectionString, companies);
        using var client = new HttpClient { BaseAddress = service.Address, Timeout = TimeSpan.FromMinutes(30) };
        await using var source = NpgsqlDataSource.Create(database.ConnectionString + ";Command Timeout=0");
        var (seconds, impacts) = (new List<double>(), new List<(double First, double Again)>());
        var round = 0;
        var rounds = await Rounds.TakeTurnsAsync(RoundCount, () => PassAsync(++round), () => CopyAsync(source, companies));
        rounds.Print($"law: {companies:N0} companies", "companies/s", null);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a law of ten obligations is in the register of all after {Rounds.Median(seconds):0.0} s (median of {string.Join(", ", seconds.Select(s => s.ToString("0.0", CultureInfo.InvariantCulture)))})"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"whom it touches, over HTTP: the very first question {impacts[0].First:0} ms; then {Rounds.Median(impacts.Skip(1).Select(i => i.First)):0} ms after each law, {Rounds.Median(impacts.Select(i => i.Again)):0} ms asked again"));

        async Task<double> PassAsync(int law)
        {
            var clock = Stopwatch.StartNew();
            await PostAsync("/api/v1/instruments", new
            {
                id = $"law-{law}", jurisdiction = "CN", kind = "law", title = new { en = $"Act {law}" },
            });
            var position = await PostAsync($"/api/v1/instruments/law-{law}/developments", new
            {
                id = "passed", kind = "passed", date = "2026-01-01", source = "A benchmark, no law", confidence = "text",
                effects = Conditions.SelectMany((condition, i) => new object[]
                {
                    new
                    {
                        kind = "define", obligationId = $"law-{law}-art{i + 1}", provision = $"Art. {i + 1}", title = new { en = $"Duty {i + 1}" }, summary = new { en = "-" }, category = "reporting",
                        nature = "duty", appliesWhen = new { en = "-" }, condition, duty = new { kind = "continuous" }, source = "A benchmark, no law", confidence = "text",
                    },
                    new { kind = "enact", obligationId = $"law-{law}-art{i + 1}", from = "2026-06-01" },
                }),
            });
            await service.UntilRegisteredAsync(position);
            var elapsed = clock.Elapsed.TotalSeconds;
            seconds.Add(elapsed);
            impacts.Add((await AskImpactAsync(law), await AskImpactAsync(law)));
            return companies / elapsed;
        }

        async Task<double> AskImpactAsync(int law)
        {
            var clock = Stopwatch.StartNew();
            using var response = await client.GetAsync($"/api/v1/instruments/law-{law}/impact?asOf=2026-07-01&limit=10");
            await response.Content.ReadAsStringAsync();
            response.EnsureSuccessStatusCode();
            return clock.Elapsed.TotalMilliseconds;
        }

        async Task<long> PostAsync(string path, object body)
        {
            using var response = await client.PostAsJsonAsync(path, body);
            var text = await response.Content.ReadAsStringAsync();
            if (!response.IsSuccessStatusCode)
            {
                throw new InvalidOperationException(text);
            }

            return System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("position").GetInt64();
        }
    }

    private static async Task<double> CopyAsync(NpgsqlDataSource source, int companies)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var begin = new NpgsqlCommand($"drop table if exists benchmark_register; create table benchmark_register (like {RegisterTables.Live.Register} including all)", connection);
        await begin.ExecuteNonQueryAsync();
        var clock = Stopwatch.StartNew();
        await using (var target = await source.OpenConnectionAsync())
        {
            await using var from = await connection.BeginRawBinaryCopyAsync($"copy {RegisterTables.Live.Register} to stdout (format binary)");
            await using var to = await target.BeginRawBinaryCopyAsync("copy benchmark_register from stdin (format binary)");
            await from.CopyToAsync(to);
        }

        var elapsed = clock.Elapsed.TotalSeconds;
        await using var size = new NpgsqlCommand(
            $"select (select avg(pg_column_size(r.*)) from benchmark_register r) || ' bytes a row, ' || pg_size_pretty(pg_total_relation_size('benchmark_register')) || ' of ' || count(*) || ' rows; facts ' || (select avg(octet_length(facts)) from {RegisterTables.Live.Company}) from benchmark_register", connection);
        Console.WriteLine(await size.ExecuteScalarAsync());
        return companies / elapsed;
    }
}
