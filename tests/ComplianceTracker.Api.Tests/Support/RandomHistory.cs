using System.Collections.Immutable;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Vocabulary;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Tests.Support;

/// <summary>
/// Random events on top of what is on record, accepted by the deciders: companies with dated and unknown facts, instruments with
/// every effect, late, out of order and corrected, a growing vocabulary. A seed gives the same history again.
/// </summary>
internal sealed class RandomHistory(int seed, Recomputed.World start)
{
    private static readonly EventTypes Types = new();
    private static readonly string[] Places = ["CN", "CN-NM", "CN-GD", "EU", "DE", "DE-BY", "FR", "IE", "US", "US-CA", "GB", "HK", "JP", "SG", "BR", "RU"];
    private static readonly string?[] Zones = [null, null, "Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago"];
    private static readonly long[] Numbers = [0, 1, 9, 10, 49, 50, 250, 999, 1000, 4999, 10_000, 50_000, 99_999, 100_000, 1_000_000, 10_000_000, 50_000_000, 3_000_000_000];

    private readonly Random random = new(seed);
    private readonly List<(string StreamId, object Event)> pending = [];
    private readonly List<ObligationContent> contents =
        [..start.Instruments.Values.SelectMany(i => i.Developments).SelectMany(d => d.Development.Effects).OfType<DefineEffect>().Select(e => e.Obligation)];

    private Recomputed.World world = start;
    private int made;

    /// <summary>The companies made or changed here.</summary>
    public HashSet<string> Companies { get; } = new(StringComparer.Ordinal);

    /// <summary>A random day around the corpus.</summary>
    public DateOnly Day() => new DateOnly(2014, 1, 1).AddDays(random.Next(0, 366 * 16));

    /// <summary>Registers a company with random facts.</summary>
    public void RegisterCompany(string id) => Company(id, new PutCompany(id, $"Company {id}", One(Zones), Facts(dated: random.Next(2) == 0)));

    /// <summary>One random event of any kind.</summary>
    public void Anything()
    {
        switch (random.Next(20))
        {
            case < 7:
                ChangeCompany();
                break;
            case < 9:
                RegisterCompany($"late-{made++}");
                break;
            case < 11:
                RegisterInstrument();
                break;
            case < 17:
                Develop();
                break;
            default:
                ChangeVocabulary();
                break;
        }
    }

    /// <summary>Appends what was made, in batches, as little out of order as a batch of streams allows.</summary>
    public async Task AppendAsync(IEventStore store)
    {
        while (pending.Count > 0)
        {
            var taken = pending.Take(40).ToList();
            pending.RemoveRange(0, taken.Count);
            foreach (var run in Runs(taken))
            {
                var batch = run.GroupBy(e => e.StreamId)
                    .Select(g => new StreamAppend(g.Key, ExpectedVersion.Any, [..g.Select(e => Types.Encode(Guid.CreateVersion7(), e.Event))]))
                    .ToList();
                (await store.AppendAsync(batch, AppendMetadata.None)).ShouldBeOfType<AppendResult.Appended>();
            }
        }
    }

    // Grouping by stream moves events before others; an event of law or vocabulary must stay behind what it builds on.
    private static IEnumerable<List<(string StreamId, object Event)>> Runs(List<(string StreamId, object Event)> events)
    {
        List<(string StreamId, object Event)> run = [];
        foreach (var e in events)
        {
            if (run.Count > 0 && run[^1].StreamId != e.StreamId && run.Exists(r => r.StreamId == e.StreamId))
            {
                yield return run;
                run = [];
            }

            run.Add(e);
        }

        yield return run;
    }

    private void Add(string streamId, IEnumerable<object> events)
    {
        foreach (var e in events)
        {
            pending.Add((streamId, e));
            world = world.With(new RecordedEvent(0, Guid.Empty, streamId, 0, "", default, default, AppendMetadata.None), e);
        }
    }

    private void Company(string id, CompanyCommand command)
    {
        var decision = CompanyDecider.Decide(world.Companies.GetValueOrDefault(id), command, world.Vocabulary);
        decision.Rejection.ShouldBeNull();
        Companies.Add(id);
        Add(StreamIds.Company(StreamIds.DefaultTenant, id), decision.Events);
    }

