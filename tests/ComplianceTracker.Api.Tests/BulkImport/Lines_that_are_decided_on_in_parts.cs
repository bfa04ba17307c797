using System.Text;
using ComplianceTracker.Api.BulkImport;
using ComplianceTracker.Api.Companies;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.Tests.BulkImport;

public sealed class Lines_that_are_decided_on_in_parts
{
    [Fact]
    public void Do_not_undo_what_a_later_line_of_an_attempt_that_was_cut_off_already_did()
    {
        var (first, last) = (Line(1, "A"), Line(2, "B"));
        var eventOfLast = Guid.NewGuid();
        var lineOfEvent = new Dictionary<Guid, long> { [Guid.NewGuid()] = 1, [eventOfLast] = 2 };
        var (a, b) = (Named("A"), Named("B"));

        // The company was A on record, the first line asked for A, and the last made it B before the attempt was cut off.
        var history = new CompanyHistory([(Guid.NewGuid(), new CompanyState(a, 1, 10)), (eventOfLast, new CompanyState(b, 2, 20))], null);
        var batch = new ImportBatch(new Dictionary<string, CompanyHistory> { ["c"] = history }, FactVocabulary.Empty, Replaces: true, lineOfEvent);

        var half = batch.Decide([first]).Single();
        var otherHalf = batch.Decide([last]).Single();

        (half.Event, half.Outcome.Kind).ShouldBe((null, OutcomeKind.Unchanged));
        (otherHalf.Event, otherHalf.Outcome.Kind).ShouldBe((null, OutcomeKind.Replaced));
    }

    private static ProfileLine Line(long number, string name) =>
        ProfileLine.Read(new RawLine(number, Encoding.UTF8.GetBytes($$"""{"id":"c","facts":{},"name":"{{name}}"}"""), IsTooLong: false), JsonProfiles.Parse);

    private static CompanyProfile Named(string name) => CompanyDecider.Evolve(null, new CompanyRegistered("c", name, null, []))!;
}
