using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ComplianceTracker.EventStore.Postgres;

/// <summary>
/// What the store tells of its work to whoever listens. Without a listener nothing is measured and no span is made. No tag holds
/// anything of a stream or an event but counts and positions.
/// </summary>
internal sealed class StoreTelemetry(string database)
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "ComplianceTracker.EventStore";

    /// <summary>Under which header an append may carry the W3C trace context of who asked for it.</summary>
    public const string TraceParent = "traceparent";

    // A batch has up to a thousand events; a span with a thousand links helps nobody.
    private const int MostLinks = 32;

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> AppendDuration = Meter.CreateHistogram<double>(
        "compliancetracker.append.duration", "s", "How long appends take, by outcome.");

    private static readonly Counter<long> Appended = Meter.CreateCounter<long>(
        "compliancetracker.append.events", "{event}", "Events appended.");

    private static readonly Counter<long> Conflicts = Meter.CreateCounter<long>(
        "compliancetracker.append.conflicts", "{conflict}", "Appends refused because a stream had another version than expected.");

    private static readonly Histogram<double> BatchDuration = Meter.CreateHistogram<double>(
        "compliancetracker.subscription.batch.duration", "s", "How long a subscription takes for a batch, by outcome.");

    private static readonly Counter<long> Handled = Meter.CreateCounter<long>(
        "compliancetracker.subscription.events", "{event}", "Events that subscriptions have handled.");

    private readonly KeyValuePair<string, object?> ofDatabase = new("db.namespace", database);

    /// <summary>Appends, whichever engine does it, and tells what became of it.</summary>
    public async Task<AppendResult> AppendAsync(IReadOnlyList<StreamAppend> batch, Func<Task<AppendResult>> append)
    {
        using var told = BeginAppend(batch);
        try
        {
            var result = await append();
            told.End(result);
            return result;
        }
        catch (Exception failure)
        {
            told.Fail(failure);
            throw;
        }
    }

    private Append BeginAppend(IReadOnlyList<StreamAppend> batch)
    {
        var span = Source.StartActivity("append", ActivityKind.Client);
        if (span is null && !AppendDuration.Enabled && !Appended.Enabled && !Conflicts.Enabled)
        {
            return default;
        }

        var events = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            events += batch[i].Events.Count;
        }

        span?.SetTag("db.namespace", ofDatabase.Value);
        span?.SetTag("compliancetracker.streams", batch.Count);
        span?.SetTag("compliancetracker.events", events);
        return new Append(this, span, events, Stopwatch.GetTimestamp());
    }

    /// <summary>Begins a subscription's batch, linked to the requests that appended its events.</summary>
    public Batch BeginBatch(string subscription, IReadOnlyList<RecordedEvent> events)
    {
        var span = Source.HasListeners()
            ? Source.StartActivity(ActivityKind.Consumer, default, [new("compliancetracker.subscription", subscription)], Links(events), name: $"handle {subscription}")
            : null;
        span?.SetTag("db.namespace", ofDatabase.Value);
        span?.SetTag("compliancetracker.events", events.Count);
        return new Batch(this, span, subscription, events.Count, Stopwatch.GetTimestamp());
    }

    private static List<ActivityLink> Links(IReadOnlyList<RecordedEvent> events) =>
        [..events
            .Select(e => e.Metadata.Headers.GetValueOrDefault(TraceParent))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Take(MostLinks)
            .Select(parent => ActivityContext.TryParse(parent, null, isRemote: true, out var context) ? new ActivityLink(context) : default)
            .Where(link => link.Context != default)];

    /// <summary>An append under way; the default one tells nobody.</summary>
    private readonly struct Append(StoreTelemetry owner, Activity? span, int events, long begun) : IDisposable
    {
        /// <summary>Says what became of it.</summary>
        public void End(AppendResult result)
        {
            if (owner is null)
            {
                return;
            }

            var outcome = result switch
            {
                AppendResult.Appended { Duplicate: true } => "duplicate",
                AppendResult.Appended => "appended",
                AppendResult.Conflict => "conflict",
                _ => "id-clash",
            };
            span?.SetTag("compliancetracker.outcome", outcome);
            span?.SetTag("compliancetracker.position", (result as AppendResult.Appended)?.Position);
            AppendDuration.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds, owner.ofDatabase, new("compliancetracker.outcome", outcome));
            if (outcome == "appended")
            {
                Appended.Add(events, owner.ofDatabase);
            }
            else if (outcome == "conflict")
            {
                Conflicts.Add(1, owner.ofDatabase);
            }
        }

        /// <summary>Says that it failed, by the kind of failure: the message may hold what was to be stored.</summary>
        public void Fail(Exception failure)
        {
            if (owner is null)
            {
                return;
            }

            span?.SetTag("compliancetracker.outcome", "failed");
            span?.SetTag("error.type", KindOf(failure));
            span?.SetStatus(ActivityStatusCode.Error);
            AppendDuration.Record(
                Stopwatch.GetElapsedTime(begun).TotalSeconds, owner.ofDatabase, new("compliancetracker.outcome", "failed"), new("error.type", KindOf(failure)));
        }

        public void Dispose() => span?.Dispose();
    }

    /// <summary>A batch under way.</summary>
    public readonly struct Batch(StoreTelemetry owner, Activity? span, string subscription, int events, long begun) : IDisposable
    {
        /// <summary>Says that it was handled.</summary>
        public void End()
        {
            Record("handled");
            Handled.Add(events, owner.ofDatabase, new("compliancetracker.subscription", subscription));
        }

        /// <summary>Says that it failed.</summary>
        public void Fail(Exception failure)
        {
            span?.SetTag("error.type", KindOf(failure));
            span?.SetStatus(ActivityStatusCode.Error);
            Record("failed");
        }

        public void Dispose() => span?.Dispose();

        private void Record(string outcome) => BatchDuration.Record(
            Stopwatch.GetElapsedTime(begun).TotalSeconds,
            owner.ofDatabase,
            new("compliancetracker.subscription", subscription),
            new("compliancetracker.outcome", outcome));
    }

    private static string KindOf(Exception failure) =>
        failure is System.Data.Common.DbException { SqlState: { } state } ? state : failure.GetType().FullName ?? failure.GetType().Name;
}
