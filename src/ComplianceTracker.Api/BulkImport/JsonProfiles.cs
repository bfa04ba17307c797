using ComplianceTracker.Api.Companies;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Domain.Companies;

namespace ComplianceTracker.Api.BulkImport;

/// <summary>Reads a profile off a line of JSON.</summary>
internal static class JsonProfiles
{
    /// <summary>The profile of the line.</summary>
    /// <exception cref="ApiProblem">It is no JSON, or does not say what it must.</exception>
    public static PutCompany Parse(byte[] line)
    {
        var body = RequestBody.Read(line, ApiJson.Types.CompanyLineBody);
        return new PutCompany(body.Id, body.Name, body.TimeZone, GivenFacts.From(body.Facts, body.Changes));
    }
}
