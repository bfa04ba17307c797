using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.EventStore.Postgres;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Hosting;

/// <summary>What the service keeps beside the events, when a service starts.</summary>
public sealed class The_tables(Databases databases)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Are_there_for_a_service_that_starts_while_another_is_frozen_with_an_open_transaction_on_all_of_them()
    {
        await using var database = NpgsqlDataSource.Create(await databases.CreateEmptyAsync());
        await ReadModels.CreateAsync(database, Cancel);
        await using var frozen = await database.OpenConnectionAsync(Cancel);
        await using var open = await frozen.BeginTransactionAsync(Cancel);
        await using (var writes = new NpgsqlCommand(
            """
            do $$
            declare name text;
            begin
                for name in select tablename from pg_tables where schemaname = 'public' loop
                    execute format('lock table %I in row exclusive mode', name);
                end loop;
            end $$
            """,
            frozen))
        {
            await writes.ExecuteNonQueryAsync(Cancel);
        }

        await Should.NotThrowAsync(() => ReadModels.CreateAsync(database, Cancel).WaitAsync(TimeSpan.FromSeconds(20), Cancel), "it waits for the frozen one");
    }

    [Fact]
    public async Task Of_a_register_that_an_earlier_release_laid_out_otherwise_are_filled_anew()
    {
        var connectionString = await databases.CopySeededAsync();
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using (var earlier = database.CreateCommand(
            "alter table ct_register rename column packed to intervals; delete from ct_register; update ct_company set name = 'from before'"))
        {
            await earlier.ExecuteNonQueryAsync(Cancel);
        }

        await using var service = await TestService.StartAsync(connectionString);

        var store = (PostgresEventStore)service.Services.GetService(typeof(PostgresEventStore))!;
        var recomputed = await Recomputed.FromAsync(store);
        (await store.WaitForCheckpointAsync("Register", recomputed.Head, TimeSpan.FromMinutes(1), Cancel)).ShouldBeTrue();
        (await Recomputed.ProjectedRowsAsync(database)).ShouldBe(recomputed.Rows(recomputed.Head));
    }
}
