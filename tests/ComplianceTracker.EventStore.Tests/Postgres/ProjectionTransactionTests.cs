using System.Data.Common;

namespace ComplianceTracker.EventStore.Tests.Postgres;

/// <summary>What a handler writes and its checkpoint share one fate.</summary>
public sealed class ProjectionTransactionTests(PostgresServer server) : PostgresTests(server)
{
    [Fact]
    public async Task What_a_failed_batch_wrote_is_gone_and_what_a_good_one_wrote_is_there_once()
    {
        await using var connection = await ConnectAsync();
        await ScalarAsync<object>(connection, "create table counted (position bigint primary key)");
        var last = await AppendAsync("s");
        var projection = new Counter { FailuresLeft = 2 };
        using var stop = new CancellationTokenSource();
        var running = Store.RunSubscriptionAsync(projection, stop.Token);
        (await Store.WaitForCheckpointAsync("counter", last.Position, Patience, Cancel)).ShouldBeTrue();
        last = await AppendAsync("s");
        (await Store.WaitForCheckpointAsync("counter", last.Position, Patience, Cancel)).ShouldBeTrue();

        await ScalarAsync<object>(connection, """
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and application_name = 'ComplianceTracker session'
            """);
        last = await AppendAsync("s");
        (await Store.WaitForCheckpointAsync("counter", last.Position, Patience, Cancel)).ShouldBeTrue();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
        (await ScalarAsync<long>(connection, "select count(*) from counted")).ShouldBe(3);
    }

    private sealed class Counter : ISubscription
    {
        public int FailuresLeft { get; set; }

        public string Name => "counter";

        public EventFilter? Filter => null;

        public async Task HandleAsync(SubscriptionBatch batch, CancellationToken cancellationToken)
        {
            var transaction = batch.Transaction.ShouldNotBeNull();
            foreach (var @event in batch.Events)
            {
                await using DbCommand insert = transaction.Connection!.CreateCommand();
                insert.Transaction = transaction;
                insert.CommandText = $"insert into counted values ({@event.Position})";
                await insert.ExecuteNonQueryAsync(cancellationToken);
            }

            if (FailuresLeft-- > 0)
            {
                throw new FormatException("broken");
            }
        }
    }
}
