using ComplianceTracker.Api.Problems;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Storage;

/// <summary>Decides on a stream and appends what follows; tries again when somebody else was quicker.</summary>
internal sealed class Writer(IEventStore store, EventTypes types) : IDisposable
{
    private const int MostTries = 8;

    // The writers of one stream in this process queue up instead of failing against each other; striped, so that it stays small.
    private readonly SemaphoreSlim[] gates = [..Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Loads, decides and appends until it succeeds or is refused.</summary>
    /// <param name="id">What the client calls the thing written.</param>
    /// <param name="streamId">Its stream.</param>
    /// <param name="load">Loads the state with the stream's version and last position; 0 for no stream.</param>
    /// <param name="decide">Decides on the state and its version.</param>
    /// <param name="origin">Who and why.</param>
    /// <param name="cancellationToken">Ends the attempt; what was appended by then stays.</param>
    /// <returns>The write, and whether it created the stream.</returns>
    /// <exception cref="ApiProblem">The command was refused, or others kept changing the stream.</exception>
    public async Task<(WriteResult Result, bool Created)> WriteAsync<TState, TEvent>(
        string id,
        string streamId,
        Func<Task<(TState State, long Version, long Position)>> load,
        Func<TState, long, Task<Decision<TEvent>>> decide,
        WriteOrigin origin,
        CancellationToken cancellationToken)
        where TEvent : class
    {
        var gate = gates[(uint)string.GetHashCode(streamId, StringComparison.Ordinal) % gates.Length];
        await gate.WaitAsync(cancellationToken);
        try
        {
            return await TryAsync(id, streamId, load, decide, origin, cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(gates, gate => gate.Dispose());

    private async Task<(WriteResult Result, bool Created)> TryAsync<TState, TEvent>(
        string id,
        string streamId,
        Func<Task<(TState State, long Version, long Position)>> load,
        Func<TState, long, Task<Decision<TEvent>>> decide,
        WriteOrigin origin,
        CancellationToken cancellationToken)
        where TEvent : class
    {
        for (var attempt = 0; attempt < MostTries; attempt++)
        {
            var (state, version, position) = await load();

            // Only after the load: whatever of an earlier sending of the request the load saw is found here too.
            if (origin.Request is { } request && await FindAsync(id, streamId, request, cancellationToken) is { } done)
            {
                return done;
            }

            var decision = await decide(state, version);
            if (decision.Rejection is { } rejection)
            {
                throw ApiProblem.Of(rejection);
            }

            if (decision.Events.IsEmpty)
            {
                return (new WriteResult(id, version, position), false);
            }

            var events = decision.Events.Select((e, i) => types.Encode(origin.EventId(i), e)).ToList();
            var result = await store.AppendAsync([new StreamAppend(streamId, ExpectedVersion.Exact(version), events)], origin.Metadata, cancellationToken);
            if (result is AppendResult.Appended appended)
            {
                return (new WriteResult(id, appended.Version, appended.Position), appended.Version == events.Count);
            }
        }

        throw new ApiProblem(ProblemTypes.ConcurrentChange, "Others kept changing it while this change was being made.") { RetryAfter = 1 };
    }

    // What an earlier sending of the request appended, as it was told then.
    private async Task<(WriteResult Result, bool Created)?> FindAsync(
        string id, string streamId, KeyedRequest request, CancellationToken cancellationToken)
    {
        var found = 0;
        RecordedEvent? last = null;
        await foreach (var e in store.ReadStreamAsync(streamId, cancellationToken: cancellationToken))
        {
            if (e.Id == request.EventId(found))
            {
                last = e;
                found++;
            }
        }

        return last is null ? null : (new WriteResult(id, last.Version, last.Position), last.Version == found);
    }
}
