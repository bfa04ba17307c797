using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Npgsql;

namespace ComplianceTracker.EventStore.Tests.Postgres;

/// <summary>What the store tells of its work to whoever listens.</summary>
public sealed class TelemetryTests(PostgresServer server) : PostgresTests(server)
{
    private const string Name = "ComplianceTracker.EventStore";

    private readonly ConcurrentQueue<(string Instrument, double Value, string? Outcome, string? Subscription)> measured = [];
    private readonly ConcurrentQueue<Activity> spans = [];

    [Fact]
    public async Task An_append_is_measured_by_its_outcome()
    {
        using var listening = Measure();

        await AppendAsync("one");
        var refused = await Store.AppendAsync(
            [new StreamAppend("one", ExpectedVersion.NoStream, [new EventData(Guid.NewGuid(), "thing.happened.v1", "{}"u8.ToArray())])], AppendMetadata.None, Cancel);

        refused.ShouldBeOfType<AppendResult.Conflict>();
        measured.Where(m => m.Instrument == "compliancetracker.append.duration").Select(m => m.Outcome).ShouldBe(["appended", "conflict"]);
        measured.Single(m => m.Instrument == "compliancetracker.append.events").Value.ShouldBe(1);
        measured.Single(m => m.Instrument == "compliancetracker.append.conflicts").Value.ShouldBe(1);
    }

    [Fact]
    public async Task The_trace_of_a_request_shows_its_append_and_the_batch_that_handles_it_is_linked_to_it()
    {
        await using (var admin = await ConnectAsync())
        {
            await ScalarAsync<object>(admin, Counting.Tables);
        }

        using var measuring = Measure();
        using var tracing = Trace();
        using var request = new Activity("a request").SetIdFormat(ActivityIdFormat.W3C).Start();
        request.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        var metadata = AppendMetadata.None with { Headers = new Dictionary<string, string> { ["traceparent"] = request.Id! } };
        var appended = (AppendResult.Appended)await Store.AppendAsync(
            [new StreamAppend("one", ExpectedVersion.Any, [new EventData(Guid.NewGuid(), "thing.happened.v1", "{}"u8.ToArray())])], metadata, Cancel);
        request.Stop();
        using var stop = new CancellationTokenSource();
        var running = Store.RunSubscriptionAsync(new Counting(), stop.Token);
        (await Store.WaitForCheckpointAsync("counting", appended.Position, Patience, Cancel)).ShouldBeTrue();
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        var append = spans.Single(s => s.OperationName == "append");
        (append.TraceId, append.ParentSpanId).ShouldBe((request.TraceId, request.SpanId));
        append.GetTagItem("compliancetracker.position").ShouldBe(appended.Position);
        var batch = spans.Single(s => s.OperationName == "handle counting");
        batch.Links.ShouldHaveSingleItem().Context.SpanId.ShouldBe(request.SpanId);
        measured.ShouldContain(m => m.Instrument == "compliancetracker.subscription.events" && m.Subscription == "counting" && m.Value == 1);
        measured.ShouldContain(m => m.Instrument == "compliancetracker.subscription.batch.duration" && m.Outcome == "handled");
    }

    private MeterListener Measure()
    {
        // Other tests of this process append too: only this database counts.
        var database = new NpgsqlConnectionStringBuilder(ConnectionString).Database;
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == Name)
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.Start();
        return listener;

        void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var all = tags.ToArray().ToDictionary(t => t.Key, t => t.Value?.ToString());
            if (all.GetValueOrDefault("db.namespace") == database)
            {
                measured.Enqueue((instrument.Name, value, all.GetValueOrDefault("compliancetracker.outcome"), all.GetValueOrDefault("compliancetracker.subscription")));
            }
        }
    }

    private ActivityListener Trace()
    {
        var database = new NpgsqlConnectionStringBuilder(ConnectionString).Database;
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Name,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.GetTagItem("db.namespace") as string == database)
                {
                    spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
