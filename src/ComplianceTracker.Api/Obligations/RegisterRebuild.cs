using System.Collections.Frozen;
using System.Data.Common;
using System.Threading.Channels;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.EventStore;
using ComplianceTracker.EventStore.Parking;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.Api.Obligations;

/// <summary>
/// Computes the register anew beside the one that answers questions, and puts it in its place. First every company is folded from its
/// own stream up to the position at which the live register stood, each computed once against the law of that position; then the new
/// register follows the log as the live one does, until it is not behind; then one transaction exchanges the tables. A rebuild that
/// was interrupted goes on where it was.
/// </summary>
internal sealed class RegisterRebuild(IEventStore store, NpgsqlDataSource database, InstrumentCatalogue catalogue, EventTypes types)
{
    /// <summary>The name of the projection that fills the tables until the exchange.</summary>
    public const string NextName = "Register.next";

    private const string LockNotAvailable = "55P03";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    // The live register stands still for as long before the exchange, at most; the new one is that near when it begins.
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromSeconds(10);

    /// <summary>How many companies are written in one transaction; so many at most are done again after an interruption.</summary>
    public int CompaniesAtOnce { get; init; } = 250;

    /// <summary>Rebuilds, or goes on with the rebuild that was interrupted.</summary>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="cancellationToken">Stops it; what was done is not lost.</param>
    /// <exception cref="RebuildException">Another process is rebuilding, or an event cannot be read.</exception>
    public async Task RunAsync(IProgress<RebuildProgress> progress, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var right = await RebuildState.TakeAsync(connection, cancellationToken);
        var state = await right.FindAsync(cancellationToken) ?? await BeginAsync(right, cancellationToken);
        if (!state.IsFolded)
        {
            await FoldAsync(connection, right, state, progress, cancellationToken);
        }

        await CatchUpAsync(progress, cancellationToken);
    }