    private void ChangeCompany()
    {
        var id = One(world.Companies.Where(c => !c.Value.IsArchived).Select(c => c.Key).ToArray());
        Company(id, random.Next(10) switch
        {
            0 => new ArchiveCompany(),
            < 3 => new PutCompany(id, $"Renamed {made++}", One(Zones), Facts(dated: false)),
            _ => new DeclareFacts([..Enumerable.Range(0, random.Next(1, 6)).Select(_ => Fact(One(world.Vocabulary.Facts.Values.ToArray()), Window()))]),
        });
    }

    private ImmutableArray<GivenFact> Facts(bool dated)
    {
        var density = random.Next(1, 10);
        return
        [
            ..world.Vocabulary.Facts.Values
                .Where(_ => random.Next(10) < density)
                .SelectMany(f => dated && random.Next(6) == 0
                    ? Enumerable.Range(0, random.Next(1, 4)).Select(_ => Fact(f, Window()))
                    : [Fact(f, Days.Always)]),
        ];
    }

    private GivenFact Fact(FactDefinition fact, Days days) => new(fact.Name, random.Next(6) == 0 ? null : Value(fact), days, "");

    private FactValue Value(FactDefinition fact) => fact.Type switch
    {
        FactType.Bool => new BoolValue(random.Next(2) == 0),
        FactType.Int => new IntValue(One(Numbers)),
        FactType.Double => new DoubleValue(One(Numbers) / 10.0),
        FactType.Date => new DateValue(Day()),
        FactType.String => new StringValue(fact.Values.IsEmpty ? One(Places) : One(fact.Values).Value),
        _ => SetValue.Complete(Enumerable.Range(0, random.Next(0, 4)).Select(_ => fact.Values.IsEmpty ? One(Places) : One(fact.Values).Value)),
    };

    private Days Window()
    {
        var from = Day();
        return random.Next(5) switch
        {
            0 => new Days(null, from),
            1 => new Days(from, from.AddDays(random.Next(1, 900))),
            2 => Days.Always,
            _ => new Days(from, null),
        };
    }

    private void RegisterInstrument()
    {
        var id = $"{(char)('a' + random.Next(26))}-law-{made++}";
        var identity = One(world.Instruments.Values.Select(i => i.Identity).ToArray()) with { Id = id };
        var own = Enumerable.Range(0, random.Next(1, 4)).Select(i => $"{id}.art-{i}").ToArray();
        Instrument(id, new RegisterInstrument(
            identity, [Development([..own.Select(Define), ..own.Where(_ => random.Next(4) > 0).Select(o => Effect(o, 3))])]));
    }

    private void Develop()
    {
        var id = One(world.Instruments.Keys.ToArray());
        var recorded = world.Instruments[id].Developments;
        var obligations = recorded.SelectMany(d => d.Development.Effects).Select(e => e.ObligationId).Append($"{id}.new-{made % 5}").Distinct().ToArray();

        // Now and then what a race of two writers would leave: an obligation that another instrument defines as well.
        var effects = random.Next(25) == 0
            ? [Define(One(world.Instruments.Values.SelectMany(i => i.Developments).SelectMany(d => d.Development.Effects).ToArray()).ObligationId)]
            : Enumerable.Range(0, random.Next(0, 4)).Select(_ => Effect(One(obligations), random.Next(13)));
        var development = Development([..effects]);
        if (recorded.Count > 0 && random.Next(4) == 0)
        {
            development = development with
            {
                Kind = DevelopmentKind.Corrected,
                Corrects = One(recorded.ToArray()).Development.Id,
                Restated = random.Next(2) == 0 ? null : new Restatement(null, random.Next(2) == 0 ? null : Day(), random.Next(2) == 0 ? null : Day(), null, null),
            };
        }

        Instrument(id, new RecordDevelopment(development));
    }

