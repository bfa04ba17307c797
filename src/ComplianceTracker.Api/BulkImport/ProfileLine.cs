using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;

namespace ComplianceTracker.Api.BulkImport;

/// <summary>A line, read: what it asks, or why it cannot be read.</summary>
/// <param name="Number">The line's number.</param>
/// <param name="Id">The company's id; null where it could not be read.</param>
/// <param name="Command">What it asks; null where there is a problem.</param>
/// <param name="Problem">Why it cannot be read, or null.</param>
internal sealed record ProfileLine(long Number, string? Id, PutCompany? Command, ApiProblem? Problem)
{
    /// <summary>Reads a line by the rules of its format.</summary>
    public static ProfileLine Read(RawLine line, Func<byte[], PutCompany> parse)
    {
        if (line.IsTooLong)
        {
            return new ProfileLine(line.Number, null, null, new ApiProblem(ProblemTypes.BodyTooLarge, "A line has at most 1 MB."));
        }

        PutCompany? command = null;
        try
        {
            command = parse(line.Bytes);
            Check(command);
            return new ProfileLine(line.Number, command.CompanyId, command, null);
        }
        catch (ApiProblem problem)
        {
            return new ProfileLine(line.Number, command?.CompanyId, null, problem);
        }
    }

    private static void Check(PutCompany command)
    {
        if (!Slug.IsValid(command.CompanyId))
        {
            throw new ApiProblem(ProblemTypes.InvalidBody, $"'{command.CompanyId}' is not an id: {Slug.Description}.") { Pointer = "/id" };
        }

        if (command.TimeZone is { } zone && !ClockReader.IsTimeZone(zone))
        {
            throw new ApiProblem(ProblemTypes.InvalidBody, $"'{zone}' is not an IANA time zone such as Europe/Berlin or Asia/Shanghai.") { Pointer = "/timeZone" };
        }
    }
}
