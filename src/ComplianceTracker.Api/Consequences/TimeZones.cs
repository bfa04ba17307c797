using System.Collections.Concurrent;
using ComplianceTracker.Domain.Consequences;

namespace ComplianceTracker.Api.Consequences;

/// <summary>The dates of jurisdictions, and when their days begin.</summary>
internal static class TimeZones
{
    private static readonly ConcurrentDictionary<string, TimeZoneInfo> Known = new(StringComparer.Ordinal);

    /// <summary>The zone in which the jurisdiction's days begin; UTC where this machine does not know the zone.</summary>
    public static TimeZoneInfo Of(string jurisdiction) => Known.GetOrAdd(
        jurisdiction,
        static place => TimeZoneInfo.TryFindSystemTimeZoneById(JurisdictionTimeZones.Of(place), out var zone) ? zone : TimeZoneInfo.Utc);

    /// <summary>The date there at the instant.</summary>
    public static DateOnly DateIn(TimeZoneInfo zone, DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);

    /// <summary>The instants at which a day begins in one of the zones, after the first instant and up to the last, in order, each once.</summary>
    public static IReadOnlyList<DateTimeOffset> Midnights(IEnumerable<TimeZoneInfo> zones, DateTimeOffset after, DateTimeOffset upTo)
    {
        var midnights = new SortedSet<DateTimeOffset>();
        foreach (var zone in zones)
        {
            var last = DateIn(zone, upTo);
            for (var day = DateIn(zone, after).AddDays(1); day <= last; day = day.AddDays(1))
            {
                if (BeginningOf(zone, day) is var begins && begins > after && begins <= upTo)
                {
                    midnights.Add(begins);
                }
            }
        }

        return [..midnights];
    }

    /// <summary>The first instant of the day in the zone, UTC. Where the clock skips midnight, that is the moment of the skip; where it strikes twice, the first.</summary>
    public static DateTimeOffset BeginningOf(TimeZoneInfo zone, DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        var offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max()
            : zone.IsInvalidTime(midnight) ? zone.GetUtcOffset(midnight.AddHours(-12))
            : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset).ToUniversalTime();
    }
}
