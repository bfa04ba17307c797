using System.Collections.Immutable;
using System.Globalization;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Tests.Support;

/// <summary>Short ways to say what happened to one instrument, mostly to its one obligation <c>duty</c>.</summary>
internal static class Law
{
    public const string DutyId = "duty";

    public static InstrumentIdentity Instrument { get; } = new(
        "xx-act", "CN", "law", LangText.English("The Act"), null, ["The Legislature"], null,
        ImmutableSortedDictionary<string, string>.Empty, [], [], true, null, null, null, [], [], null);

    public static DateOnly Day(string iso) => DateOnly.ParseExact(iso, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static DateOnly? DayOrNone(string? iso) => iso is null ? null : Day(iso);

    public static Development Happened(DevelopmentKind kind, string id, string date, params ImmutableArray<Effect> effects) => new(
        id, kind, Day(date), null, 0, null, null, "the gazette", Confidence.Text, null, false, [], [], null, null, effects);

    public static Development Happened(string id, string date, params ImmutableArray<Effect> effects) =>
        Happened(DevelopmentKind.Passed, id, date, effects);

    public static Development PublicOn(this Development development, string day) => development with { PublicOn = Day(day) };

    public static Development Correction(string id, string date, string corrects, params ImmutableArray<Effect> effects) =>
        Happened(DevelopmentKind.Corrected, id, date, effects) with { Corrects = corrects };

    public static Development Restating(
        this Development correction, DevelopmentKind? kind = null, string? date = null, string? publicOn = null, int? order = null, string? scope = null) =>
        correction with { Restated = new Restatement(kind, DayOrNone(date), DayOrNone(publicOn), order, scope) };

    public static ObligationContent Content(string condition = "true") => new(
        "Art. 1", LangText.English("A duty"), LangText.English("Do it."), "reporting", ObligationNature.Duty, null, condition,
        new Duty(DutyKind.Continuous), null, null, "the gazette", Confidence.Text, null, [], null, [], []);

    public static Effect Define(string condition = "true") => new DefineEffect(DutyId, Content(condition));

    public static Effect DefineRelative(string fact, string offset, string condition = "true") =>
        new DefineEffect(DutyId, Content(condition) with { RelativeStart = new RelativeStart(fact, Offset(offset)) });

    public static Effect Propose() => new ProposeEffect(DutyId);

    public static Effect Lapse() => new LapseEffect(DutyId);

    public static Effect Enact(string? from = null, string? latestBy = null, string? on = null) =>
        new EnactEffect(DutyId, DayOrNone(from), DayOrNone(latestBy), DayOrNone(on));

    public static Effect Reschedule(string? from, string? latestBy = null) => new RescheduleEffect(DutyId, DayOrNone(from), DayOrNone(latestBy));

    public static Effect Revise(string from, string condition) => new ReviseEffect(DutyId, Day(from), new ContentChanges { Condition = condition });

    public static Effect Renumber(string provision, string? from = null) => new RenumberEffect(DutyId, provision, DayOrNone(from));

    public static Effect Suspend(string order, string from, string? to = null) => new SuspendEffect(DutyId, order, Day(from), DayOrNone(to));

    public static Effect Lift(string order, string on) => new LiftEffect(DutyId, order, Day(on));

    public static Effect Pause(string order, string from, string? to = null) => new PauseEnforcementEffect(DutyId, order, Day(from), DayOrNone(to));

    public static Effect Resume(string order, string on) => new ResumeEnforcementEffect(DutyId, order, Day(on));

    public static Effect End(string? to, params ImmutableArray<string> replacedBy) => new EndEffect(DutyId, DayOrNone(to), replacedBy);

    public static CalendarOffset Offset(string iso) =>
        CalendarOffset.TryParse(iso, out var offset) ? offset : throw new ArgumentException($"{iso} is no offset.", nameof(iso));
}

/// <summary>A vocabulary with a fact of every type, and companies that declare them.</summary>
internal static class Facts
{
    public static FactVocabulary Standard { get; } = Define(
        Described("a", FactType.Bool),
        Described("b", FactType.Bool),
        Described("staff", FactType.Int),
        Described("share", FactType.Double),
        Described("form", FactType.String),
        Described("listed_on", FactType.Date),
        Described("activities", FactType.StringSet) with { Values = [Value("shop"), Value("bank")] },
        Described("places", FactType.StringSet) with { ValueType = "jurisdiction" });

    public static FactIndex Slots { get; } = FactIndex.Of(Standard);

    public static FactDescription Described(string name, FactType type) =>
        new(name, type, null, LangText.English(name), [], null, false, null, []);

    public static ValueDescription Value(string value) => new(value, LangText.English(value), false);

    public static FactVocabulary Define(params IEnumerable<FactDescription> facts) =>
        facts.Aggregate(FactVocabulary.Empty, (state, fact) => VocabularyDecider.Evolve(state, new FactDefined(fact)));