    private void Instrument(string id, InstrumentCommand command)
    {
        var state = world.Instruments.TryGetValue(id, out var known)
            ? new InstrumentState(known.Identity, [..known.Developments.Select(d => d.Development.Id)])
            : null;
        var decision = InstrumentDecider.Decide(state, command, new InstrumentContext(world.Vocabulary, _ => null));
        decision.Rejection.ShouldBeNull();
        Add(StreamIds.Instrument(id), decision.Events);
    }

    private Development Development(ImmutableArray<Effect> effects) => new(
        $"test-{made++}", One(Enum.GetValues<DevelopmentKind>().Where(k => k != DevelopmentKind.Corrected).ToArray()), Day(),
        random.Next(3) == 0 ? Day() : null, random.Next(-2, 3), null, null, "a test", Confidence.Known, null, false, [], [], null, null, effects);

    private DefineEffect Define(string obligation)
    {
        var dates = world.Vocabulary.Facts.Values.Where(f => f.Type == FactType.Date).ToArray();
        return new DefineEffect(obligation, One(contents) with
        {
            Condition = Condition(),
            RelativeStart = dates.Length > 0 && random.Next(5) == 0 ? new RelativeStart(One(dates).Name, new CalendarOffset(random.Next(0, 14), random.Next(0, 90))) : null,
        });
    }

    private Effect Effect(string obligation, int kind) => kind switch
    {
        0 => Define(obligation),
        1 => new ProposeEffect(obligation),
        2 => new LapseEffect(obligation),
        3 => new EnactEffect(obligation, random.Next(5) == 0 ? null : Day(), random.Next(3) == 0 ? Day() : null, random.Next(3) == 0 ? Day() : null),
        4 => new RescheduleEffect(obligation, random.Next(4) == 0 ? null : Day(), random.Next(2) == 0 ? null : Day()),
        5 => new RenumberEffect(obligation, $"Art. {random.Next(99)}", random.Next(2) == 0 ? null : Day()),
        6 => new SuspendEffect(obligation, One(["court", "agency"]), Day(), null),
        7 => new LiftEffect(obligation, One(["court", "agency"]), Day()),
        8 => new PauseEnforcementEffect(obligation, "pause", Day(), null),
        9 => new ResumeEnforcementEffect(obligation, "pause", Day()),
        10 => new EndEffect(obligation, random.Next(6) == 0 ? null : Day(), []),
        _ => new ReviseEffect(obligation, Day(), new ContentChanges { Condition = random.Next(4) == 0 ? null : Condition() }),
    };

    private string Condition() => random.Next(5) switch
    {
        0 => $"({One(contents).Condition}) && ({One(contents).Condition})",
        1 => $"!({One(contents).Condition})",
        2 => $"({One(contents).Condition}) ? ({One(contents).Condition}) : ({One(contents).Condition})",
        _ => One(contents).Condition,
    };

    private void ChangeVocabulary()
    {
        var listed = world.Vocabulary.Facts.Values.Where(f => !f.Values.IsEmpty).ToArray();
        VocabularyCommand command = random.Next(4) switch
        {
            0 => new PutFact(new FactDescription($"made.fact_{made++}", One([FactType.Bool, FactType.Date, FactType.Int]), null, LangText.English("A fact"), [], null, false, null, [])),
            1 => new SetConventions(world.Vocabulary.Conventions! with
            {
                Members = world.Vocabulary.Conventions!.Members.SetItem("EU", [..One([Places, ["DE", "FR", "IE"], ["GB"]]).Where(p => p != "EU")]),
            }),
            2 => new PutFact(Described(One(listed), [])),
            _ => new PutFact(Described(One(listed), [new ValueDescription($"made_{made++}", LangText.English("A value"), false)])),
        };
        var decision = VocabularyDecider.Decide(world.Vocabulary, command);
        decision.Rejection.ShouldBeNull();
        Add(StreamIds.Vocabulary, decision.Events);
    }

    private static FactDescription Described(FactDefinition fact, ImmutableArray<ValueDescription> values) => new(
        fact.Name, fact.Type, fact.Unit, LangText.English("Worded anew"), values, fact.ValueType, fact.NotYetRead, fact.Note, fact.Examples);

    private T One<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];
}
