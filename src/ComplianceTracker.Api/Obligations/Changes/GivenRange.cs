using System.Globalization;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Problems;

namespace ComplianceTracker.Api.Obligations.Changes;

/// <summary>Between which points a client asks: on one of the three clocks, the other two standing still.</summary>
/// <param name="Clock">The clock that moves.</param>
/// <param name="From">The first point, as given.</param>
/// <param name="To">The second point, as given, or null: now.</param>
/// <param name="Others">The clocks that stand still, as given.</param>
internal sealed record GivenRange(MovingClock Clock, string From, string? To, GivenClocks Others)
{
    private static readonly (MovingClock Clock, string From, string To, string[] Still)[] Pairs =
    [
        (MovingClock.AsOf, "from", "to", ["asOf"]),
        (MovingClock.KnownOn, "knownFrom", "knownTo", ["knownOn"]),
        (MovingClock.Position, "fromPosition", "toPosition", ["position", "recordedAt"]),
    ];

    /// <summary>The parameter that holds the first point.</summary>
    public string FromName => Pairs.Single(p => p.Clock == Clock).From;

    /// <summary>The parameter that holds the second point.</summary>
    public string ToName => Pairs.Single(p => p.Clock == Clock).To;

    /// <summary>True when both points are given and the second lies before the first.</summary>
    /// <exception cref="ApiProblem">A day is not valid.</exception>
    public bool IsReversed => Clock == MovingClock.Position
        ? long.TryParse(From, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && long.TryParse(To, NumberStyles.None, CultureInfo.InvariantCulture, out var second) && first > second
        : ClockReader.Day(FromName, From) > ClockReader.Day(ToName, To);

    /// <summary>The clocks of the second point, as given.</summary>
    public GivenClocks Second => Clock switch
    {
        MovingClock.AsOf => Others with { AsOf = To },
        MovingClock.KnownOn => Others with { KnownOn = To },
        _ => Others with { Position = To },
    };

    /// <summary>The range in the query of a request.</summary>
    /// <exception cref="ApiProblem">No pair, more than one, half of one, or a clock that the pair moves stands still.</exception>
    public static GivenRange Of(IQueryCollection query)
    {
        var given = Pairs.Where(p => query.ContainsKey(p.From) || query.ContainsKey(p.To)).ToList();
        if (given is [])
        {
            throw ApiProblem.BadParameter(
                "from",
                "Say between which points: 'from' and 'to' (legal days), 'knownFrom' and 'knownTo' (what became public), or 'fromPosition' and 'toPosition' (what was recorded).",
                [..Pairs.Select(p => p.From)]);
        }

        var pair = given[0];
        if (given is [_, var other, ..])
        {
            throw ApiProblem.BadParameter(
                other.From, $"'{pair.From}' and '{other.From}' move two clocks at once, and nobody could tell which of them changed something. Ask for one pair at a time.", pair.From);
        }

        if (pair.Still.FirstOrDefault(query.ContainsKey) is { } still)
        {
            throw ApiProblem.BadParameter(still, $"'{pair.From}' and '{pair.To}' move the clock that '{still}' would hold. Leave '{still}' out.");
        }

        return One(query, pair.From) is { } from
            ? new GivenRange(pair.Clock, from, One(query, pair.To), GivenClocks.From(query))
            : throw ApiProblem.BadParameter(pair.From, $"'{pair.To}' says where to stop; say with '{pair.From}' where to begin.", pair.From);
    }

    private static string? One(IQueryCollection query, string name) => query[name] switch
    {
        [] => null,
        [var text] => text,
        _ => throw ApiProblem.BadParameter(name, $"'{name}' was given more than once."),
    };
}

/// <summary>The clock between whose points a client asks.</summary>
internal enum MovingClock
{
    /// <summary>The legal day.</summary>
    AsOf,

    /// <summary>Public knowledge.</summary>
    KnownOn,

    /// <summary>The log.</summary>
    Position,
}

/// <summary>The parameters that <see cref="GivenRange"/> reads, for the OpenAPI document.</summary>
internal static class RangeParameters
{
    /// <summary>Says that the operation answers between two points.</summary>
    public static RouteHandlerBuilder WithRange(this RouteHandlerBuilder builder) => builder.WithParameters(
        ApiParameter.Query("from", "The first legal day.", ApiParameter.Day) with { Example = "2021-10-31" },
        ApiParameter.Query("to", "The second legal day. Left out: today in `timeZone`.", ApiParameter.Day) with { Example = "2021-11-01" },
        Form("knownFrom", "The first day of public knowledge.", ApiParameter.Day, "2021-08-01"),
        Form("knownTo", "The second day of public knowledge. Left out: today in `timeZone`.", ApiParameter.Day, "2021-11-01"),
        Form("fromPosition", "The first position of the log.", ApiParameter.Position, 1000),
        Form("toPosition", "The second position of the log. Left out: everything recorded.", ApiParameter.Position, 1261),
        Form("asOf", "The legal day of both points, where another clock moves. Left out: today in `timeZone`, or the day of the second position.", ApiParameter.Day, "2021-11-01"),
        ApiParameter.Query("knownOn", "Only what was public by this day counts at both points, where another clock moves. Left out: today in `timeZone`, or the day of the second position.", ApiParameter.Day) with { Example = "2021-11-01" });

    private static ApiParameter Form(string name, string description, Func<Microsoft.OpenApi.OpenApiSchema> schema, JsonNode form) =>
        ApiParameter.Query(name, description, schema) with { Form = form };
}
