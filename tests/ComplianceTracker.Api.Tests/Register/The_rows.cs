using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
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

        StoredIntervals.Decode(StoredIntervals.Encode(intervals)).ShouldBe(intervals);
        StoredIntervals.Decode(StoredIntervals.Encode([])).ShouldBeEmpty();
    }

    [Fact]
    public void Of_another_form_are_refused_rather_than_misread() =>
        Should.Throw<InvalidDataException>(() => StoredIntervals.Decode([2, 0, 0])).Message.ShouldContain("form 2");

    [Fact]
    public void Give_some_facts_as_they_give_all()
    {
        var profile = new CompanyProfile("one", "One", null, CompanyProfile.Declare(
            CompanyProfile.NoFacts,
            [
                new FactDeclaration("activities", SetValue.Complete(["shop", "fact", "\u6cd5"]), Days.Always),
                new FactDeclaration("staff", new IntValue(3), new Days(null, Day)),
                new FactDeclaration("staff", new IntValue(4), new Days(Day, null)),
                new FactDeclaration("name_of_head", new StringValue("\"fact\": }]"), Days.Always),
                new FactDeclaration("is_ciio", new BoolValue(true), Days.Always),
            ]), false);
        var json = Encoding.UTF8.GetBytes(StoredFacts.Write(profile));

        foreach (var wanted in new string[][] { [], ["staff"], ["activities", "is_ciio"], ["fact", "unheard_of"], [..profile.Facts.Keys] })
        {
            StoredFacts.Read(json, wanted.ToFrozenSet(StringComparer.Ordinal)).ShouldBe(profile.Facts.Where(f => wanted.Contains(f.Key)));
        }

        StoredFacts.Read(Encoding.UTF8.GetString(json)).ShouldBe(profile.Facts);
    }
}
