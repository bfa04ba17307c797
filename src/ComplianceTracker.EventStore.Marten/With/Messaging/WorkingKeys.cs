using System.Collections.Concurrent;
using ComplianceTracker.EventStore.Work;

namespace ComplianceTracker.EventStore.Marten.Messaging;

/// <summary>The keys that this process works on. Each has one run at a time, and a call that comes meanwhile joins it.</summary>
internal sealed class WorkingKeys(IWorker worker, CallQueue queue, TimeProvider clock, CancellationToken stop)
{
    // A message would take as long: what is due that soon is waited for here.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    // A worker that says that something is due and does nothing about it is not asked in a circle.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(20);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Run> runs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> scheduled = new(StringComparer.Ordinal);

    /// <summary>Works until nothing is due soon under the key, and calls for what is due later.</summary>
    /// <returns>False: a run is under way, which the caller's call has joined.</returns>
    /// <exception cref="Exception">The worker's failure, which it was told of.</exception>
    public async Task<bool> WorkAsync(string key)
    {
        var run = new Run();
        lock (gate)
        {
            if (!runs.TryAdd(key, run))
            {
                runs[key].Joined.TrySetResult();
                worker.Wake(key);
                return false;
            }
        }

        try
        {
            if (await RunAsync(key, run) is { } next)
            {
                await CallLaterAsync(key, next);
            }

            return true;
        }
        catch (Exception e)
        {
            worker.Failed(key, e);
            if (End(key, run))
            {
                // Who joined counts on this run, which is over: what it was called for is called for again.
                await queue.PostAsync(new Call(key), Soon, CancellationToken.None);
            }

            throw;
        }
        finally
        {
            run.Ended.SetResult();
        }
    }

    /// <summary>Calls for the key after the time, unless this process has done so for an earlier one that is still to come.</summary>
    public async Task CallLaterAsync(string key, TimeSpan next)
    {
        var now = clock.GetTimestamp();
        var at = now + (long)(next.TotalSeconds * clock.TimestampFrequency);
        if (scheduled.TryGetValue(key, out var earlier) && earlier > now && earlier <= at)
        {
            return;
        }

        // Noted only when it is written.
        await queue.PostAsync(new Call(key), next, CancellationToken.None);
        scheduled[key] = at;
    }

    /// <summary>Wakes the run of the key; false: it has none.</summary>
    public bool Wake(string key)
    {
        lock (gate)
        {
            if (!runs.ContainsKey(key))
            {
                return false;
            }
        }

        worker.Wake(key);
        return true;
    }

    /// <summary>Waits for the time; false when the process stops working.</summary>
    public async Task<bool> PauseAsync(TimeSpan time)
    {
        await Task.Delay(time, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stop.IsCancellationRequested;
    }

    /// <summary>Completes when no run is under way.</summary>
    public async Task EndedAsync()
    {
        while (true)
        {
            Task[] under;
            lock (gate)
            {
                under = [..runs.Values.Select(r => r.Ended.Task)];
            }

            if (under.Length == 0)
            {
                return;
            }

            await Task.WhenAll(under);
        }
    }

    // When something is due again; null: nothing is.
    private async Task<TimeSpan?> RunAsync(string key, Run run)
    {
        while (true)
        {
            if (!stop.IsCancellationRequested)
            {
                await worker.WorkAsync(key, stop);
            }

            var due = await worker.DueAsync([key], CancellationToken.None);
            TimeSpan? next = due.TryGetValue(key, out var wait) ? wait : null;
            if (next is null || next > Soon || stop.IsCancellationRequested)
            {
                lock (gate)
                {
                    // Who joined before this moment is worked for again, here or (where this process stops) by another; who comes after it
                    // is a run of its own.
                    var isJoined = run.Joined.Task.IsCompleted;
                    if (!isJoined || stop.IsCancellationRequested)
                    {
                        runs.Remove(key);
                        return isJoined ? TimeSpan.Zero : next;
                    }
                }
            }
            else
            {
                using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
                await Task.WhenAny(run.Joined.Task, Task.Delay(next > Shortest ? next.Value : Shortest, clock, over.Token));
                await over.CancelAsync();
            }

            lock (gate)
            {
                run.Joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    // True when a call has joined that nobody works for now.
    private bool End(string key, Run run)
    {
        lock (gate)
        {
            if (runs.GetValueOrDefault(key) == run)
            {
                runs.Remove(key);
            }

            return run.Joined.Task.IsCompleted;
        }
    }

    private sealed class Run
    {
        public TaskCompletionSource Joined { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
