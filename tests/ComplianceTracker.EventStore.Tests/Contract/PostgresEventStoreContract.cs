using ComplianceTracker.EventStore.Postgres;

namespace ComplianceTracker.EventStore.Tests.Contract;

public sealed class PostgresEventStoreContract(PostgresServer server) : EventStoreContract
{
    private PostgresEventStore? store;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await store!.DisposeAsync();
    }

    protected override async Task<IEventStore> CreateStoreAsync() =>
        store = PostgresServer.Open(await server.CreateMigratedAsync());

    // The server's clock cannot be moved from here; a last stamp an hour ahead is what a step back of an hour looks like.
    protected override async Task StepClockBackAsync()
    {
        await using var command = store!.DataSource.CreateCommand(
            "select setval('ct_recorded_at', last_value + 3600000000) from ct_recorded_at");
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
