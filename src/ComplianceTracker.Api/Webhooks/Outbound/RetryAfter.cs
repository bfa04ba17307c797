using System.Globalization;
using System.Net.Http.Headers;

namespace ComplianceTracker.Api.Webhooks.Outbound;

/// <summary>Reads <c>Retry-After</c> in both of its forms.</summary>
internal static class RetryAfter
{
    /// <summary>How long to wait; null where the header is missing, no number of seconds and no date, negative or past. Not capped.</summary>
    /// <param name="value">The header's value, or null.</param>
    /// <param name="now">When the answer came, UTC.</param>
    public static TimeSpan? Parse(string? value, DateTimeOffset now)
    {
        var text = value?.Trim();
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (text.All(char.IsAsciiDigit))
        {
            return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < TimeSpan.MaxValue.TotalSeconds
                ? TimeSpan.FromSeconds(seconds)
                : TimeSpan.MaxValue;
        }

        return RetryConditionHeaderValue.TryParse(text, out var parsed) && parsed.Date is { } date && date > now ? date - now : null;
    }
}
