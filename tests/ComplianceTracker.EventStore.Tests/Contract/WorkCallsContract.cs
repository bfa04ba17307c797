using System.Collections.Concurrent;
using ComplianceTracker.EventStore.Work;
using Npgsql;

namespace ComplianceTracker.EventStore.Tests.Contract;

/// <summary>The promises of <see cref="IWorkCalls"/>, kept by every engine.</summary>
public abstract class WorkCallsContract : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private CancellationTokenSource stop = new();
    private readonly List<Task> running = [];

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected NpgsqlDataSource Database { get; private set; } = null!;

    protected IWorkCalls Calls { get; private set; } = null!;

    public async ValueTask InitializeAsync() => (Database, Calls) = await CreateAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await StopAsync();
        stop.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task W1_a_call_is_heeded_when_its_transaction_has_committed()
    {
        var worker = Run(new Worker());
        await worker.LookedAsync();
        worker.Add("a");

        await CallAsync("a");

        await worker.DoneAsync("a");
    }

    [Fact]
    public async Task W1_a_call_in_a_transaction_that_is_rolled_back_was_never_made()
    {
        var worker = Run(new Worker());
        await worker.LookedAsync();
        await using (var connection = await Database.OpenConnectionAsync(Cancel))
        await using (var transaction = await connection.BeginTransactionAsync(Cancel))
        {
            await Calls.CallAsync(transaction, ["a"], Cancel);
        }

        worker.Add("b");
        await CallAsync("b");
        await worker.DoneAsync("b");

        worker.Runs.Keys.ShouldBe(["b"]);
    }

    [Fact]
    public async Task W2_what_is_called_for_during_a_run_is_not_lost_with_its_end()
    {
        var worker = Run(new Worker());
        await worker.LookedAsync();
        for (var n = 0; n < 200; n++)
        {
            worker.Add("a");
            await CallAsync("a");
        }

        await worker.DoneAsync("a");
        worker.Done.GetValueOrDefault("a").ShouldBe(200);
    }

    [Fact]
    public async Task W3_a_key_has_one_run_at_a_time_and_holds_up_no_other()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var worker = Run(new Worker { Gates = { ["slow"] = gate.Task } });
        await worker.LookedAsync();
        worker.Add("slow");
        await CallAsync("slow");
        await worker.BegunAsync("slow");

        foreach (var key in Enumerable.Range(0, 50).Select(n => $"quick-{n}"))
        {
            worker.Add(key);
            await CallAsync("slow", key);
        }

        foreach (var n in Enumerable.Range(0, 50))
        {
            await worker.DoneAsync($"quick-{n}");
        }

        worker.Done.ShouldNotContainKey("slow");
        gate.SetResult();
        await worker.DoneAsync("slow");
        worker.MostAtOnce.ShouldBe(1);
    }

    [Fact]
    public async Task W4_what_is_due_later_is_worked_on_then_and_not_before()
    {
        var worker = Run(new Worker());
        await worker.LookedAsync();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        worker.Add("later", TimeSpan.FromSeconds(2));
        await CallAsync("later");

        await worker.DoneAsync("later");

        clock.Elapsed.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2) - TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public async Task W5_a_run_that_fails_is_repeated_and_told_of()
    {
        var worker = Run(new Worker { Failures = { ["a"] = 1 } });
        await worker.LookedAsync();
        worker.Add("a");

        await CallAsync("a");

        await worker.DoneAsync("a");
        worker.Told.ShouldBe(["a"]);
    }

    [Fact]
    public async Task W6_what_nobody_was_called_for_is_found_at_the_start_and_when_told_to_look()
    {
        var worker = new Worker();
        worker.Add("before");
        Run(worker);
        await worker.DoneAsync("before");

        worker.Add("unsaid");
        Calls.Look();

        await worker.DoneAsync("unsaid");
    }

    [Fact]
    public async Task A_queue_that_is_stopped_begins_nothing_more_and_another_goes_on()
    {
        var worker = Run(new Worker());
        await worker.LookedAsync();
        await StopAsync();
        worker.Add("a");
        await CallAsync("a");
        worker.Runs.ShouldBeEmpty();

        Run(worker);

        await worker.DoneAsync("a");
    }

    protected abstract Task<(NpgsqlDataSource Database, IWorkCalls Calls)> CreateAsync();

    protected Worker Run(Worker worker)
    {
        running.Add(Calls.RunAsync(worker, stop.Token));
        return worker;
    }

    protected async Task CallAsync(params string[] keys)
    {
        await using var connection = await Database.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await Calls.CallAsync(transaction, keys, Cancel);
        await transaction.CommitAsync(Cancel);
    }

    protected async Task StopAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        running.Clear();
        stop.Dispose();
        stop = new();
    }

    /// <summary>Works on what a test adds.</summary>
    protected sealed class Worker : IWorker
    {
        private readonly ConcurrentDictionary<string, ConcurrentQueue<long>> waiting = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<string, int> atOnce = new(StringComparer.Ordinal);
        private readonly TaskCompletionSource looked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock gate = new();
        private TaskCompletionSource happened = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentDictionary<string, int> Done { get; } = new(StringComparer.Ordinal);

        public ConcurrentDictionary<string, int> Runs { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, Task> Gates { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, int> Failures { get; } = new(StringComparer.Ordinal);

        public Func<string, Exception> Failure { get; init; } = key => new InvalidOperationException(key);

        public ConcurrentQueue<string?> Told { get; } = new();

        public int MostAtOnce { get; private set; }

        public void Add(string key, TimeSpan after = default) =>
            waiting.GetOrAdd(key, _ => new()).Enqueue(TimeProvider.System.GetTimestamp() + (long)(after.TotalSeconds * TimeProvider.System.TimestampFrequency));

        public Task LookedAsync() => looked.Task.WaitAsync(Patience, Cancel);

        public Task BegunAsync(string key) => UntilAsync(() => Runs.ContainsKey(key));

        public Task DoneAsync(string key) => UntilAsync(() => Done.ContainsKey(key) && waiting[key].IsEmpty);

        public Task ToldAsync(int times) => UntilAsync(() => Told.Count >= times);

        public Task<IReadOnlyDictionary<string, TimeSpan>> DueAsync(IReadOnlyCollection<string>? among, CancellationToken cancellationToken)
        {
            var due = waiting
                .Where(w => among is null || among.Contains(w.Key))
                .Select(w => (w.Key, Due: w.Value.TryPeek(out var at) ? at : (long?)null))
                .Where(w => w.Due is not null)
                .ToDictionary(w => w.Key, w => TimeSpan.FromSeconds((w.Due!.Value - TimeProvider.System.GetTimestamp()) / (double)TimeProvider.System.TimestampFrequency), StringComparer.Ordinal);
            looked.TrySetResult();
            return Task.FromResult<IReadOnlyDictionary<string, TimeSpan>>(due);
        }

        public async Task WorkAsync(string key, CancellationToken stop)
        {
            Runs.AddOrUpdate(key, 1, (_, n) => n + 1);
            lock (gate)
            {
                MostAtOnce = Math.Max(MostAtOnce, atOnce[key] = atOnce.GetValueOrDefault(key) + 1);
            }

            Happened();
            try
            {
                await Gates.GetValueOrDefault(key, Task.CompletedTask);
                if (Failures.GetValueOrDefault(key) > 0)
                {
                    Failures[key]--;
                    throw Failure(key);
                }

                while (waiting.TryGetValue(key, out var queue) && queue.TryPeek(out var due) && due <= TimeProvider.System.GetTimestamp() && queue.TryDequeue(out _))
                {
                    Done.AddOrUpdate(key, 1, (_, n) => n + 1);
                }
            }
            finally
            {
                lock (gate)
                {
                    atOnce[key]--;
                }

                Happened();
            }
        }

        public void Wake(string key)
        {
            // It takes all there is whenever it runs.
        }

        public void Failed(string? key, Exception failure)
        {
            Told.Enqueue(key);
            Happened();
        }

        private void Happened() => Interlocked.Exchange(ref happened, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

        private async Task UntilAsync(Func<bool> condition)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            limit.CancelAfter(Patience);
            for (var next = Volatile.Read(ref happened).Task; !condition(); next = Volatile.Read(ref happened).Task)
            {
                await next.WaitAsync(limit.Token);
            }
        }
    }
}
