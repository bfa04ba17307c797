using System.Collections.Frozen;
using System.Collections.Immutable;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.Tests.Register;

/// <summary>What a company's rows in the register hold.</summary>
public sealed class The_rows
{
    private static readonly DateOnly Day = new(2024, 3, 22);

    [Fact]
    public void Keep_intervals_of_every_sort_as_they_are()
    {
        ImmutableArray<(string, ApplicabilityInterval)> intervals =
        [
            ("cn-pipl-art38", new(Days.Always, Truth.Yes, [], null)),
            ("cn-pipl-art38", new(new Days(Day, null), Truth.Unknown, ["is_ciio"], null)),
            ("cn-pipl-art39", new(new Days(null, Day), Truth.Unknown, ["is_ciio", "法定_fact"], Day)),
            ("cn-pipl", new(new Days(DateOnly.MinValue, DateOnly.MaxValue), Truth.Yes, [], DateOnly.MaxValue)),
            ("义务", new(Days.Always, Truth.Yes, [], DateOnly.MinValue)),
        ];

        StoredIntervals.Decode([StoredIntervals.Encode(intervals, [])]).ShouldBe(intervals);
        StoredIntervals.Decode([StoredIntervals.Encode([], [])]).ShouldBeEmpty();
        StoredIntervals.Decode([]).ShouldBeEmpty();
    }

    [Fact]
    public void Beside_earlier_ones_take_the_place_of_what_those_say_of_the_same_obligations_and_of_nothing_else()
    {
        var (always, since, unknown) = (
            new ApplicabilityInterval(Days.Always, Truth.Yes, [], null),
            new ApplicabilityInterval(new Days(Day, null), Truth.Yes, [], null),
            new ApplicabilityInterval(new Days(null, Day), Truth.Unknown, ["is_ciio"], null));

        StoredIntervals.Decode(
            [
                StoredIntervals.Encode([("a", unknown), ("a", since), ("b", always), ("d", always), ("e", always)], []),
                StoredIntervals.Encode([("c", always), ("d", unknown)], ["b", "e"]),
                StoredIntervals.Encode([("a", always), ("d", unknown), ("d", since)], []),
                StoredIntervals.Encode([("e", since)], ["c"]),
            ])
            .ShouldBe([("a", always), ("d", unknown), ("d", since), ("e", since)]);
    }

    [Fact]
    public void Of_another_form_are_refused_rather_than_misread() =>
        Should.Throw<InvalidDataException>(() => StoredIntervals.Decode([[1, 0, 0]])).Message.ShouldContain("form 1");

    [Fact]
    public void Give_some_facts_as_they_give_all()
    {
        var facts = CompanyProfile.Declare(
            CompanyProfile.NoFacts,
            [
                new FactDeclaration("activities", SetValue.Complete(["shop", "", "\u6cd5"]) with { CompleteTo = 7 }, Days.Always),
                new FactDeclaration("ever_so_many", new SetValue([], long.MaxValue), Days.Always),
                new FactDeclaration("staff", new IntValue(long.MinValue), new Days(null, Day)),
                new FactDeclaration("staff", null, new Days(Day, Day.AddDays(1))),
                new FactDeclaration("staff", new IntValue(long.MaxValue), new Days(Day.AddDays(1), null)),
                new FactDeclaration("share", new DoubleValue(-0.1), Days.Always),
                new FactDeclaration("name_of_head", new StringValue("\"\ud83d\ude00"), Days.Always),
                new FactDeclaration("listed_on", new DateValue(DateOnly.MaxValue), new Days(DateOnly.MinValue, DateOnly.MaxValue)),
                new FactDeclaration("is_ciio", new BoolValue(true), Days.Always),
                new FactDeclaration("is_listed", new BoolValue(false), Days.Always),
                new FactDeclaration(new string('x', 300), new BoolValue(false), Days.Always),
            ]);
        var bytes = StoredFacts.Write(facts);

        foreach (var wanted in new string[][] { [], ["staff"], ["activities", "is_ciio"], ["is_ciio", "unheard_of"], [..facts.Keys] })
        {
            StoredFacts.Read(bytes, wanted.ToFrozenSet(StringComparer.Ordinal)).Select(Told).ShouldBe(facts.Where(f => wanted.Contains(f.Key)).Select(Told));
        }

        StoredFacts.Read(bytes).Select(Told).ShouldBe(facts.Select(Told));
    }

    [Fact]
    public void That_were_cut_or_altered_are_refused_and_never_read_past_their_end()
    {
        var bytes = StoredFacts.Write(CompanyProfile.Declare(CompanyProfile.NoFacts, [new FactDeclaration("activities", SetValue.Complete(["shop", "bank"]), Days.Always)]));
        for (var length = 0; length < bytes.Length; length++)
        {
            Should.Throw<InvalidDataException>(() => StoredFacts.Read(bytes.AsSpan(0, length)), $"{length} bytes");
        }

        Should.Throw<InvalidDataException>(() => StoredFacts.Read([1, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]));
        Should.Throw<InvalidDataException>(() => StoredFacts.Read([9])).Message.ShouldContain("form 9");
    }

    private static string Told(KeyValuePair<string, FactTimeline> fact) => $"{fact.Key}: {string.Join(' ', fact.Value.Pieces.Select(p => $"{p.Days} {Told(p.Value)}"))}";

    private static string Told(FactValue? value) => value is SetValue set ? $"[{string.Join('|', set.Values)}] to {set.CompleteTo}" : $"{value}";
}
