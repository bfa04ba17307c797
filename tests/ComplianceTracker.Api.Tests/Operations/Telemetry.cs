using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using ComplianceTracker.Api.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Operations;

/// <summary>
/// What is listened to is the process's, not one service's: with every other test's spans among them, the queue to the collector
/// would overflow, and it drops what it cannot hold.
/// </summary>
[CollectionDefinition(nameof(NothingElseRuns), DisableParallelization = true)]
public sealed class NothingElseRuns;

/// <summary>What an operator sees from outside: gauges that move, and a collector that gets them when it is named and only then.</summary>
[Collection(nameof(NothingElseRuns))]
public sealed class Telemetry(Databases databases)
{
    private static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_gauges_show_lag_stall_with_its_process_and_what_is_parked()
    {
        var connectionString = await databases.CopySeededAsync();
        await using var service = await TestService.StartAsync(connectionString, settings: "--Telemetry:Every=00:00:00.05");
        using var gauges = new Gauges(service);
        await gauges.UntilAsync("compliancetracker.subscription.lag", v => v.Any(g => g is (0, "Register")));
        await gauges.UntilAsync("compliancetracker.log.stall.time", v => v is [(0, null)]);

        // The projection writes to this table: it stands still while somebody holds it.
        await using (await Locked.TableAsync(connectionString, "ct_register_state"))
        {
            await service.RegisterAsync("acme", new { });
            await gauges.UntilAsync("compliancetracker.subscription.lag", v => v.Any(g => g is ( > 0, "Register")));
            await gauges.UntilAsync("compliancetracker.subscription.lag.time", v => v.Any(g => g is ( > 0, "Register")));
            await gauges.UntilAsync("compliancetracker.queue.depth", v => v.Any(g => g is ( > 0, "Register")));
        }

        await gauges.UntilAsync("compliancetracker.subscription.lag", v => v.Any(g => g is (0, "Register")));
        await using var holder = new NpgsqlConnection(connectionString + ";Pooling=false");
        await holder.OpenAsync(Ends);
        await using (var transaction = await holder.BeginTransactionAsync(Ends))
        {
            await using var draw = new NpgsqlCommand("select nextval('mt_events_sequence')", holder, transaction);
            await draw.ExecuteScalarAsync(Ends);
            await service.RegisterAsync("behind", new { });
            await gauges.UntilAsync("compliancetracker.log.stall.time", v => v is [( > 0, var pid)] && pid == $"{holder.ProcessID}");
        }

        await gauges.UntilAsync("compliancetracker.log.stall.time", v => v is [(0, null)]);
        await using var park = new NpgsqlCommand(
            "insert into ct_parked (subscription, position, stream_id, event_id, type, state, attempts) values ('Register', 1, 'x', gen_random_uuid(), 'x', 'waiting', 0)", holder);
        await park.ExecuteNonQueryAsync(Ends);
        await gauges.UntilAsync("compliancetracker.subscription.parked", v => v.Any(g => g is (1, "Register")));
    }

    [Fact]
    public async Task A_collector_gets_traces_and_metrics_when_it_is_named_and_nothing_else_does()
    {
        await using var collector = await Collector.StartAsync();
        var connectionString = await databases.CopySeededAsync();
        await using (var silent = await TestService.StartAsync(connectionString))
        {
            await silent.RegisterAsync("silent", new { });
        }

        collector.Received.ShouldBeEmpty();
        await using (var speaking = await TestService.StartAsync(
            connectionString,
            settings: [$"--OTEL_EXPORTER_OTLP_ENDPOINT={collector.Url}", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "--OTEL_METRIC_EXPORT_INTERVAL=200", "--OTEL_BSP_SCHEDULE_DELAY=200"]))
        {
            await speaking.RegisterAsync("speaking", new { });
            await collector.UntilAsync("/v1/traces", "PUT /api/v1/companies/{id}", "append", "handle Register", "compliance-tracker");
            await collector.UntilAsync("/v1/metrics", "compliancetracker.append.duration", "compliancetracker.subscription.lag", "http.server.request.duration", "db.client.connection.max");
        }
    }

    /// <summary>The gauges of one service, with the one tag that tells their values apart.</summary>
    private sealed class Gauges : IDisposable
    {
        private readonly MeterListener listener = new();
        private readonly List<(string Name, double Value, string? Tag)> values = [];

        public Gauges(TestService service)
        {
            var scope = service.Services.GetService(typeof(IMeterFactory));
            listener.InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == "ComplianceTracker.Api" && ReferenceEquals(instrument.Meter.Scope, scope))
                {
                    l.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<long>((i, v, tags, _) => values.Add((i.Name, v, tags.IsEmpty ? null : tags[0].Value?.ToString())));
            listener.SetMeasurementEventCallback<double>((i, v, tags, _) => values.Add((i.Name, v, tags.IsEmpty ? null : tags[0].Value?.ToString())));
            listener.Start();
        }

        public async Task UntilAsync(string name, Func<List<(double Value, string? Tag)>, bool> holds)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            while (true)
            {
                values.Clear();
                listener.RecordObservableInstruments();
                if (holds([.. values.Where(v => v.Name == name).Select(v => (v.Value, v.Tag))]))
                {
                    return;
                }

                await Task.Delay(10, limit.Token);
            }
        }

        public void Dispose() => listener.Dispose();
    }

    /// <summary>Something that takes OTLP over HTTP and keeps the bytes: names stand in them as they are.</summary>
    private sealed class Collector(WebApplication app) : IAsyncDisposable
    {
        public ConcurrentQueue<(string Path, string Body)> Received { get; } = [];

        public string Url => app.Urls.First();

        public static async Task<Collector> StartAsync()
        {
            var app = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default=None"]).Build();
            var collector = new Collector(app);
            app.Run(async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                collector.Received.Enqueue((context.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
            });
            await app.StartAsync(Ends);
            return collector;
        }

        public async Task UntilAsync(string path, params string[] texts)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            while (texts.Any(text => !Received.Any(r => r.Path == path && r.Body.Contains(text, StringComparison.Ordinal))))
            {
                await Task.Delay(20, limit.Token);
            }
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
