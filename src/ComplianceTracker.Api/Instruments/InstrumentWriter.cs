using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
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
    /// <param name="origin">Who and why.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<WriteResult> WriteAsync(
        string instrumentId, string resultId, InstrumentCommand command, Preconditions match, WriteOrigin origin, CancellationToken cancellationToken)
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
            origin,
            cancellationToken);
        return result;
    }

    /// <summary>What the decider says to a command on the newest record.</summary>
    public async Task<Decision<InstrumentEvent>> DecideAsync(InstrumentState? state, InstrumentCommand command, CancellationToken cancellationToken)
    {
        var (_, vocabulary) = await catalogue.NewestVocabularyAsync(cancellationToken);
        var log = await catalogue.HeadAsync(cancellationToken);
        var own = state?.Instrument.Id ?? (command as RegisterInstrument)?.Instrument.Id;

        return InstrumentDecider.Decide(state, command, new InstrumentContext(vocabulary, id => log.OwnerOf(id, own, () => catalogue.View(log, DateOnly.MaxValue, log.Through))));
    }

    /// <summary>The obligations that effects name and nothing on the instrument's own stream defines by the position.</summary>
    public async Task<IReadOnlyList<string>> UnresolvedAsync(
        string instrumentId, string developmentId, long position, CancellationToken cancellationToken)
    {
        InstrumentIdentity? identity = null;
        var developments = new List<RecordedDevelopment>();
        await foreach (var e in store.ReadStreamAsync(StreamIds.Instrument(instrumentId), 1, position, cancellationToken))
        {
            switch (types.Decode(e))
            {
                case InstrumentRegistered registered:
                    identity = registered.Instrument;
                    break;
                case DevelopmentRecorded recorded:
                    developments.Add(new RecordedDevelopment(recorded.Development, e.Position, e.RecordedAt));
                    break;
            }
        }

        // The correction of a correction takes the place of the original: follow it there.
        while (developments.Find(d => d.Development.Id == developmentId)?.Development.Corrects is { } corrected)
        {
            developmentId = corrected;
        }

        var (_, unresolved) = LegalHistoryFold.Fold(identity!, Counting.Count(developments, DateOnly.MaxValue, position));
        return [..unresolved.Where(u => u.By.Development.Id == developmentId).Select(u => u.Effect.ObligationId).Distinct()];
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
