using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Instruments;

/// <summary>An acknowledged instrument is never missing: its registration may wait for an older transaction to be settled.</summary>
internal sealed class InstrumentHead(IEventStore store, InstrumentCatalogue catalogue, SettledLog settled)
{
    /// <summary>The log's head, once it holds the instrument's registration where there is one.</summary>
    /// <exception cref="Problems.ApiProblem">It does not within a few seconds.</exception>
    public async Task<long> WithAsync(string instrumentId, CancellationToken cancellationToken)
    {
        var head = await store.HeadAsync(cancellationToken);
        if (!(await catalogue.ThroughAsync(head, cancellationToken)).Instruments.ContainsKey(instrumentId))
        {
            await foreach (var registered in store.ReadStreamAsync(StreamIds.Instrument(instrumentId), cancellationToken: cancellationToken))
            {
                return await settled.ReachAsync(registered.Position, cancellationToken);
            }
        }

        return head;
    }
}
