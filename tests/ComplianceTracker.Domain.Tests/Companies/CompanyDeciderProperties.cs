using System.Collections.Immutable;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Tests.Support;
using FsCheck.Fluent;

namespace ComplianceTracker.Domain.Tests.Companies;

/// <summary>Laws of the decider, for any facts.</summary>
public sealed class CompanyDeciderProperties
{
    [Fact]
    public void The_same_command_twice_gives_no_new_events_and_what_is_accepted_folds()
    {
        var cases =
            from company in Scenarios.Company
            from other in Scenarios.Company
            from whole in Gen.Elements(true, false)
            select (company, Command: Command(other, whole));

        Properties.ForAll(cases, c =>
        {
            var first = CompanyDecider.Decide(c.company, c.Command, Facts.Standard);
            first.Rejection.ShouldBeNull();
            var after = first.Events.Aggregate(c.company, (state, e) => CompanyDecider.Evolve(state, e)!);

            var again = CompanyDecider.Decide(after, c.Command, Facts.Standard);
            again.Rejection.ShouldBeNull();
            again.Events.ShouldBeEmpty();
        });
    }

    private static CompanyCommand Command(CompanyProfile facts, bool whole)
    {
        var given = facts.Facts
            .SelectMany(f => f.Value.Pieces.Select(p => new GivenFact(f.Key, p.Value, p.Days, "/facts")))
            .ToImmutableArray();
        return whole ? new PutCompany("acme", "Acme", null, given) : new DeclareFacts(given);
    }
}
