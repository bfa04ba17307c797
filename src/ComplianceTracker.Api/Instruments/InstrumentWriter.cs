using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Instruments;

/// <summary>Carries out commands to the records of instruments.</summary>
internal sealed class InstrumentWriter(Writer writer, IEventStore store, EventTypes types, InstrumentCatalogue catalogue)
{
    /// <summary>Decides on the newest record and appends what follows.</summary>
    /// <param name="instrumentId">The instrument.</param>
    /// <param name="resultId">What the result calls the thing written.</param>
    /// <param name="command">The command.</param>
    /// <param name="match">What the client expects of the record's version.</param>
    /// <param name="metadata">Who and why.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<WriteResult> WriteAsync(
        string instrumentId, string resultId, InstrumentCommand command, Preconditions match, AppendMetadata metadata, CancellationToken cancellationToken)
    {
        var (result, _) = await writer.WriteAsync<InstrumentState?, InstrumentEvent>(
            resultId,
            StreamIds.Instrument(instrumentId),
            () => LoadAsync(instrumentId, cancellationToken),
            async (state, version) =>
            {
                match.Check(version);
                return await DecideAsync(state, command, cancellationToken);
            },
            metadata,
            cancellationToken);
        return result;
    }

    /// <summary>What the decider says to a command on the newest record.</summary>
    public async Task<Decision<InstrumentEvent>> DecideAsync(InstrumentState? state, InstrumentCommand command, CancellationToken cancellationToken)
    {
        var log = await catalogue.HeadAsync(cancellationToken);
        return InstrumentDecider.Decide(state, command, new InstrumentContext(log.Vocabulary, id => log.Owners.GetValueOrDefault(id)));
    }

    /// <summary>The newest record, with its version and last position.</summary>
    public async Task<(InstrumentState? State, long Version, long Position)> LoadAsync(string instrumentId, CancellationToken cancellationToken)
    {
        (InstrumentState? State, long Version, long Position) loaded = (null, 0, 0);
        await foreach (var e in store.ReadStreamAsync(StreamIds.Instrument(instrumentId), cancellationToken: cancellationToken))
        {
            loaded = (InstrumentDecider.Evolve(loaded.State, (InstrumentEvent)types.Decode(e)), e.Version, e.Position);
        }

        return loaded;
    }
}
