using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Faults;

/// <summary>kill -9 of the service when it has written the register and not yet its checkpoint: a trigger holds it there.</summary>
[Collection(nameof(SharedServer))]
public sealed class The_projection_is_killed_before_its_checkpoint(DurableServer server, ITestOutputHelper output)
{
    private const string Gate = "4711";
    private const string Waiting = $"select count(*) from pg_locks where locktype = 'advisory' and objid = {Gate} and not granted";

    [Fact]
    public async Task The_register_equals_a_fold_from_zero()
    {
        var random = Extent.Seeded(output);
        await using var site = await FaultSite.OnAsync(await server.CreateAsync());
        var ledger = new Ledger();
        await using var gate = await site.ConnectAsync();
        await FaultSite.ExecuteAsync(gate, $"""
            create function wait_at_the_gate() returns trigger language plpgsql as
                $$ begin perform pg_advisory_xact_lock_shared({Gate}); return new; end $$;
            create trigger gate before update on mt_event_progression for each row when (new.name = 'Register:All') execute function wait_at_the_gate();
            """);
        await using var load = Load.Start(site.Client, ledger, 2, random);
        for (var point = 0; point < Extent.Points(2); point++)
        {
            await load.AcknowledgesAsync(random.Next(1, 30), site);
            await FaultSite.ExecuteAsync(gate, $"select pg_advisory_lock({Gate})");
            await site.UntilAsync("the projection waited for its checkpoint", async () => await FaultSite.AskAsync<long>(gate, Waiting) > 0);
            await site.Process.KillAsync();

            // Its session may linger at the gate after its client is gone, and be ended by the next service only when the lease is given up.
            if (point % 2 == 0)
            {
                await FaultSite.ExecuteAsync(gate, $"select pg_advisory_unlock({Gate})");
                await site.StartAsync();
            }
            else
            {
                await site.StartAsync();
                await site.UntilAsync("the left-behind session was ended", async () => await FaultSite.AskAsync<long>(gate, Waiting) == 0);
                await FaultSite.ExecuteAsync(gate, $"select pg_advisory_unlock({Gate})");
            }
        }

        await load.StopAsync(CancellationToken.None);
        await Evidence.HoldsAsync(site, ledger);
        output.WriteLine(ledger.ToString());
    }
}
