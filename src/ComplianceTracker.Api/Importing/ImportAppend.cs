using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Importing;

/// <summary>Appends what a file adds to a stream, under ids that name what is added.</summary>
internal sealed class ImportAppend(IEventStore store, EventTypes types)
{
    /// <summary>Appends the events in one batch and gives the log position after it.</summary>
    /// <exception cref="ApiProblem">Somebody else changed the stream at the same moment; importing again settles it.</exception>
    public async Task<long> AppendAsync(string streamId, long version, IReadOnlyList<(string Name, object Event)> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
        {
            return 0;
        }

        var data = events.Select(e => types.Encode(EventIds.Of($"{streamId}/{e.Name}"), e.Event)).ToList();
        var result = await store.AppendAsync([new StreamAppend(streamId, ExpectedVersion.Exact(version), data)], RequestMetadata.Import, cancellationToken);
        return result is AppendResult.Appended appended
            ? appended.Position
            : throw new ApiProblem(ProblemTypes.ConcurrentChange, $"Somebody else changed '{streamId}' at the same moment; import again.");
    }
}
