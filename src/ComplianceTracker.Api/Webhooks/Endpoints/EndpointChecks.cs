using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Webhooks.EventCatalogue;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;

namespace ComplianceTracker.Api.Webhooks.Endpoints;

/// <summary>Holds what subscribers write about endpoints against what it must be. Where it may lead is for the connection to say.</summary>
internal static partial class EndpointChecks
{
    /// <summary>The longest URL, in characters.</summary>
    public const int UrlLength = 2_000;

    /// <summary>The most entries of a list of a filter.</summary>
    public const int ListEntries = 1_000;

    /// <summary>The most lead times.</summary>
    public const int LeadTimes = 20;

    /// <summary>The most headers.</summary>
    public const int Headers = 50;

    /// <summary>The longest name of a header, in characters.</summary>
    public const int HeaderNameLength = 100;

    /// <summary>The longest value of a header, in characters.</summary>
    public const int HeaderValueLength = 4_000;

    /// <summary>The most characters of all headers, names and values.</summary>
    public const int HeadersLength = 16_000;

    /// <summary>The highest rate limit, deliveries a second.</summary>
    public const int RateLimit = 10_000;

    /// <summary>The longest lead time, in days; a month counts as 31.</summary>
    public const int LeadTimeDays = 3_660;

    /// <summary>How long old secrets sign beside a new one, at most.</summary>
    public static readonly TimeSpan LongestGrace = TimeSpan.FromDays(7);

    // What we say ourselves, what belongs to the connection and not to the message, and what would change how the answer comes.
    private static readonly string[] Reserved =
    [
        "host", "user-agent", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "expect", "traceparent", "tracestate",
        "accept-encoding", "date",
    ];

    private static readonly string[] ReservedBeginnings = ["webhook-", "content-", "proxy-", "ce-", "sec-"];

    /// <summary>The URL.</summary>
    public static Uri Url(string text)
    {
        const string At = "/url";
        if (text.Length > UrlLength)
        {
            throw Exceeded(At, $"A URL has at most {UrlLength} characters; this has {text.Length}.");
        }

        // Blanks and backslashes are what one reader takes for the host's end and another does not.
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0 || text.Any(c => c is '\\' or <= ' ' or '\u007f'))
        {
            throw Invalid(At, $"'{Shown(text)}' is not an absolute https URL.", "https://hooks.acme.example/compliance");
        }

        if (url.UserInfo.Length > 0 || text.Split('/', '?', '#').ElementAtOrDefault(2)?.Contains('@') == true)
        {
            throw Invalid(At, "A URL here holds no user name or password: send an Authorization header with 'headers' instead.");
        }

        if (text.Contains('#', StringComparison.Ordinal))
        {
            throw Invalid(At, "A URL here has no fragment (what follows '#'): it would not be sent.");
        }

