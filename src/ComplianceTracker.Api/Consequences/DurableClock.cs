using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Consequences;

/// <summary>
/// Records that time goes on: one event for each instant at which a day begins in a jurisdiction that has an instrument on record, in
/// order, also those that passed while no service ran. However many services run on a database, each instant is recorded once: its id
/// follows from it, and the stream's version is expected.
/// </summary>
internal sealed partial class DurableClock(
    IEventStore store, InstrumentCatalogue catalogue, EventTypes types, TimeProvider time, ClockSettings settings, ILogger<DurableClock> logger)
{
    // After a long downtime they are recorded in runs of so many.
    private const int MostAtOnce = 200;

    // Machines sleep and clocks are set, and a new instrument may bring a new zone: nothing is waited for longer than this.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>Records until cancelled; to be begun once the first import is done, which is what everything later is compared with.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (settings.Enabled)
        {
            var wait = LongestWait;
            try
            {
                var next = await AdvanceAsync(cancellationToken);
                wait = next - time.GetUtcNow() is var left && left < wait ? left : wait;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                LogFailure(logger, e.Message);
                wait = TimeSpan.FromSeconds(1);
            }

            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.FromSeconds(1), time, cancellationToken);
        }
    }

    /// <summary>Records that the clock goes, where it never went before.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (settings.Enabled && await store.StreamVersionAsync(StreamIds.Clock, cancellationToken) == 0)
        {
            await AdvanceAsync(cancellationToken);
        }
    }

    /// <summary>Records every beginning of a day that has passed and is not recorded; gives the next one to come.</summary>
    public async Task<DateTimeOffset> AdvanceAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var zones = (await catalogue.HeadAsync(cancellationToken)).Instruments.Values
                .Select(i => TimeZones.Of(i.Identity.Jurisdiction)).DefaultIfEmpty(TimeZoneInfo.Utc).DistinctBy(z => z.Id).ToList();
            var version = await store.StreamVersionAsync(StreamIds.Clock, cancellationToken);
            var last = await LastAsync(version, cancellationToken);
            var now = time.GetUtcNow();
            now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond)).ToUniversalTime();
            IReadOnlyList<DateTimeOffset> due = last is { } since ? TimeZones.Midnights(zones, since, now) : [now];
            if (due.Count == 0)
            {
                // Where the machine's clock was set back, what it shows again has been recorded.
                var from = last > now ? last.Value : now;
                return TimeZones.Midnights(zones, from, from.AddDays(2))[0];
            }

            // Another service was quicker: look again.
            await AppendAsync(due.Take(MostAtOnce), version, cancellationToken);
        }
    }

    private Task<AppendResult> AppendAsync(IEnumerable<DateTimeOffset> instants, long version, CancellationToken cancellationToken) => store.AppendAsync(
        [
            new StreamAppend(
                StreamIds.Clock,
                ExpectedVersion.Exact(version),
                [..instants.Select(to => types.Encode(EventIds.Of($"{StreamIds.Clock}/{to:O}"), new ClockAdvanced(to)))]),
        ],
        RequestMetadata.Clock,
        cancellationToken);

    private async Task<DateTimeOffset?> LastAsync(long version, CancellationToken cancellationToken)
    {
        await foreach (var e in store.ReadStreamAsync(StreamIds.Clock, version, cancellationToken: cancellationToken))
        {
            return ((ClockAdvanced)types.Decode(e)).To;
        }

        return null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The passing of time cannot be recorded at the moment, it will be later: {Reason}")]
    private static partial void LogFailure(ILogger logger, string reason);
}

/// <summary>Whether this service records the passing of time: the section <c>Clock</c> of the configuration.</summary>
internal sealed record ClockSettings
{
    /// <summary>True: what happens because a date arrives is recorded.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The settings of the configuration.</summary>
    public static ClockSettings From(IConfiguration configuration) => configuration.GetSection("Clock").Get<ClockSettings>() ?? new ClockSettings();
}
