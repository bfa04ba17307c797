using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Tests.Instruments;

/// <summary>The record takes much and not without end: each limit holds at its last value and is named beyond it.</summary>
public sealed class RecordLimitTests
{
    private static readonly FactVocabulary Vocabulary = VocabularyDecider.Evolve(
        FactVocabulary.Empty, new FactDefined(new FactDescription("staff", FactType.Int, null, LangText.English("Staff."), [], null, false, null, [])));

    private static readonly InstrumentContext Context = new(Vocabulary, _ => null);

    [Fact]
    public void A_profile_holds_a_bounded_number_of_values_with_their_days()
    {
        var full = Declare(null, RecordLimits.FactPieces);
        full.Rejection.ShouldBeNull();
        var profile = full.Events.Aggregate(Registered(), CompanyDecider.Evolve);

        var beyond = CompanyDecider.Decide(profile, new DeclareFacts([Given(RecordLimits.FactPieces)]), Vocabulary);

        beyond.Rejection!.Code.ShouldBe(RejectionCode.LimitExceeded);
        beyond.Rejection.Detail.ShouldContain($"{RecordLimits.FactPieces}");
        CompanyDecider.Decide(profile, new DeclareFacts([Given(0, value: 7)]), Vocabulary).Rejection.ShouldBeNull();
    }

    [Fact]
    public void Facts_come_in_a_bounded_number_at_once() =>
        Declare(null, RecordLimits.FactsAtOnce + 1).Rejection!.Code.ShouldBe(RejectionCode.LimitExceeded);

    [Fact]
    public void An_instrument_has_a_bounded_number_of_developments()
    {
        var ids = Enumerable.Range(0, RecordLimits.Developments - 1).Select(i => $"d-{i}").ToImmutableHashSet();
        var state = new InstrumentState(Identity(), []) with { DevelopmentIds = ids };

        InstrumentDecider.Decide(state, new RecordDevelopment(Development()), Context).Rejection.ShouldBeNull();
        InstrumentDecider.Decide(state with { DevelopmentIds = ids.Add("d-last") }, new RecordDevelopment(Development()), Context)
            .Rejection!.Code.ShouldBe(RejectionCode.LimitExceeded);
    }

    [Theory]
    [InlineData(RecordLimits.Effects, null)]
    [InlineData(RecordLimits.Effects + 1, "/effects")]
    public void A_development_has_a_bounded_number_of_effects(int effects, string? pointer)
    {
        var development = Development() with { Effects = [.. Enumerable.Repeat<Effect>(new ProposeEffect("o"), effects)] };

        (Record(development)?.Pointer).ShouldBe(pointer);
    }

    [Theory]
    [InlineData(RecordLimits.TextLength, null)]
    [InlineData(RecordLimits.TextLength + 1, "/note")]
    public void A_text_has_a_bounded_length(int length, string? pointer) =>
        (Record(Development() with { Note = LangText.English(new string('x', length)) })?.Pointer).ShouldBe(pointer);

    [Theory]
    [InlineData(RecordLimits.LineLength, null)]
    [InlineData(RecordLimits.LineLength + 1, "/source")]
    public void A_source_has_a_bounded_length(int length, string? pointer) =>
        (Record(Development() with { Source = new string('x', length) })?.Pointer).ShouldBe(pointer);

    [Fact]
    public void An_effect_is_looked_into()
    {
        var development = Development() with { Effects = [new ProposeEffect("o"), new RenumberEffect("o", new string('x', RecordLimits.LineLength + 1), null)] };

        Record(development)!.Pointer.ShouldBe("/effects/1/provision");
    }

    [Fact]
    public void An_instruments_lists_are_bounded()
    {
        var identity = Identity() with { Topics = [.. Enumerable.Range(0, RecordLimits.ListEntries + 1).Select(i => $"t{i}")] };

        InstrumentDecider.Decide(null, new RegisterInstrument(identity, []), Context).Rejection!.Pointer.ShouldBe("/topics");
    }

    [Fact]
    public void A_fact_lists_a_bounded_number_of_values()
    {
        var many = Enumerable.Range(0, RecordLimits.FactValues + 1).Select(i => new ValueDescription($"v{i}", LangText.English("v"), false));
        var fact = new FactDescription("sectors", FactType.StringSet, null, LangText.English("Sectors."), [.. many], null, false, null, []);

        var rejection = VocabularyDecider.Decide(Vocabulary, new PutFact(fact)).Rejection!;

        (rejection.Code, rejection.Pointer).ShouldBe((RejectionCode.LimitExceeded, "/values"));
        VocabularyDecider.Decide(Vocabulary, new PutFact(fact with { Values = fact.Values[1..] })).Rejection.ShouldBeNull();
    }

    private static Rejection? Record(Development development) =>
        InstrumentDecider.Decide(new InstrumentState(Identity(), []), new RecordDevelopment(development), Context).Rejection;

    private static Decision<CompanyEvent> Declare(CompanyProfile? profile, int facts) =>
        CompanyDecider.Decide(profile ?? Registered(), new DeclareFacts([.. Enumerable.Range(0, facts).Select(i => Given(i))]), Vocabulary);

    private static CompanyProfile? Registered() => CompanyDecider.Evolve(null, new CompanyRegistered("acme", "Acme", null, []));

    // Values that differ from day to day, so that no two days make one piece.
    private static GivenFact Given(int day, int? value = null) => new(
        "staff", new IntValue(value ?? day), new Days(LegalDate.First.AddDays(day), LegalDate.First.AddDays(day + 1)), $"/{day}");

    private static Development Development() => new(
        "new", DevelopmentKind.Passed, new DateOnly(2021, 1, 1), null, 0, null, null, "a test", Confidence.Known, null, false, [], [], null, null, []);

    private static InstrumentIdentity Identity() => new(
        "i", "CN", "law", LangText.English("I"), null, [], null, ImmutableSortedDictionary<string, string>.Empty, [], [], null, null, null, null, [], [], null);
}
