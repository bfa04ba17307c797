using System.Globalization;
using System.Text.RegularExpressions;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Clocks;

/// <summary>Reads the clocks of a question from its query.</summary>
internal sealed partial class ClockReader(IEventStore store, SettledLog settled, TimeProvider time)
{
    /// <summary>
    /// The clocks: <c>asOf</c> and <c>knownOn</c> default to today in the time zone, or, with <c>recordedAt</c> or
    /// <c>position</c>, to the day of that instant there.
    /// </summary>
    /// <param name="given">The clocks as the client gave them.</param>
    /// <param name="profileTimeZone">The company's time zone, or null.</param>
    /// <param name="cancellationToken">Ends the look-ups.</param>
    /// <exception cref="ApiProblem">A clock is not valid, or both clocks of recording were given.</exception>
    public async Task<QuestionClocks> ReadAsync(GivenClocks given, string? profileTimeZone, CancellationToken cancellationToken)
    {
        if (given.RecordedAt is not null && given.Position is not null)
        {
            throw new ApiProblem(ProblemTypes.BothRecordingClocks, "Give 'recordedAt' or 'position', not both.") { Parameter = "position" };
        }

        // Before the look-ups, so that a bad zone is told first.
        _ = Zone(given.TimeZone ?? profileTimeZone ?? "UTC");
        var (position, instant) = await RecordingAsync(given, cancellationToken);
        var asked = new QuestionClocks(default, default, position, given.RecordedAt is null ? null : instant, "")
        {
            PositionRecordedAt = given.Position is null ? null : instant,
        };
        return InZone(asked, given, profileTimeZone);
    }

    /// <summary>The same clocks with the days that they have by default in another profile's time zone; looks nothing up.</summary>
    /// <exception cref="ApiProblem">A day is not valid.</exception>
    public QuestionClocks InZone(QuestionClocks asked, GivenClocks given, string? profileTimeZone)
    {
        var id = given.TimeZone ?? profileTimeZone ?? "UTC";
        var instant = asked.RecordedAt ?? (asked.Position is null ? time.GetUtcNow() : asked.PositionRecordedAt ?? DateTimeOffset.UnixEpoch);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, Zone(id)).DateTime);
        return asked with
        {
            AsOf = Day("asOf", given.AsOf) ?? today,
            KnownOn = Day("knownOn", given.KnownOn) ?? today,
            TimeZone = id,
        };
    }

    /// <summary>The day a parameter names, or null where it is left out.</summary>
    /// <exception cref="ApiProblem">It is no day, or lies outside 1900-2200.</exception>
    public static DateOnly? Day(string parameter, string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (!DayConverter.TryParse(text, out var day))
        {
            throw ApiProblem.BadParameter(parameter, $"'{text}' is not a day that exists, written YYYY-MM-DD.", "YYYY-MM-DD");
        }

        return LegalDate.IsInRange(day)
            ? day
            : throw ApiProblem.BadParameter(parameter, $"'{text}' lies outside 1900-01-01 to 2200-12-31.", "1900-01-01 to 2200-12-31");
    }

    /// <summary>True when the time zone exists.</summary>
    public static bool IsTimeZone(string id) => TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) && zone.HasIanaId;

    private static TimeZoneInfo Zone(string id) =>
        IsTimeZone(id)
            ? TimeZoneInfo.FindSystemTimeZoneById(id)
            : throw ApiProblem.BadParameter("timeZone", $"'{id}' is not an IANA time zone such as Europe/Berlin or Asia/Shanghai.");

    private async Task<(long? Position, DateTimeOffset? Instant)> RecordingAsync(GivenClocks given, CancellationToken cancellationToken)
    {
        if (given.RecordedAt is { } at)
        {
            // The query must say the offset: an instant without one would be read differently in every place.
            if (!Rfc3339().IsMatch(at) || !DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant))
            {
                throw ApiProblem.BadParameter("recordedAt", $"'{at}' is not an RFC 3339 instant such as 2026-11-21T08:00:00Z{(at.Contains(' ') ? "; in a URL a plus sign is written %2B" : "")}.", "2026-11-21T08:00:00Z");
            }

            return (await store.PositionAtAsync(instant, cancellationToken), instant.ToUniversalTime());
        }

        if (given.Position is not { } text)
        {
            return (null, null);
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            || await settled.FindAsync(position, cancellationToken) is null)
        {
            var head = await store.HeadAsync(cancellationToken);
            throw ApiProblem.BadParameter("position", $"'{text}' is not a position of the log, which reaches from 0 to {head}.", $"0 to {head}");
        }

        return (position, await store.RecordedAtOfAsync(position, cancellationToken));
    }

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Rfc3339();
}

/// <summary>The clocks as a client gave them.</summary>
/// <param name="AsOf">The legal day, or null.</param>
/// <param name="KnownOn">The public day, or null.</param>
/// <param name="RecordedAt">The instant of recording, or null.</param>
/// <param name="Position">The log position, or null.</param>
/// <param name="TimeZone">The time zone of the defaults, or null.</param>
internal sealed record GivenClocks(string? AsOf, string? KnownOn, string? RecordedAt, string? Position, string? TimeZone)
{
    /// <summary>The clocks in the body of a request.</summary>
    public static GivenClocks Of(DateOnly? asOf, DateOnly? knownOn, string? recordedAt, long? position, string? timeZone) =>
        new(asOf?.ToString("yyyy-MM-dd"), knownOn?.ToString("yyyy-MM-dd"), recordedAt, position?.ToString(CultureInfo.InvariantCulture), timeZone);

    /// <summary>The clocks in the query of a request.</summary>
    public static GivenClocks From(IQueryCollection query) => new(
        One(query, "asOf"), One(query, "knownOn"), One(query, "recordedAt"), One(query, "position"), One(query, "timeZone"));

    private static string? One(IQueryCollection query, string name) => query[name] switch
    {
        [] => null,
        [var text] => text,
        _ => throw ApiProblem.BadParameter(name, $"'{name}' was given more than once."),
    };
}
