using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.EventStore.Tests.Postgres;

/// <summary>The first half of an append, which an engine calls that writes the events itself: Marten's.</summary>
public sealed class BegunAppendTests(PostgresServer server) : PostgresTests(server)
{
    [Fact]
    public async Task What_is_begun_here_and_written_by_another_reads_as_any_append()
    {
        var before = await AppendAsync("company-a");
        await using (var connection = await ConnectAsync())
        await using (var transaction = await connection.BeginTransactionAsync(Cancel))
        {
            var (stamp, versions, positions) = await BeginAsync(connection, [("company-a", 1, 2), ("company-b", 2, 2)]);
            versions.ShouldBe([2, 2]);
            positions.ShouldBe([before.Position + 1, before.Position + 2, before.Position + 3]);
            await WriteAsync(connection, "company-a", 2, positions[0], stamp);
            await WriteAsync(connection, "company-b", 1, positions[1], stamp);
            await WriteAsync(connection, "company-b", 2, positions[2], stamp);
            await transaction.CommitAsync(Cancel);
        }

        var after = await AppendAsync("company-b", ExpectedVersion.Exact(2));
        var all = (await Store.ReadAllAsync(0, 10, cancellationToken: Cancel)).Events;
        all.Select(e => (e.StreamId, e.Version)).ShouldBe([("company-a", 1), ("company-a", 2), ("company-b", 1), ("company-b", 2), ("company-b", 3)]);
        all.Select(e => e.RecordedAt).ShouldBeInOrder();
        after.Position.ShouldBe(before.Position + 4);
    }

    [Fact]
    public async Task What_is_not_at_the_expected_version_is_refused_before_a_position_is_drawn()
    {
        var before = await AppendAsync("company-a");
        await using (var connection = await ConnectAsync())
        {
            var refusal = await Should.ThrowAsync<PostgresException>(() => BeginAsync(connection, [("company-a", 1, 1)]));
            (refusal.SqlState, refusal.MessageText).ShouldBe(("CTVER", "1 1"));
        }

        (await AppendAsync("company-a", ExpectedVersion.Exact(1))).Position.ShouldBe(before.Position + 1);
    }

    [Fact]
    public async Task Others_append_while_it_is_open_and_are_read_when_it_has_ended()
    {
        await using var connection = await ConnectAsync();
        await using (var transaction = await connection.BeginTransactionAsync(Cancel))
        {
            await BeginAsync(connection, [("company-a", 1, 1)]);
            await AppendAsync("company-b");
            (await Store.ReadAllAsync(0, 10, cancellationToken: Cancel)).Events.ShouldBeEmpty();
            await transaction.RollbackAsync(Cancel);
        }

        (await Store.ReadAllAsync(0, 10, cancellationToken: Cancel)).Events.ShouldHaveSingleItem().StreamId.ShouldBe("company-b");
    }

    /// <summary>Begins an append to streams in the order of their names: how many events, and the version they shall come to (-1: any).</summary>
    private static async Task<(long Stamp, long[] Versions, long[] Positions)> BeginAsync(
        NpgsqlConnection connection, (string Stream, long Count, long Expected)[] streams)
    {
        await using var command = new NpgsqlCommand("select ct_append_begin($1, $2, $3, $4)", connection)
        {
            Parameters =
            {
                new() { Value = streams.Select(s => s.Stream).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar },
                new() { Value = streams.Select(s => s.Count).ToArray() },
                new() { Value = streams.Select(s => s.Expected).ToArray() },
                new() { Value = streams.Sum(s => s.Count) },
            },
        };
        var drawn = (long[])(await command.ExecuteScalarAsync(Cancel))!;
        return (drawn[0], drawn[1..(streams.Length + 1)], drawn[(streams.Length + 1)..]);
    }

    private static async Task WriteAsync(NpgsqlConnection connection, string stream, long version, long position, long stamp)
    {
        await using var write = new NpgsqlCommand("""
            insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp)
            values ($1, gen_random_uuid(), $2, $3, '{}', 'thing.happened.v1', timestamptz 'epoch' + $4 * interval '1 microsecond')
            """, connection)
        {
            Parameters = { new() { Value = position }, new() { Value = stream }, new() { Value = version }, new() { Value = stamp } },
        };
        await write.ExecuteNonQueryAsync(Cancel);
    }
}
