using ComplianceTracker.EventStore.Marten;
using ComplianceTracker.EventStore.Postgres;

namespace ComplianceTracker.EventStore.Tests.Contract;

/// <summary>Compiled where the packages are: <c>-p:UseMarten=true</c>.</summary>
public sealed class MartenEventStoreContract(PostgresServer server) : EventStoreContract
{
    private PostgresEventStore? tables;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await ((IAsyncDisposable)Store).DisposeAsync();
        await tables!.DisposeAsync();
    }

    protected override async Task<IEventStore> CreateStoreAsync()
    {
        tables = PostgresServer.Open(await server.CreateMigratedAsync());
        var store = MartenEngine.Open(tables);
        await store.MigrateAsync(Cancel);
        return store;
    }

    protected override async Task StepClockBackAsync()
    {
        await using var command = tables!.DataSource.CreateCommand(
            "select setval('ct_recorded_at', last_value + 3600000000) from ct_recorded_at");
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
