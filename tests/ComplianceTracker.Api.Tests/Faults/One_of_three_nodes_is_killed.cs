using System.Diagnostics;
using System.Globalization;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Api.Tests.Webhooks.Support;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Faults;

/// <summary>
/// Three processes on one database, each taking writes and questions, with the subscriptions spread over them; then kill -9 of one under load,
/// at a random moment.
/// </summary>
[Collection(nameof(SharedServer))]
public sealed class One_of_three_nodes_is_killed(DurableServer server, ITestOutputHelper output)
{
    // Only what is really held; a node's name is its machine, process and mark.
    private const string Held = """
        select l.name, split_part(l.node, '/', 2)::int from ct_leases l join pg_locks k on k.pid = l.process_id and k.locktype = 'advisory' and k.granted
            and k.objsubid = 1 and (k.classid::bigint << 32) | k.objid::bigint = hashtextextended('ct_subscription:public:' || l.name, 0)
        """;

    private static readonly string[] Subscriptions = ["Consequences", "Register", "Webhooks"];

    // About a second where the machine has nothing else to do.
    private static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_others_go_on_with_what_it_ran_and_nothing_is_lost_told_twice_or_out_of_order()
    {
        var random = Extent.Seeded(output);
        await using var receiver = await Receiver.StartAsync();
        var sites = await FaultSite.SeveralOnAsync(
            await server.CreateAsync(), 3, Receiver.Allowed, "--PublicUrl=https://compliance.example", "--Clock:Enabled=true", "--Webhooks:Deadline=00:00:02", "--Webhooks:Lease=00:00:04");
        await using var first = sites[0];
        await using var second = sites[1];
        await using var third = sites[2];
        var endpoint = (string)(await first.Client.SubscribeAsync(receiver.Url))["id"]!;
        var since = await first.AskDatabaseAsync<long>("select max(seq_id) from mt_events");
        await first.UntilAsync("each ran one subscription", async () => (await HoldersAsync(first)).Values.Distinct().Count() == 3);

        var ledger = new Ledger();
        var victim = sites[random.Next(3)];
        var others = sites.Where(s => s != victim).ToList();
        await using var live = Follower.Live(others[0].Client, since);
        await using var across = AcrossNodes.Start(sites, random);
        await using var dying = Load.Start(victim.Client, ledger, 2, random);
        await using var one = Load.Start(others[0].Client, ledger, 2, random);
        await using var other = Load.Start(others[1].Client, ledger, 2, random);
        await one.AcknowledgesAsync(random.Next(60, 160), victim);
        await Task.Delay(random.Next(20), Cancel);

        var took = await KillAsync(victim, others[0], across);
        await one.AcknowledgesAsync(30, others[0]);
        await dying.StopAsync(new CancellationToken(canceled: true));
        await Task.WhenAll(one.StopAsync(CancellationToken.None), other.StopAsync(CancellationToken.None), across.StopAsync());
        await ledger.SettleAllAsync(others[0].Client, CancellationToken.None);
        await others[0].UntilAsync("everything was handled", () => others[0].AskDatabaseAsync<bool>(
            "select min(last_seq_id) = (select max(seq_id) from mt_events) from mt_event_progression where name in ('Consequences:All', 'Register:All', 'Webhooks:All')"));
        await others[1].Client.DrainedAsync(endpoint);

        await Evidence.HoldsAsync(others[1], ledger);
        await CheckConsequencesAsync(others[0]);
        var again = await CheckDeliveriesAsync(others[0], receiver, since);
        var positions = (await Evidence.PositionsAsync(others[0])).Where(p => p > since).ToList();
        await others[0].UntilAsync("the follower saw all", () => Task.FromResult(live.Seen.Count >= positions.Count));
        live.Seen.ShouldBe(positions);
        across.Changes.ShouldBeGreaterThan(2);
        output.WriteLine(
            $"{ledger}; taken over in {took.TotalMilliseconds:0} ms; {across.Changes} changes read on other nodes, the slowest answer {across.Slowest.TotalMilliseconds:0} ms; "
            + $"{receiver.Deliveries.Count} deliveries, {again} of them repeated");
    }

