using System.Data.Common;
using System.Diagnostics.Metrics;
using ComplianceTracker.Api.Requests;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Health;

/// <summary>
/// Looks at the store every few seconds and tells what it saw: as metrics to whoever listens, and as a line of the log when
/// something begins or ends that an operator must know. While the database is away the metrics say nothing, rather than what was.
/// </summary>
internal sealed partial class StoreWatch : BackgroundService
{
    private readonly IEventStore store;
    private readonly StoreProbe probe;
    private readonly Readiness readiness;
    private readonly TimeSpan every;
    private readonly TimeProvider clock;
    private readonly ILogger<StoreWatch> logger;
    private volatile Seen? seen;
    private StoreState? told;

    public StoreWatch(
        IEventStore store,
        StoreProbe probe,
        Readiness readiness,
        Admission admission,
        IConfiguration configuration,
        TimeProvider clock,
        IMeterFactory meters,
        ILogger<StoreWatch> logger)
    {
        (this.store, this.probe, this.readiness, this.clock, this.logger) = (store, probe, readiness, clock, logger);
        every = configuration.GetValue("Telemetry:Every", TimeSpan.FromSeconds(5));
        var meter = meters.Create(ApiTelemetry.Name);
        meter.CreateObservableGauge("compliancetracker.log.head", Head, "{position}", "The highest position that readers see.");
        meter.CreateObservableGauge("compliancetracker.log.stall.time", Stall, "s", "How long an open transaction has kept readers from going on; 0 when none does.");
        meter.CreateObservableGauge("compliancetracker.subscription.lag", () => Each(s => s.State.Lag), "{position}", "How many positions a subscription is behind the head.");
        meter.CreateObservableGauge("compliancetracker.subscription.lag.time", () => Each(Behind), "s", "How long ago the oldest event that a subscription has not handled was recorded.");
        meter.CreateObservableGauge("compliancetracker.subscription.parked", () => Each(s => s.State.Parked), "{event}", "How many events a subscription has set aside.");
        meter.CreateObservableGauge("compliancetracker.queue.depth", () => Each(s => s.State.Lag + s.State.Parked), "{event}", "How many events wait for a subscription at most: those behind and those parked.");
        meter.CreateObservableGauge("compliancetracker.requests.active", () => admission.Work.Working, "{request}", "Requests at work.");
        meter.CreateObservableGauge("compliancetracker.requests.waiting", () => admission.Work.Waiting, "{request}", "Requests that wait for their turn.");
        meter.CreateObservableGauge("compliancetracker.feed.followers", () => admission.Followers, "{client}", "Clients that follow the log live.");
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, clock);
        do
        {
            try
            {
                seen = readiness.IsMigrated ? await SeeAsync(stoppingToken) : null;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it is: what only watches must not end the service.
                seen = null;
                LogBlind(logger, FailureText.Kind(e));
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<Seen?> SeeAsync(CancellationToken stoppingToken)
    {
        if (await probe.LookAsync(stoppingToken) is not { } state)
        {
            return null;
        }

        Tell(state);
        try
        {
            return await OldestAsync(state, stoppingToken).WaitAsync(StoreProbe.Longest, clock, stoppingToken);
        }
        catch (Exception e) when (e is DbException or TimeoutException)
        {
            return null;
        }
    }

    private async Task<Seen> OldestAsync(StoreState state, CancellationToken stoppingToken)
    {
        var subscriptions = new List<SeenSubscription>();
        foreach (var subscription in state.Subscriptions)
        {
            var waiting = subscription.Lag > 0 ? (await store.ReadAllAsync(subscription.Checkpoint, 1, null, stoppingToken)).Events : [];
            subscriptions.Add(new SeenSubscription(subscription, waiting is [var oldest, ..] ? oldest.RecordedAt : null));
        }

        return new Seen(state, subscriptions);
    }

    // Names, numbers and kinds alone: the reason of a failure may hold what was to be stored. Readiness and the list of parked events tell it.
    private void Tell(StoreState now)
    {
        var before = told ?? new StoreState([], 0, null, null);
        told = now;
        if (now.Stall is { } stall && before.Stall?.Position != stall.Position)
        {
            LogStall(logger, stall.Position, string.Join(", ", stall.Holders.Select(h => h.ProcessId?.ToString() ?? h.Transaction)));
        }
        else if (now.Stall is null && before.Stall is not null)
        {
            LogStallOver(logger, before.Stall.Position);
        }

        foreach (var subscription in now.Subscriptions)
        {
            var earlier = before.Subscriptions.FirstOrDefault(s => s.Name == subscription.Name);
            if (subscription.Failure is { } failure && failure.After != earlier?.Failure?.After)
            {
                LogFailing(logger, subscription.Name, failure.After, failure.Kind);
            }

            if (subscription.Parked != (earlier?.Parked ?? 0))
            {
                LogParked(logger, subscription.Name, subscription.Parked);
            }
        }
    }

    private IEnumerable<Measurement<long>> Head() => seen is { } s ? [new(s.State.Head)] : [];

    private IEnumerable<Measurement<double>> Stall() => seen switch
    {
        null => [],
        { State.Stall: { } stall } => stall.Holders.Select(h => new Measurement<double>(
            (clock.GetUtcNow() - stall.Since).TotalSeconds,
            h.ProcessId is { } id ? new("postgresql.backend.pid", id) : new KeyValuePair<string, object?>("postgresql.transaction", h.Transaction))),
        _ => [new(0)],
    };

    private IEnumerable<Measurement<T>> Each<T>(Func<SeenSubscription, T> value)
        where T : struct =>
        seen?.Subscriptions.Select(s => new Measurement<T>(value(s), new KeyValuePair<string, object?>("compliancetracker.subscription", s.State.Name))) ?? [];

    private double Behind(SeenSubscription subscription) =>
        subscription.OldestWaiting is { } oldest ? Math.Max(0, (clock.GetUtcNow() - oldest).TotalSeconds) : 0;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The log cannot be read from position {Position} on: transactions of the database's processes {Holders} are open")]
    private static partial void LogStall(ILogger logger, long position, string holders);

    [LoggerMessage(Level = LogLevel.Information, Message = "The log can be read again from position {Position} on")]
    private static partial void LogStallOver(ILogger logger, long position);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The subscription {Subscription} fails after position {Position}: {Kind}")]
    private static partial void LogFailing(ILogger logger, string subscription, long position, SubscriptionFailureKind kind);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The subscription {Subscription} has {Parked} events parked")]
    private static partial void LogParked(ILogger logger, string subscription, long parked);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store cannot be watched: {Failure}")]
    private static partial void LogBlind(ILogger logger, string failure);

    private sealed record Seen(StoreState State, IReadOnlyList<SeenSubscription> Subscriptions);

    private sealed record SeenSubscription(SubscriptionState State, DateTimeOffset? OldestWaiting);
}
