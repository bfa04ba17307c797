using ComplianceTracker.EventStore.Postgres;
using Npgsql;

namespace ComplianceTracker.EventStore.Tests.Postgres;

/// <summary>Several nodes, each with a pool of its own, on one database: their subscriptions spread, and then nothing moves.</summary>
public sealed class SpreadingTests(PostgresServer server) : PostgresTests(server)
{
    // Only what is really held: the row of a lease outlives whoever held it.
    private const string Held = """
        select l.name, l.node, l.beat from ct_leases l join pg_locks k on k.pid = l.process_id and k.locktype = 'advisory' and k.granted and k.objsubid = 1
            and (k.classid::bigint << 32) | k.objid::bigint = hashtextextended('ct_subscription:public:' || l.name, 0)
        """;

    private readonly List<Node> nodes = [];
    private NpgsqlConnection admin = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        admin = await ConnectAsync();
        await ScalarAsync<object>(admin, "create table told (subscription text, position bigint)");
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }

        await admin.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Three_nodes_share_them_evenly_whoever_comes_or_goes_and_each_event_is_handled_once()
    {
        var names = Enumerable.Range(1, 7).Select(i => $"s{i}").ToList();
        var first = Start(names);
        await SettledAsync(7);
        Start(names);
        Start(names);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var writing = WriteAsync(over.Token);

        await SettledAsync(3, 2, 2);
        await first.DisposeAsync();
        await SettledAsync(4, 3);
        Start(names);
        await SettledAsync(3, 2, 2);

        await over.CancelAsync();
        var last = await writing;
        foreach (var name in names)
        {
            (await Store.WaitForCheckpointAsync(name, last, Patience, Cancel)).ShouldBeTrue(name);
        }

        var told = await ScalarAsync<string>(admin, "select string_agg(subscription || ' ' || position, E'\\n' order by subscription, position) from told");
        told.ShouldBe(await ScalarAsync<string>(
            admin, "select string_agg('s' || s || ' ' || seq_id, E'\\n' order by s, seq_id) from mt_events, generate_series(1, 7) s"));
    }

    [Fact]
    public async Task In_the_middle_of_a_batch_none_is_given_up()
    {
        var (paused, resume) = (new SemaphoreSlim(0), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        string[] names = ["s1", "s2"];
        await AppendAsync("s");
        Start(names, async () =>
        {
            paused.Release();
            await resume.Task;
        });
        await paused.WaitAsync(Cancel);
        await paused.WaitAsync(Cancel);
        Start(names);

        // Three lease times with a node that wants them, told by the beats.
        await UntilAsync("select count(*) = 2 from ct_lease_wishes");
        await UntilAsync($"select count(*) = 2 and count(distinct node) = 1 and min(beat) >= 15 from ({Held}) h");
        resume.SetResult();
        await SettledAsync(1, 1);
        (await ScalarAsync<long>(admin, "select count(*) from told")).ShouldBe(2);
    }

    [Fact]
    public async Task One_that_was_offered_to_a_node_that_is_gone_is_taken_by_another()
    {
        await ScalarAsync<object>(admin, "insert into ct_leases (name, process_id, beat, node, offered_to) values ('s1', 0, 3, 'gone', 'gone too')");
        Start(["s1"]);
        await SettledAsync(1);
        (await ScalarAsync<string>(admin, "select offered_to from ct_leases")).ShouldBeNull();
    }

    private Node Start(IReadOnlyList<string> names, Func<Task>? beforeWriting = null)
    {
        var node = new Node(PostgresServer.Open(ConnectionString, leaseTimeout: TimeSpan.FromMilliseconds(500)), names, beforeWriting ?? (() => Task.CompletedTask));
        nodes.Add(node);
        return node;
    }

    // So many on each node, the fullest first; and none has moved for two lease times.
    private Task SettledAsync(params int[] counts) => UntilAsync($"""
        with held as ({Held}), nodes as (select count(*) as n from held group by node)
        select coalesce((select string_agg(n::text, ',' order by n desc) from nodes), '') = '{string.Join(',', counts)}' and min(beat) >= 10 from held
        """);

    private async Task<long> WriteAsync(CancellationToken over)
    {
        var last = 0L;
        while (!over.IsCancellationRequested)
        {
            last = (await AppendAsync("s")).Position;
            await Task.Delay(5, CancellationToken.None);
        }

        return last;
    }

    private async Task UntilAsync(string condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await ScalarAsync<bool>(admin, condition))
        {
            await Task.Delay(20, limit.Token);
        }
    }

    /// <summary>A store that runs subscriptions until it is disposed.</summary>
    private sealed class Node : IAsyncDisposable
    {
        private readonly PostgresEventStore store;
        private readonly CancellationTokenSource stop = new();
        private readonly Task running;

        public Node(PostgresEventStore store, IEnumerable<string> names, Func<Task> beforeWriting)
        {
            this.store = store;
            running = Task.WhenAll(names.Select(n => store.RunSubscriptionAsync(new Telling(n, beforeWriting), stop.Token)));
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await store.DisposeAsync();
        }
    }

    /// <summary>Writes down what it is told, without a key that would catch a repetition.</summary>
    private sealed class Telling(string name, Func<Task> beforeWriting) : ISubscription
    {
        public string Name => name;

        public EventFilter? Filter => null;

        public async Task HandleAsync(SubscriptionBatch batch, CancellationToken cancellationToken)
        {
            await beforeWriting();
            await using var insert = new NpgsqlCommand("insert into told select $1, unnest($2)", (NpgsqlConnection)batch.Transaction!.Connection!)
            {
                Parameters = { new() { Value = name }, new() { Value = batch.Events.Select(e => e.Position).ToArray() } },
            };
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
