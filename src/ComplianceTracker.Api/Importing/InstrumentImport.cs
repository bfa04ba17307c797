using System.Collections.Immutable;
using System.Text.Json;
using ComplianceTracker.Api.Instruments;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Importing;

/// <summary>Imports instruments: registers new ones, and adds to known ones the developments they lack.</summary>
internal sealed class InstrumentImport(InstrumentWriter writer, IEventStore store, EventTypes types, ImportAppend append)
{
    /// <summary>Imports one instrument's file.</summary>
    public async Task<Imported> ImportAsync(byte[] json, CancellationToken cancellationToken)
    {
        var file = SeedImporter.Read(json, SeedJson.Types.InstrumentBody);
        var developments = (file.Developments ?? []).Select(d => d.ToDomain()).ToImmutableArray();
        if (developments.GroupBy(d => d.Id, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new ApiProblem(ProblemTypes.InvalidBody, $"The development '{twice.Key}' is in the file twice.") { Pointer = "/developments" };
        }

        var known = await KnownAsync(file.Id, cancellationToken);
        return known.Count == 0
            ? await RegisterAsync(new RegisterInstrument(file.ToIdentity(), developments), cancellationToken)
            : await AddAsync(file.ToIdentity(), developments, known, cancellationToken);
    }

    private async Task<Imported> RegisterAsync(RegisterInstrument command, CancellationToken cancellationToken)
    {
        var decision = await writer.DecideAsync(null, command, cancellationToken);
        return decision.Rejection is { } rejection
            ? throw ApiProblem.Of(rejection)
            : await AppendAsync(command.Instrument.Id, 0, decision.Events, [], cancellationToken);
    }

    private async Task<Imported> AddAsync(
        InstrumentIdentity identity, ImmutableArray<Development> developments, List<InstrumentEvent> known, CancellationToken cancellationToken)
    {
        var state = known.Aggregate<InstrumentEvent, InstrumentState?>(null, InstrumentDecider.Evolve);
        var recorded = known.OfType<DevelopmentRecorded>().ToDictionary(e => e.Development.Id, StringComparer.Ordinal);
        var differences = ImmutableArray.CreateBuilder<string>();
        if (!SameJson(known.OfType<InstrumentRegistered>().First(), new InstrumentRegistered(identity)))
        {
            differences.Add("the instrument itself is described otherwise on record");
        }

        var events = ImmutableArray.CreateBuilder<InstrumentEvent>();
        for (var i = 0; i < developments.Length; i++)
        {
            if (recorded.TryGetValue(developments[i].Id, out var old))
            {
                if (!SameJson(old, new DevelopmentRecorded(developments[i])))
                {
                    differences.Add($"/developments/{i} ({developments[i].Id}) is recorded otherwise; put it right with a development of kind 'corrected'");
                }

                continue;
            }

            var decision = await writer.DecideAsync(state, new RecordDevelopment(developments[i]), cancellationToken);
            if (decision.Rejection is { } rejection)
            {
                throw ApiProblem.Of(rejection with { Pointer = $"/developments/{i}{rejection.Pointer}" });
            }

            events.AddRange(decision.Events);
            state = decision.Events.Aggregate(state, InstrumentDecider.Evolve);
        }

        return await AppendAsync(identity.Id, known.Count, events.ToImmutable(), differences.ToImmutable(), cancellationToken);
    }

    private async Task<Imported> AppendAsync(
        string id, long version, ImmutableArray<InstrumentEvent> events, ImmutableArray<string> differences, CancellationToken cancellationToken)
    {
        var named = events.Select(e => (e is DevelopmentRecorded d ? $"developments/{d.Development.Id}" : "registered", (object)e)).ToList();
        var position = await append.AppendAsync(StreamIds.Instrument(id), version, named, cancellationToken);
        return new Imported(events.Length, differences, position);
    }

    private async Task<List<InstrumentEvent>> KnownAsync(string id, CancellationToken cancellationToken)
    {
        var events = new List<InstrumentEvent>();
        await foreach (var e in store.ReadStreamAsync(StreamIds.Instrument(id), cancellationToken: cancellationToken))
        {
            events.Add((InstrumentEvent)types.Decode(e));
        }

        return events;
    }

    // Records hold arrays, which compare by reference: what is stored is what counts.
    private static bool SameJson<T>(T a, T b)
        where T : InstrumentEvent =>
        Bytes(a).AsSpan().SequenceEqual(Bytes(b));

    private static byte[] Bytes<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, StoredJson.Of<T>());
}
