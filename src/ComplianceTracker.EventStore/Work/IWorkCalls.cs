using System.Data.Common;

namespace ComplianceTracker.EventStore.Work;

/// <summary>
/// Calls workers to work. What there is to do lies in tables of the worker's own; a call names a key under which there is something, in the
/// transaction that put it there. Any number of processes work for a queue, and each engine keeps these promises:
/// <list type="table">
/// <item><term>W1</term><description>A call is heeded when its transaction has committed, and is as if it had never been made when it was rolled back.</description></item>
/// <item><term>W2</term><description>Whatever was called for is worked on by a run that begins, or is woken, after the commit: a call that comes while a run ends is not lost with it.</description></item>
/// <item><term>W3</term><description>In one process a key has one run at a time. A key whose run takes long holds up no other.</description></item>
/// <item><term>W4</term><description>What is due later (<see cref="IWorker.DueAsync"/>) is worked on then, not before, without another call.</description></item>
/// <item><term>W5</term><description>A run that fails is repeated after a pause. What the database or the network caused is repeated for ever.</description></item>
/// <item><term>W6</term><description>What nobody was called for (a process died, a database was restored, another engine ran before) is found by asking the worker: at the start, when told to look, and now and then.</description></item>
/// </list>
/// </summary>
public interface IWorkCalls
{
    /// <summary>
    /// The name under which an engine that gives a call up, after several tries that failed on an event of its own fault, lists that event with
    /// the parked ones. Retrying it works on what was called for at once; skipping it forgets the call, and the next one for the key tries again.
    /// </summary>
    const string GivenUp = "Deliveries";

    /// <summary>Says that there is something to do now under each of the keys, in the caller's transaction (W1).</summary>
    /// <param name="transaction">The transaction; of the engine's database.</param>
    /// <param name="keys">The keys; any text, none twice.</param>
    /// <param name="cancellationToken">Ends the attempt; the transaction must then be rolled back.</param>
    Task CallAsync(DbTransaction transaction, IReadOnlyCollection<string> keys, CancellationToken cancellationToken);

    /// <summary>Lets the worker work until stopped; what is under way then ends as the worker ends it.</summary>
    /// <param name="worker">Who works. One at a time in a process.</param>
    /// <param name="stop">Begin nothing more.</param>
    Task RunAsync(IWorker worker, CancellationToken stop);

    /// <summary>Makes the queue ask the worker now what there is to do: the worker knows of something that no call told of.</summary>
    void Look();
}
