using System.Collections.Concurrent;
using Wolverine.Runtime;
using Wolverine.Runtime.Agents;

namespace ComplianceTracker.EventStore.Marten.Messaging;

/// <summary>
/// The subscriptions as Wolverine's agents: its leader assigns each to one node, evenly, and assigns anew when nodes come and go. The lease
/// in the database stays, so that two nodes never work for one name, whatever they believe of each other, and so that nodes of the other
/// engine may stand beside them.
/// </summary>
internal sealed class SubscriptionAgents : IAgentFamily
{
    // A heartbeat that is late by half: its node may be dead.
    private static readonly TimeSpan Hesitation = MessagingNode.Beat * 1.5;

    private readonly ConcurrentDictionary<string, Assignment> byName = new(StringComparer.Ordinal);
    private IWolverineRuntime? runtime;
    private long joinedAt;

    /// <inheritdoc/>
    public string Scheme => "ct-subscription";

    /// <summary>This process has joined the other nodes.</summary>
    public void Join(IWolverineRuntime joined) => (runtime, joinedAt) = (joined, Environment.TickCount64);

    /// <summary>Runs the subscription whenever it is assigned to this node, until cancelled.</summary>
    /// <param name="name">The subscription's name.</param>
    /// <param name="run">Runs it until cancelled.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(string name, Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        var assignment = byName.GetOrAdd(name, _ => new());
        _ = AskAsync();
        while (true)
        {
            var assigned = await assignment.Given.Task.WaitAsync(cancellationToken);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, assigned.Token);
            try
            {
                await assignment.Run(() => run(both.Token));
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Another node's turn.
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Uri>> AllKnownAgentsAsync() => new([..byName.Keys.Order(StringComparer.Ordinal).Select(UriOf)]);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Uri>> SupportedAgentsAsync() => AllKnownAgentsAsync();

    /// <inheritdoc/>
    public ValueTask<IAgent> BuildAgentAsync(Uri uri, IWolverineRuntime wolverineRuntime) =>
        new(new Agent(uri, byName.GetOrAdd(Uri.UnescapeDataString(uri.AbsolutePath.Trim('/')), _ => new())));

    /// <inheritdoc/>
    public async ValueTask EvaluateAssignmentsAsync(AssignmentGrid assignments)
    {
        // Who is asked to give something up and is dead is waited for, for half a minute. So nothing is moved while a node may be: it is given up
        // after a few seconds without a heartbeat, and what it ran is anybody's then.
        var silent = await SilentAsync();
        if (silent.Count == 0 && Environment.TickCount64 - joinedAt > MessagingNode.LongestSilence.TotalMilliseconds)
        {
            assignments.DistributeEvenly(Scheme);
            return;
        }

        var able = assignments.Nodes.Where(n => !silent.Contains(n.NodeId)).ToList();
        foreach (var agent in assignments.AllAgents.Where(a => a.Uri.Scheme == Scheme && a.AssignedNode is null))
        {
            able.MinBy(n => n.ForScheme(Scheme).Count())?.Assign(agent);
        }
    }

    private async Task<HashSet<Guid>> SilentAsync()
    {
        var nodes = await (runtime?.Storage.Nodes.LoadAllNodesAsync(CancellationToken.None) ?? Task.FromResult<IReadOnlyList<WolverineNode>>([]));

        // Against the newest beat, this node's own among them: the stamps are the database's.
        return [..nodes.Where(n => n.LastHealthCheck < nodes.Max(other => other.LastHealthCheck) - Hesitation).Select(n => n.NodeId)];
    }

    private Uri UriOf(string name) => new($"{Scheme}://all/{Uri.EscapeDataString(name)}");

    // A new subscription need not wait for the leader's next round, where this node is the leader.
    private async Task AskAsync()
    {
        try
        {
            await (runtime?.Agents.KickstartHealthDetectionAsync() ?? Task.CompletedTask);
        }
        catch (Exception)
        {
            // The next round sees it.
        }
    }

    /// <summary>Whether a subscription is this node's.</summary>
    private sealed class Assignment
    {
        private readonly Lock gate = new();
        private Task turn = Task.CompletedTask;

        /// <summary>Completes when the subscription is this node's, with what is cancelled when it no longer is.</summary>
        public TaskCompletionSource<CancellationTokenSource> Given { get; private set; } = NotGiven();

        public void Give()
        {
            lock (gate)
            {
                if (!Given.Task.IsCompleted)
                {
                    Given.SetResult(new CancellationTokenSource());
                }
            }
        }

        /// <summary>Notes the run that is under way.</summary>
        public Task Run(Func<Task> run)
        {
            lock (gate)
            {
                return turn = Task.Run(run);
            }
        }

        /// <summary>Ends the run, and waits for its end: the next node would wait for its lease.</summary>
        public async Task TakeBackAsync(CancellationToken cancellationToken)
        {
            Task<CancellationTokenSource> given;
            Task under;
            lock (gate)
            {
                (given, under, Given) = (Given.Task, turn, NotGiven());
            }

            if (given.IsCompleted)
            {
                await (await given).CancelAsync();
                await under.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        private static TaskCompletionSource<CancellationTokenSource> NotGiven() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>One subscription's agent on this node.</summary>
    private sealed class Agent(Uri uri, Assignment assignment) : IAgent
    {
        public Uri Uri => uri;

        public JasperFx.AgentStatus Status { get; private set; } = JasperFx.AgentStatus.Stopped;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            assignment.Give();
            Status = JasperFx.AgentStatus.Running;
            return Task.CompletedTask;
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            Status = JasperFx.AgentStatus.Stopped;
            await assignment.TakeBackAsync(cancellationToken);
        }
    }
}