        return url.Port == 0 ? throw Invalid(At, "0 is no port that can be reached.") : url;
    }

    /// <summary>The description.</summary>
    public static string? Description(string? text) => text?.Length > RecordLimits.LineLength
        ? throw Exceeded("/description", $"A description has at most {RecordLimits.LineLength} characters; this has {text.Length}.")
        : text;

    /// <summary>The event types, each known.</summary>
    public static ImmutableArray<string> EventTypes(IReadOnlyList<string>? given) => List(given, "/eventTypes", (type, at) =>
    {
        var known = EventNames.All;
        if (!(type == "*" || type.EndsWith(".*", StringComparison.Ordinal) ? known.Any(k => EndpointMatcher.Matches(type, k)) : known.Contains(type)))
        {
            var nearest = Nearest.To(type, known.Concat(EventNames.Beginnings));
            throw Invalid(at, $"'{Shown(type)}' is no event type and no beginning of one such as obligation.*{Hints.DidYouMean(nearest)} GET /api/v1/webhooks/event-types lists them.", [..nearest]);
        }

        return type;
    });

    /// <summary>Ids of companies or instruments; those not yet registered too.</summary>
    public static ImmutableArray<string> Ids(IReadOnlyList<string>? given, string at) => List(given, at, (id, where) => Slug.IsValid(id)
        ? id
        : throw Invalid(where, $"'{Shown(id)}' is not an id: {Slug.Description}."));

    /// <summary>Jurisdictions.</summary>
    public static ImmutableArray<string> Jurisdictions(IReadOnlyList<string>? given) => List(given, "/jurisdictions", (code, at) => Jurisdiction.IsValid(code)
        ? code
        : throw Invalid(at, $"'{Shown(code)}' is not {Jurisdiction.Description}."));

    /// <summary>Categories of obligations.</summary>
    public static ImmutableArray<string> Categories(IReadOnlyList<string>? given) => List(given, "/categories", (category, at) => category.Length switch
    {
        0 => throw Invalid(at, "A category has a name."),
        > RecordLimits.LineLength => throw Exceeded(at, $"A text here has at most {RecordLimits.LineLength} characters; this has {category.Length}."),
        _ => category,
    });

    /// <summary>Lead times as months and days.</summary>
    public static ImmutableArray<string> LeadTimesOf(IReadOnlyList<string>? given)
    {
        var read = List(given, "/leadTimes", (text, at) => CalendarOffset.TryParse(text, out var offset) && (offset.Months * 31) + offset.Days is > 0 and <= LeadTimeDays
            ? offset.ToString()
            : throw Invalid(at, $"'{Shown(text)}' is not an ISO 8601 duration of years, months, weeks and days from P1D to P{LeadTimeDays}D.", "P30D", "P6M"));
        return read.Length > LeadTimes ? throw Exceeded("/leadTimes", $"At most {LeadTimes} lead times; these are {read.Length}.") : read;
    }

    /// <summary>The condition, which compiles.</summary>
    public static string? ConditionOf(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var compiled = Condition.CompileToRecord(text, EventVocabulary.Index);
        return compiled.IsValid
            ? text
            : throw new ApiProblem(ProblemTypes.ConditionInvalid, compiled.Error.Message)
            {
                Pointer = "/condition",
                Line = compiled.Error.Line,
                Column = compiled.Error.Column,
                Expected = compiled.Error.Expected,
            };
    }

    /// <summary>The rate limit.</summary>
    public static int? RateLimitOf(int? given) => given is < 1 or > RateLimit
        ? throw Invalid("/rateLimit", $"A rate limit is 1 to {RateLimit} deliveries a second.")
        : given;

    /// <summary>Headers on top of those there are; one that is null goes.</summary>
    public static ImmutableSortedDictionary<string, string> HeadersOf(
        IEnumerable<KeyValuePair<string, string?>> given, ImmutableSortedDictionary<string, string> before)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var headers = before.WithComparers(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in given)
        {
            var at = $"/headers/{Json.JsonErrors.Escape(name)}";
            Check(name, value, at);
            if (!seen.Add(name))
            {
                throw Invalid(at, $"The header '{name}' stands more than once; upper and lower case are the same.");
            }

            headers = headers.Remove(name);
            headers = value is null ? headers : headers.Add(name, value);
        }

        if (headers.Count > Headers)
        {
            throw Exceeded("/headers", $"At most {Headers} headers; these are {headers.Count}.");
        }

        return headers.Sum(h => h.Key.Length + h.Value.Length) is var length and > HeadersLength
            ? throw Exceeded("/headers", $"Headers have at most {HeadersLength} characters together; these have {length}.")
            : headers;
    }

    /// <summary>How long old secrets sign beside the new one.</summary>
    public static TimeSpan Grace(string? text)
    {
        if (text is null)
        {
            return TimeSpan.FromHours(24);
        }

        var match = Duration().Match(text);
        long Part(string name) => match.Groups[name].Success ? long.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture) : 0;
        var seconds = match.Success ? (((((((Part("w") * 7) + Part("d")) * 24) + Part("h")) * 60) + Part("m")) * 60) + Part("s") : -1;
        return seconds >= 0 && seconds <= LongestGrace.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw Invalid("/gracePeriod", $"'{Shown(text)}' is not an ISO 8601 duration of weeks, days, hours, minutes and seconds from PT0S to P7D.", "PT24H");
    }

    private static void Check(string name, string? value, string at)
    {
        if (name.Length is 0 or > HeaderNameLength || !Token().IsMatch(name))
        {
            throw Invalid(at, $"'{Shown(name)}' is not the name of a header: 1 to {HeaderNameLength} letters, digits and !#$%&'*+-.^_`|~.");
        }

        if (Reserved.Contains(name, StringComparer.OrdinalIgnoreCase) || ReservedBeginnings.Any(b => name.StartsWith(b, StringComparison.OrdinalIgnoreCase)))
        {
            throw Invalid(at, $"The header '{name}' is not yours to set: reserved are {string.Join(", ", Reserved)}, and what begins with {string.Join(", ", ReservedBeginnings)}.");
        }

        if (value?.Length > HeaderValueLength)
        {
            throw Exceeded(at, $"The value of a header has at most {HeaderValueLength} characters; this has {value.Length}.");
        }

        if (value is not null && (value.Length == 0 || value[0] == ' ' || value[^1] == ' ' || value.Any(c => c is < ' ' or > '~')))
        {
            throw Invalid(at, "The value of a header has visible ASCII characters, with blanks between them only.");
        }
    }

    private static ImmutableArray<string> List(IReadOnlyList<string>? given, string at, Func<string, string, string> check)
    {
        if (given?.Count > ListEntries)
        {
            throw Exceeded(at, $"At most {ListEntries} entries; these are {given.Count}.");
        }

        return [..(given ?? []).Select((text, i) => check(text, $"{at}/{i}")).Distinct(StringComparer.Ordinal)];
    }

    private static string Shown(string text) => text.Length <= 200 ? text : $"{text[..200]}…";

    private static ApiProblem Invalid(string at, string detail, params ImmutableArray<string> expected) =>
        new(ProblemTypes.InvalidBody, detail) { Pointer = at, Expected = expected };

    private static ApiProblem Exceeded(string at, string detail) => new(ProblemTypes.LimitExceeded, detail) { Pointer = at };

    [GeneratedRegex(@"\A[!#$%&'*+\-.^_`|~0-9A-Za-z]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Token();

    [GeneratedRegex(@"\AP(?=.)(?:(?<w>[0-9]{1,6})W)?(?:(?<d>[0-9]{1,6})D)?(?:T(?=.)(?:(?<h>[0-9]{1,6})H)?(?:(?<m>[0-9]{1,6})M)?(?:(?<s>[0-9]{1,6})S)?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();
}