    // How long until the others ran everything, and everything had gone on.
    private static async Task<TimeSpan> KillAsync(FaultSite victim, FaultSite witness, AcrossNodes across)
    {
        var lost = (await HoldersAsync(witness)).Where(h => h.Value == victim.Process.Id).Select(h => h.Key).ToList();
        lost.ShouldNotBeEmpty("the one that is killed runs something");
        across.Loses(victim);
        var killed = Stopwatch.StartNew();
        await victim.Process.KillAsync();
        var head = await witness.AskDatabaseAsync<long>("select max(seq_id) from mt_events");
        await witness.UntilAsync($"others ran {string.Join(", ", lost)}", TakeOver, async () =>
        {
            var holders = await HoldersAsync(witness);
            return Subscriptions.All(s => holders.TryGetValue(s, out var holder) && holder != victim.Process.Id);
        });
        await witness.UntilAsync("it had gone on", TakeOver, () => witness.AskDatabaseAsync<bool>(string.Create(
            CultureInfo.InvariantCulture,
            $"select bool_and(last_seq_id >= {head}) from mt_event_progression where name in ({string.Join(", ", lost.Select(l => $"'{l}:All'"))})")));
        return killed.Elapsed;
    }

    private static async Task<Dictionary<string, int>> HoldersAsync(FaultSite site)
    {
        var holders = new Dictionary<string, int>(StringComparer.Ordinal);
        await using var connection = await site.ConnectAsync();
        await using var command = new NpgsqlCommand(Held, connection);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        while (await reader.ReadAsync(Cancel))
        {
            holders.Add(reader.GetString(0), reader.GetInt32(1));
        }

        return holders;
    }

    // Each change turned the answer over: one consequence for each, in order, and none of it twice for anybody.
    private static async Task CheckConsequencesAsync(FaultSite site)
    {
        (await site.AskDatabaseAsync<string>($"""
            select string_agg(data->'cause'->>'eventId', ' ' order by seq_id) from mt_events
            where stream_id = 'consequence-default-{AcrossNodes.Company}' and data->'obligation'->>'id' = '{AcrossNodes.Obligation}'
            """)).ShouldBe(await site.AskDatabaseAsync<string>(
            $"select string_agg(id::text, ' ' order by seq_id) from mt_events where stream_id = 'company-default-{AcrossNodes.Company}'"));
        (await site.AskDatabaseAsync<long>("""
            select count(*) from (select from mt_events where stream_id like 'consequence-%'
                group by data->'cause'->>'eventId', data->>'companyId', data->'obligation'->>'id', data->>'kind' having count(*) > 1) twice
            """)).ShouldBe(0);
        (await site.AskDatabaseAsync<bool>("select count(*) = count(distinct data) from mt_events where stream_id = 'clock'")).ShouldBeTrue();
    }

    // Whatever came again came under its id; how often that was.
    private static async Task<int> CheckDeliveriesAsync(FaultSite site, Receiver receiver, long since)
    {
        var deliveries = receiver.Deliveries;
        var arrivals = deliveries.DistinctBy(d => d.WebhookId).ToList();
        var expected = await site.AskDatabaseAsync<string[]>(string.Create(
            CultureInfo.InvariantCulture,
            $"select array_agg(id::text) from mt_events where seq_id > {since} and (stream_id like 'instrument-%' and type <> 'instrument.registered.v1' or stream_id like 'consequence-%')"));
        expected.Except(arrivals.Select(d => d.WebhookId)).Take(5).ShouldBeEmpty("recorded and not delivered");
        arrivals.Select(d => d.WebhookId).Except(expected).Take(5).ShouldBeEmpty("delivered and not recorded");
        foreach (var subject in arrivals.GroupBy(d => (string)d.Json["subject"]!))
        {
            subject.Select(Sequence).ShouldBeInOrder(SortDirection.Ascending, subject.Key);
        }

        deliveries.GroupBy(d => d.WebhookId).Where(g => g.Select(d => d.Text).Distinct().Count() > 1).Select(g => g.Key).Take(5).ShouldBeEmpty("came again with another body");
        return deliveries.Count - arrivals.Count;
    }

    private static long Sequence(ReceivedRequest delivery) => long.Parse((string)delivery.Json["sequence"]!, CultureInfo.InvariantCulture);
}
