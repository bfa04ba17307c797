using System.Data.Common;
using ComplianceTracker.EventStore.Work;
using Npgsql;

namespace ComplianceTracker.EventStore.Marten.Messaging;

/// <summary>
/// Calls as Wolverine's messages: a node takes one off the queue into its durable inbox, and what is due later is a scheduled message.
/// </summary>
internal sealed class WolverineWorkCalls(MessagingNode node, TimeProvider clock) : IWorkCalls
{
    // As often as the first engine: what no message tells of (a node of that engine enqueued it, a message was lost with a restored database)
    // is found by then.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private TaskCompletionSource look = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public Task CallAsync(DbTransaction transaction, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return node.Queue.PostAsync((NpgsqlConnection)transaction.Connection!, keys.Select(key => new Call(key)), cancellationToken);
    }

    /// <inheritdoc/>
    public void Look() => Volatile.Read(ref look).TrySetResult();

    /// <inheritdoc/>
    public async Task RunAsync(IWorker worker, CancellationToken stop)
    {
        var working = new WorkingKeys(worker, node.Queue, clock, stop);
        node.Handler.Working = working;
        while (!stop.IsCancellationRequested)
        {
            var pause = BetweenLooks;
            var looked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref look, looked);
            try
            {
                // The first look says whether the database is there to listen to.
                await LookAsync(worker, working, stop);
                await node.ListenAsync(stop);
            }
            catch (Exception e) when (!stop.IsCancellationRequested)
            {
                worker.Failed(null, e);
                pause = AfterFailure;
            }
            catch (OperationCanceledException)
            {
                break;
            }

            using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
            await Task.WhenAny(looked.Task, Task.Delay(pause, clock, over.Token));
            await over.CancelAsync();
        }

        // Another process goes on with what these leave.
        await node.StopListeningAsync();
        await working.EndedAsync();
        node.Handler.Working = null;
    }

    // Every process sends what it finds: a call too many finds nothing to do.
    private async Task LookAsync(IWorker worker, WorkingKeys working, CancellationToken stop)
    {
        await node.Dead.ListAsync(stop);
        foreach (var (key, due) in await worker.DueAsync(null, stop))
        {
            if (working.Wake(key))
            {
                continue;
            }

            if (due <= TimeSpan.Zero)
            {
                await node.Queue.PostAsync(new Call(key), TimeSpan.Zero, stop);
            }
            else
            {
                await working.CallLaterAsync(key, due);
            }
        }
    }
}