    public static Days Window(string? from = null, string? to = null) => new(Law.DayOrNone(from), Law.DayOrNone(to));

    public static FactDeclaration Is(string fact, bool value, string? from = null, string? to = null) => new(fact, new BoolValue(value), Window(from, to));

    public static FactDeclaration Is(string fact, long value, string? from = null, string? to = null) => new(fact, new IntValue(value), Window(from, to));

    public static FactDeclaration IsDay(string fact, string value, string? from = null, string? to = null) => new(fact, new DateValue(Law.Day(value)), Window(from, to));

    public static FactDeclaration IsUnknown(string fact, string? from = null, string? to = null) => new(fact, null, Window(from, to));

    public static CompanyProfile Company(params IEnumerable<FactDeclaration> facts) =>
        new("acme", "Acme", null, CompanyProfile.Declare(CompanyProfile.NoFacts, facts), false);
}

/// <summary>The developments of one instrument in the order in which they were recorded, at positions 1, 2, 3 and so on.</summary>
internal sealed class LawBook(params IEnumerable<Development> developments)
{
    public const string Always = "2200-12-31";

    public ImmutableArray<RecordedDevelopment> Recorded { get; } =
        [..developments.Select((d, i) => new RecordedDevelopment(d, i + 1, DateTimeOffset.UnixEpoch.AddMinutes(i)))];

    public ImmutableArray<CountedDevelopment> Counted(string knownOn = Always, long position = long.MaxValue) =>
        Counting.Count(Recorded, Law.Day(knownOn), position);

    public ImmutableArray<Cause> Unresolved(string knownOn = Always, long position = long.MaxValue) =>
        LegalHistoryFold.Fold(Law.Instrument, Counted(knownOn, position)).Unresolved;

    public LegalHistory? History(string knownOn = Always, long position = long.MaxValue) =>
        LegalHistoryFold.Fold(Law.Instrument, Counted(knownOn, position)).Histories.SingleOrDefault(h => h.ObligationId == Law.DutyId);

    /// <summary>What the obligation <c>duty</c> means to the company on the day; null: it is not listed.</summary>
    public ObligationAnswer? Ask(string asOf, string knownOn = Always, CompanyProfile? company = null, long position = long.MaxValue) =>
        History(knownOn, position) is { } history
            ? ObligationAnswer.On(history, Intervals(history, company ?? Facts.Company()), Law.Day(asOf))
            : null;

    public Stage? StageOn(string asOf, string knownOn = Always, long position = long.MaxValue) => Ask(asOf, knownOn, null, position)?.Stage;

    public Stage? InstrumentStageOn(string asOf, string knownOn = Always)
    {
        var counted = Counted(knownOn);
        return InstrumentStage.On(counted, LegalHistoryFold.Fold(Law.Instrument, counted).Histories, Law.Day(asOf));
    }

    public static Rule RuleOf(LegalHistory history) => Rule.Of(history, text => Condition.Compile(text, Facts.Slots).Condition!);

    public static ImmutableArray<ApplicabilityInterval> Intervals(LegalHistory history, CompanyProfile company) =>
        Applicability.Intervals(RuleOf(history), new CompanyFrames(company, Facts.Slots));
}

/// <summary>Answers and histories as texts, so that they compare by content and a failure shows what differs.</summary>
internal static class Texts
{
    public static string Of(LegalHistory history) => string.Join('\n',
    [
        $"{history.ObligationId} enacted {history.EnactedOn} start {history.Start} latest {history.LatestBy} end {history.End} then {string.Join(',', history.ReplacedBy)}",
        ..history.Contents.Select(c => $"from {c.From}: {c.Content.Provision} {c.Content.Condition} {c.Content.RelativeStart}"),
        ..history.Drafts.Select(d => d.ToString()),
        ..history.Suspensions.Select(s => $"suspended {s}"),
        ..history.EnforcementPauses.Select(p => $"paused {p}"),
        ..history.Causes.Select(c => $"{c.By.Development.Id} on {c.By.Development.Date} by {c.By.CorrectedBy}: {c.Effect.GetType().Name}"),
    ]);

    public static string Of(ObligationAnswer? answer) => answer is null ? "not listed" : string.Join(' ',
        answer.Status, answer.Stage, answer.Applies, $"from {answer.From:yyyy-MM-dd} to {answer.To:yyyy-MM-dd} latest {answer.FromLatest:yyyy-MM-dd}",
        $"applies {answer.AppliesSince:yyyy-MM-dd}..{answer.AppliesUntil:yyyy-MM-dd} suspended until {answer.SuspendedUntil:yyyy-MM-dd}",
        answer.EnforcementPaused, string.Join(',', answer.MissingFacts), answer.Otherwise, answer.Unverified, answer.Content.Provision, answer.Content.Condition);

    public static string Of(IEnumerable<Cause> causes) =>
        string.Join('\n', causes.Select(c => $"{c.By.Development.Id}: {c.Effect.GetType().Name} of {c.Effect.ObligationId}"));
}
