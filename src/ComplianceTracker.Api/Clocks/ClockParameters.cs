using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Problems;

namespace ComplianceTracker.Api.Clocks;

/// <summary>The parameters that <see cref="GivenClocks"/> reads, for the OpenAPI document.</summary>
internal static class ClockParameters
{
    private static readonly ApiParameter AsOf = ApiParameter.Query(
        "asOf", "The legal day the question is about, 1900-01-01 to 2200-12-31. Left out: today in `timeZone`, or the day of `recordedAt` or `position`.", ApiParameter.Day) with { Example = "2021-11-01" };

    private static readonly ApiParameter KnownOn = ApiParameter.Query(
        "knownOn", "Only what was public by this day counts. Left out: today in `timeZone`, or the day of `recordedAt` or `position`.", ApiParameter.Day) with { Example = "2021-11-01" };

    private static readonly ApiParameter RecordedAt = ApiParameter.Query(
        "recordedAt", "Only what this system had recorded by this instant counts (RFC 3339, with its offset); an instant that has not come yet shows everything recorded so far, and `position` in the answer says how far that was. Not together with `position`.", ApiParameter.Instant) with { Form = "2026-11-21T08:00:00Z" };

    private static readonly ApiParameter Position = ApiParameter.Query(
        "position", "Only what stands in the log up to this position, included, counts. Not together with `recordedAt`. Left out: everything recorded.", ApiParameter.Position) with { Form = 1261 };

    private static readonly ApiParameter TimeZone = ApiParameter.Query(
        "timeZone", "The IANA time zone whose today the days default to. Left out: the company's, else UTC.", ApiParameter.Text) with { Form = "Asia/Shanghai" };

    /// <summary>All three clocks.</summary>
    public static RouteHandlerBuilder WithClocks(this RouteHandlerBuilder builder) => builder.WithParameters(AsOf, KnownOn).WithRecordingClock();

    /// <summary>The legal day and the clock of recording: facts of a company are no public knowledge.</summary>
    public static RouteHandlerBuilder WithDayAndRecordingClock(this RouteHandlerBuilder builder) => builder.WithParameters(AsOf).WithRecordingClock();

    /// <summary>Public knowledge and the clock of recording: a history has no legal day.</summary>
    public static RouteHandlerBuilder WithKnowledgeAndRecordingClock(this RouteHandlerBuilder builder) => builder.WithParameters(KnownOn).WithRecordingClock();

    /// <summary>The clock of recording alone.</summary>
    public static RouteHandlerBuilder WithRecordingClock(this RouteHandlerBuilder builder) => builder
        .WithParameters(RecordedAt, Position, TimeZone)
        .WithProblems(ProblemTypes.InvalidParameter, ProblemTypes.BothRecordingClocks);
}
