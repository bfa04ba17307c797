using System.Globalization;
using Npgsql;

namespace ComplianceTracker.EventStore.Tests.Postgres;

/// <summary>
/// A projection that reads what it has, stops where a test wants it, and writes: one row for each event with the number of events
/// of its stream so far, so that a lost, repeated or reordered event shows. It writes without keys that would catch a mistake.
/// </summary>
internal sealed class Counting : ISubscription
{
    public const string Tables = "create table counted (stream text, position bigint, so_far bigint)";

    /// <summary>The model, one line a row, in the order of a fold.</summary>
    public const string Model = "select coalesce(string_agg(stream || ' ' || position || ' ' || so_far, E'\\n' order by position), '') from counted";

    /// <summary>What the model must be: the same, told by the log alone.</summary>
    public const string Fold = "select coalesce(string_agg(stream_id || ' ' || seq_id || ' ' || version, E'\\n' order by seq_id), '') from mt_events";

    public string Name => "counting";

    public EventFilter? Filter => null;

    /// <summary>Called between reading and writing; null: nothing to do.</summary>
    public Func<SubscriptionBatch, Task>? BeforeWriting { get; set; }

    /// <summary>Called after writing, before the checkpoint.</summary>
    public Func<SubscriptionBatch, Task>? AfterWriting { get; set; }

    public async Task HandleAsync(SubscriptionBatch batch, CancellationToken cancellationToken)
    {
        var connection = (NpgsqlConnection)batch.Transaction!.Connection!;
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var stream in batch.Events.Select(e => e.StreamId).Distinct())
        {
            await using var count = new NpgsqlCommand("select count(*) from counted where stream = $1", connection) { Parameters = { new() { Value = stream } } };
            counts[stream] = Convert.ToInt64(await count.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
        }

        await (BeforeWriting?.Invoke(batch) ?? Task.CompletedTask).WaitAsync(cancellationToken);
        foreach (var @event in batch.Events)
        {
            await using var insert = new NpgsqlCommand("insert into counted values ($1, $2, $3)", connection)
            {
                Parameters = { new() { Value = @event.StreamId }, new() { Value = @event.Position }, new() { Value = ++counts[@event.StreamId] } },
            };
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }

        await (AfterWriting?.Invoke(batch) ?? Task.CompletedTask).WaitAsync(cancellationToken);
    }
}
