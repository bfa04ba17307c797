using System.Collections.Immutable;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Vocabulary;
using FsCheck;
using FsCheck.Fluent;

namespace ComplianceTracker.Domain.Tests.Support;

/// <summary>
/// Random law and random companies, crowded into a few weeks so that dates collide and windows touch and overlap.
/// </summary>
internal static class Scenarios
{
    public const int Days = 40;

    public static DateOnly First { get; } = new(2024, 1, 15);

    /// <summary>Every day on which something can happen, with some before and after.</summary>
    public static IEnumerable<DateOnly> AllDays => Enumerable.Range(-3, Days + 75).Select(First.AddDays);

    public static Gen<DateOnly> Day { get; } = Gen.Choose(0, Days).Select(First.AddDays);

    public static Gen<string> Condition { get; } = Gen.Elements(
        "true", "a", "!a", "a && b", "a || staff > 10", "staff > 10", "b ? staff > 5 : a", "\"shop\" in activities", "(a || b) && staff <= 20");

    private static readonly Gen<DateOnly?> MaybeDay = Gen.Frequency((3, Day.Select(d => (DateOnly?)d)), (1, Gen.Constant((DateOnly?)null)));

    private static readonly Gen<string> Order = Gen.Elements("x", "y");

    private static readonly Gen<(DateOnly From, DateOnly? To)> Window =
        from start in Day
        from length in Gen.Choose(0, 12)
        select (start, length == 0 ? (DateOnly?)null : start.AddDays(length));

    private static readonly Gen<ObligationContent> Content =
        from condition in Condition
        from relative in Gen.Choose(0, 3)
        from verified in MaybeDay
        select Law.Content(condition) with
        {
            VerifyAfter = verified,
            RelativeStart = relative == 0 ? new RelativeStart("listed_on", Law.Offset("P1M")) : relative == 1 ? new RelativeStart("listed_on", Law.Offset("P3D")) : null,
        };

    private static Gen<Effect> EffectOn(string id) => Gen.OneOf(
        Content.Select(Effect (c) => new DefineEffect(id, c)),
        Gen.Constant<Effect>(new ProposeEffect(id)),
        Gen.Constant<Effect>(new LapseEffect(id)),
        from start in MaybeDay from latest in MaybeDay from official in MaybeDay select (Effect)new EnactEffect(id, start, latest, official),
        from start in MaybeDay from latest in MaybeDay select (Effect)new RescheduleEffect(id, start, latest),
        from start in Day from condition in Condition select (Effect)new ReviseEffect(id, start, new ContentChanges { Condition = condition }),
        from start in MaybeDay from number in Gen.Choose(2, 5) select (Effect)new RenumberEffect(id, $"Art. {number}", start),
        from order in Order from w in Window select (Effect)new SuspendEffect(id, order, w.From, w.To),
        from order in Order from day in Day select (Effect)new LiftEffect(id, order, day),
        from order in Order from w in Window select (Effect)new PauseEnforcementEffect(id, order, w.From, w.To),
        from order in Order from day in Day select (Effect)new ResumeEnforcementEffect(id, order, day),
        from day in MaybeDay select (Effect)new EndEffect(id, day, []));

    private static readonly Gen<Effect> AnyEffect = Gen.Frequency((4, EffectOn(Law.DutyId)), (1, EffectOn("other")));

    private static readonly Gen<Development> Bare =
        from kind in Gen.Elements(Enum.GetValues<DevelopmentKind>().Where(k => k != DevelopmentKind.Corrected).ToArray())
        from date in Day
        from delay in Gen.Frequency((3, Gen.Constant(0)), (2, Gen.Choose(-5, 15)))
        from order in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(-1, 1)))
        from effects in Gen.Choose(0, 3).SelectMany(n => AnyEffect.ListOf(n))
        select new Development(
            "", kind, date, delay == 0 ? null : date.AddDays(delay), order, null, null, "gazette", Confidence.Text, null, false, [], [], null, null, [..effects]);

    private static readonly Gen<(Development Development, int Correct, DateOnly? Restated)> Draft =
        from development in Bare
        from correct in Gen.Choose(-6, 5)
        from restated in MaybeDay
        select (development, correct, restated);

    /// <summary>Developments of one instrument; some correct one before them in the list. Most define the obligation.</summary>
    public static Gen<ImmutableArray<Development>> Developments { get; } =
        from first in Content
        from enacted in EnactedFirst()
        from names in Gen.Shuffle(Enumerable.Range(0, 14).ToArray())
        from count in Gen.Choose(1, 12)
        from drafts in Draft.ListOf(count)
        select Compose(first, enacted, names, [..drafts]);

    /// <summary>Facts with windows, overlapping and null ones among them.</summary>
    public static Gen<CompanyProfile> Company { get; } =
        from declarations in Declaration().ListOf()
        select Facts.Company(declarations);

    /// <summary>The same developments in any order that keeps a correction after what it corrects.</summary>
    public static Gen<ImmutableArray<Development>> Reordered(ImmutableArray<Development> developments) =>
        Gen.Shuffle(developments.ToArray()).Select(shuffled => CorrectionsLast([..shuffled]));

    private static Gen<DateOnly?> EnactedFirst() => MaybeDay;

    private static Gen<FactDeclaration> Declaration() =>
        from fact in Gen.Choose(0, 4)
        from value in Gen.Choose(0, 4)
        from day in Day
        from window in Gen.Choose(0, 3)
        from length in Gen.Choose(1, 20)
        select new FactDeclaration(
            new[] { "a", "b", "staff", "listed_on", "activities" }[fact],
            value == 0 ? null : Value(fact, value, day),
            new(window is 0 or 1 ? null : day, window is 0 or 2 ? null : day.AddDays(length)));

    private static FactValue Value(int fact, int value, DateOnly day) => fact switch
    {
        0 or 1 => new BoolValue(value > 2),
        2 => new IntValue(value * 6),
        3 => new DateValue(day.AddDays(-20 + (value * 5))),
        _ => SetValue.Complete(value > 2 ? ["shop"] : []),
    };

    private static ImmutableArray<Development> Compose(
        ObligationContent first, DateOnly? enacted, int[] names, ImmutableArray<(Development Development, int Correct, DateOnly? Restated)> drafts)
    {
        var developments = ImmutableArray.Create(Law.Happened($"d{names[0]:00}", "2024-01-15", new DefineEffect(Law.DutyId, first), new EnactEffect(Law.DutyId, enacted, null, null)));
        foreach (var (development, correct, restated) in drafts)
        {
            var named = development with { Id = $"d{names[developments.Length]:00}" };
            developments = developments.Add(correct < 0 || correct >= developments.Length
                ? named
                : named with
                {
                    Kind = DevelopmentKind.Corrected,
                    Corrects = developments[correct].Id,
                    Restated = restated is null ? null : new(null, restated, null, null, null),
                });
        }

        return developments;
    }

    private static ImmutableArray<Development> CorrectionsLast(ImmutableArray<Development> wanted)
    {
        var done = ImmutableArray<Development>.Empty;
        while (!wanted.IsEmpty)
        {
            var next = wanted.First(d => d.Corrects is null || done.Any(r => r.Id == d.Corrects));
            done = done.Add(next);
            wanted = wanted.Remove(next);
        }

        return done;
    }
}