    /// <summary>The rebuild that is under way, or was interrupted; null: none.</summary>
    public async Task<RebuildState?> FindAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await RebuildState.FindAsync(connection, cancellationToken);
    }

    private async Task<RebuildState> BeginAsync(RebuildRight right, CancellationToken cancellationToken)
    {
        await ExecuteAsync(right.Connection, RegisterTables.Next.Drop + RegisterTables.Next.Schema, cancellationToken);
        var target = await store.BeginReplacementAsync(RegisterProjection.LiveName, NextName, cancellationToken);
        return await right.BeginAsync(target, cancellationToken);
    }

    private async Task FoldAsync(
        NpgsqlConnection connection, RebuildRight right, RebuildState state, IProgress<RebuildProgress> progress, CancellationToken cancellationToken)
    {
        var log = await catalogue.ThroughAsync(state.Target, cancellationToken);
        var view = catalogue.View(log, DateOnly.MaxValue, state.Target);
        var leftOut = await LeftOutAsync(cancellationToken);

        // While one chunk is being written the next is read and computed.
        var chunks = Channel.CreateBounded<Chunk>(2);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var computing = ComputeAsync(chunks.Writer, state, view, leftOut, ended.Token);
        try
        {
            progress.Report(new RebuildProgress(state.Companies, state.OfCompanies, state.Target, state.Target));
            await foreach (var chunk in chunks.Reader.ReadAllAsync(ended.Token))
            {
                await using var transaction = await connection.BeginTransactionAsync(ended.Token);
                await RegisterTables.Next.AddCompaniesAsync(connection, chunk.Companies, ended.Token);
                await RegisterTables.Next.AddIntervalsAsync(connection, chunk.Intervals, ended.Token);
                state = state with { After = chunk.Last, Companies = state.Companies + chunk.Companies.Count };
                await right.SaveAsync(state, ended.Token);
                await transaction.CommitAsync(ended.Token);
                progress.Report(new RebuildProgress(state.Companies, Math.Max(state.OfCompanies, state.Companies), state.Target, state.Target));
            }
        }
        finally
        {
            await ended.CancelAsync();
            await computing;
        }

        var recordedAt = await store.RecordedAtOfAsync(state.Target, cancellationToken);
        await using var last = await connection.BeginTransactionAsync(cancellationToken);
        await using var move = new NpgsqlCommand($"update {RegisterTables.Next.State} set position = $1, recorded_at = $2", connection);
        move.Parameters.Add(new() { Value = state.Target });
        move.Parameters.Add(new() { Value = (object?)recordedAt?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await move.ExecuteNonQueryAsync(cancellationToken);
        await right.SaveAsync(state with { IsFolded = true }, cancellationToken);
        await last.CommitAsync(cancellationToken);
    }

    // Its failure goes through the channel to whoever reads it.
    private async Task ComputeAsync(
        ChannelWriter<Chunk> chunks, RebuildState state, CatalogueView view, LeftOut leftOut, CancellationToken cancellationToken)
    {
        try
        {
            var after = state.After;
            while (await store.ReadStreamsAsync(StreamIds.CompanyPrefix, after, CompaniesAtOnce, state.Target, cancellationToken) is { Count: > 0 } streams)
            {
                after = streams[^1].StreamId;
                var companies = streams.Select(s => Fold(s, leftOut)).OfType<StoredCompany>().ToList();
                var intervals = companies.Where(c => !c.Profile.IsArchived).Select(c => RegisterProjection.IntervalsOf(c, view)).ToList();
                await chunks.WriteAsync(new Chunk(after, companies, intervals), cancellationToken);
            }

            chunks.Complete();
        }
        catch (Exception e)
        {
            chunks.Complete(e);
        }
    }

    private StoredCompany? Fold(StreamEvents stream, LeftOut leftOut)
    {
        var parked = leftOut.ParkedFrom.GetValueOrDefault(stream.StreamId, long.MaxValue);
        (CompanyProfile? Profile, RecordedEvent? Last) folded = default;
        foreach (var e in stream.Events.Where(e => e.Position < parked && !leftOut.Skipped.Contains(e.Position)))
        {
            try
            {
                folded = (CompanyDecider.Evolve(folded.Profile, (CompanyEvent)types.Decode(e)), e);
            }
            catch (Exception reason)
            {
                throw new RebuildException(
                    $"The event '{e.Type}' at position {e.Position} of the stream '{e.StreamId}' cannot be read: {reason.Message} Nothing was exchanged.", reason);
            }
        }

        return folded is ({ } profile, { } last) ? new StoredCompany(StreamIds.TenantOf(stream.StreamId), profile, last.Version, last.Position) : null;
    }

    // What the live register has set aside the new one has too: parked under its own name by now, or skipped for good.
    private async Task<LeftOut> LeftOutAsync(CancellationToken cancellationToken)
    {
        var parked = new List<ParkedEvent>();
        while (await store.ListParkedAsync(NextName, parked.LastOrDefault()?.Key, 1000, cancellationToken) is { Count: > 0 } page)
        {
            parked.AddRange(page);
        }

        var logged = new List<ParkedLogEntry>();
        while (await store.ListParkedLogAsync(RegisterProjection.LiveName, logged.LastOrDefault()?.Id, 1000, cancellationToken) is { Count: > 0 } page)
        {
            logged.AddRange(page);
        }

        return new LeftOut(
            parked.GroupBy(p => p.StreamId).ToFrozenDictionary(g => g.Key, g => g.Min(p => p.Position), StringComparer.Ordinal),
            logged.Where(l => l.Action == ParkedAction.Skipped).Select(l => l.Position).ToFrozenSet());
    }

    private async Task CatchUpAsync(IProgress<RebuildProgress> progress, CancellationToken cancellationToken)
    {
        var next = new RegisterProjection(catalogue, types, RegisterTables.Next, NextName);
        while (true)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var following = store.RunSubscriptionAsync(next, ended.Token);
            try
            {
                await FollowAsync(progress, cancellationToken);
                if (await store.TryReplaceAsync(RegisterProjection.LiveName, NextName, (t, ct) => SwapAsync(t!, ended, following, ct), cancellationToken))
                {
                    return;
                }
            }
            catch (NpgsqlException e) when (e is PostgresException { SqlState: LockNotAvailable } || e.InnerException is TimeoutException)
            {
                // Somebody reads, or a batch writes, for longer than others should wait behind the exchange: go on following and try again.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The new register was slow over the last events: the live one goes on meanwhile.
            }
            finally
            {
                await ended.CancelAsync();
                await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task FollowAsync(IProgress<RebuildProgress> progress, CancellationToken cancellationToken)
    {
        long live;
        do
        {
            live = await store.CheckpointAsync(RegisterProjection.LiveName, cancellationToken);
            progress.Report(new RebuildProgress(null, null, await store.CheckpointAsync(NextName, cancellationToken), live));
        }
        while (!await store.WaitForCheckpointAsync(NextName, live, Look, cancellationToken));
    }

    private async Task SwapAsync(DbTransaction transaction, CancellationTokenSource ended, Task following, CancellationToken cancellationToken)
    {
        // Exclusive lets everybody read and keeps the live register where it is; the new one catches up with that and ends.
        var connection = (NpgsqlConnection)transaction.Connection!;
        await ExecuteAsync(connection, $"set local lock_timeout = '2s'; lock table {RegisterTables.Live.State} in exclusive mode", cancellationToken);
        using var standstill = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        standstill.CancelAfter(LongestStandstill);
        await FollowAsync(new Progress<RebuildProgress>(), standstill.Token);
        await ended.CancelAsync();
        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ExecuteAsync(
            connection, RegisterTables.Live.Drop + RegisterTables.Next.RenameTo(RegisterTables.Live) + RebuildState.Forget, cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Chunk(string Last, List<StoredCompany> Companies, List<CompanyIntervals> Intervals);

    private sealed record LeftOut(FrozenDictionary<string, long> ParkedFrom, FrozenSet<long> Skipped);
}

/// <summary>How far a rebuild is.</summary>
/// <param name="Companies">How many companies are done; null once all are.</param>
/// <param name="OfCompanies">Of how many; null once all are done.</param>
/// <param name="Position">The log position that the new register reflects.</param>
/// <param name="OfPosition">The log position that the live one reflects.</param>
internal sealed record RebuildProgress(long? Companies, long? OfCompanies, long Position, long OfPosition);

/// <summary>A rebuild cannot go on; the live register is as it was.</summary>
internal sealed class RebuildException(string message, Exception? inner = null) : Exception(message, inner);
