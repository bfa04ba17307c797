using ComplianceTracker.Domain.Common;

namespace ComplianceTracker.Domain.Instruments;

/// <summary>Holds what an instrument's record would take in against <see cref="RecordLimits"/>.</summary>
internal static class InstrumentLimits
{
    public static Rejection? Check(InstrumentIdentity instrument) =>
        RecordLimits.Text(instrument.Title, "/title")
        ?? RecordLimits.Text(instrument.ShortTitle, "/shortTitle")
        ?? RecordLimits.Text(instrument.Note, "/note")
        ?? RecordLimits.Lines(instrument.Authority, "/authority")
        ?? RecordLimits.Lines(instrument.Topics, "/topics")
        ?? RecordLimits.Lines(instrument.Seeds, "/seeds")
        ?? RecordLimits.Lines(instrument.RelatedSeeds, "/relatedSeeds")
        ?? RecordLimits.Line(instrument.DocumentNumber, "/documentNumber")
        ?? RecordLimits.Line(instrument.LegalForm, "/legalForm")
        ?? RecordLimits.Line(instrument.Locality, "/locality")
        ?? RecordLimits.Line(instrument.Corpus, "/corpus")
        ?? RecordLimits.Count(instrument.Identifiers.Count, RecordLimits.ListEntries, "identifiers", "/identifiers")
        ?? First(instrument.Identifiers, (i, _) => RecordLimits.Line(i.Key, "/identifiers") ?? RecordLimits.Line(i.Value, "/identifiers"))
        ?? RecordLimits.Count(instrument.Relations.Length, RecordLimits.ListEntries, "relations", "/relations")
        ?? First(instrument.Relations, (r, i) =>
            RecordLimits.Line(r.Type, $"/relations/{i}/type")
            ?? RecordLimits.Line(r.Target, $"/relations/{i}/target")
            ?? RecordLimits.Text(r.Note, $"/relations/{i}/note"));

    /// <param name="development">The development.</param>
    /// <param name="recorded">How many the instrument has already.</param>
    /// <param name="at">Where the development stands in the body.</param>
    public static Rejection? Check(Development development, int recorded, string at) =>
        RecordLimits.Count(recorded + 1, RecordLimits.Developments, "developments of one instrument", at)
        ?? RecordLimits.Text(development.Note, $"{at}/note")
        ?? RecordLimits.Line(development.Source, $"{at}/source")
        ?? RecordLimits.Line(development.CausedBy, $"{at}/causedBy")
        ?? RecordLimits.Lines(development.Seeds, $"{at}/seeds")
        ?? RecordLimits.Lines(development.RelatedSeeds, $"{at}/relatedSeeds")
        ?? RecordLimits.Count(development.Effects.Length, RecordLimits.Effects, "effects of one development", $"{at}/effects")
        ?? First(development.Effects, (effect, i) => Check(effect, $"{at}/effects/{i}"));

    private static Rejection? Check(Effect effect, string at) =>
        RecordLimits.Line(effect.By, $"{at}/by") ?? RecordLimits.Text(effect.Note, $"{at}/note") ?? effect switch
        {
            DefineEffect e => Check(e.Obligation, at),
            ReviseEffect e => Check(e.Changes, at),
            RenumberEffect e => RecordLimits.Line(e.Provision, $"{at}/provision"),
            SuspendEffect e => RecordLimits.Line(e.OrderName, $"{at}/order"),
            LiftEffect e => RecordLimits.Line(e.OrderName, $"{at}/order"),
            PauseEnforcementEffect e => RecordLimits.Line(e.OrderName, $"{at}/order"),
            ResumeEnforcementEffect e => RecordLimits.Line(e.OrderName, $"{at}/order"),
            EndEffect e => RecordLimits.Lines(e.ReplacedBy, $"{at}/replacedBy"),
            _ => null,
        };

    private static Rejection? Check(ObligationContent content, string at) =>
        RecordLimits.Line(content.Provision, $"{at}/provision")
        ?? RecordLimits.Line(content.Category, $"{at}/category")
        ?? RecordLimits.Line(content.Source, $"{at}/source")
        ?? RecordLimits.Text(content.Title, $"{at}/title")
        ?? RecordLimits.Text(content.Summary, $"{at}/summary")
        ?? RecordLimits.Text(content.AppliesWhen, $"{at}/appliesWhen")
        ?? RecordLimits.Text(content.Penalty, $"{at}/penalty")
        ?? RecordLimits.Text(content.Note, $"{at}/note")
        ?? RecordLimits.Lines(content.Replaces, $"{at}/replaces")
        ?? RecordLimits.Lines(content.Seeds, $"{at}/seeds")
        ?? RecordLimits.Lines(content.RelatedSeeds, $"{at}/relatedSeeds")
        ?? Check(content.Duty, $"{at}/duty");

    private static Rejection? Check(ContentChanges changes, string at) =>
        RecordLimits.Line(changes.Provision, $"{at}/provision")
        ?? RecordLimits.Line(changes.Source, $"{at}/source")
        ?? RecordLimits.Text(changes.Title, $"{at}/title")
        ?? RecordLimits.Text(changes.Summary, $"{at}/summary")
        ?? RecordLimits.Text(changes.AppliesWhen, $"{at}/appliesWhen")
        ?? RecordLimits.Text(changes.Penalty, $"{at}/penalty")
        ?? RecordLimits.Text(changes.Note, $"{at}/note")
        ?? Check(changes.Duty, $"{at}/duty");

    private static Rejection? Check(Duty? duty, string at) => duty is null
        ? null
        : RecordLimits.Line(duty.Period, $"{at}/period")
            ?? RecordLimits.Line(duty.Deadline, $"{at}/deadline")
            ?? RecordLimits.Line(duty.DeadlineDuration, $"{at}/deadlineDuration")
            ?? RecordLimits.Line(duty.DeadlineCalendar, $"{at}/deadlineCalendar")
            ?? RecordLimits.Line(duty.DeadlineAnnual, $"{at}/deadlineAnnual")
            ?? RecordLimits.Line(duty.Retention, $"{at}/retention")
            ?? RecordLimits.Line(duty.RetentionKind, $"{at}/retentionKind")
            ?? RecordLimits.Text(duty.Note, $"{at}/note");

    private static Rejection? First<T>(IEnumerable<T> items, Func<T, int, Rejection?> check) =>
        items.Select(check).FirstOrDefault(r => r is not null);
}
