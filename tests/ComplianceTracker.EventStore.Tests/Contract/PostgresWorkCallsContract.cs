using ComplianceTracker.EventStore.Postgres;
using ComplianceTracker.EventStore.Work;
using Npgsql;

namespace ComplianceTracker.EventStore.Tests.Contract;

public sealed class PostgresWorkCallsContract(PostgresServer server) : WorkCallsContract
{
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Database.DisposeAsync();
    }

    protected override async Task<(NpgsqlDataSource Database, IWorkCalls Calls)> CreateAsync()
    {
        var connectionString = await server.CreateEmptyAsync();
        return (NpgsqlDataSource.Create(connectionString), new PostgresWorkCalls(connectionString, "contract", TimeProvider.System));
    }
}
