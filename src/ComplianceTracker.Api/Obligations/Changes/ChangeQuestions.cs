using System.Globalization;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Companies;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Changes;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Explanations;

namespace ComplianceTracker.Api.Obligations.Changes;

/// <summary>Settles between which points a client asks and gathers what answers it there.</summary>
internal sealed class ChangeQuestions(CompanyAnswers answers, InstrumentCatalogue catalogue, CompanyStreams companies, ClockReader clocks)
{
    /// <summary>The question of a first page.</summary>
    /// <exception cref="ApiProblem">A clock is not valid, the points are reversed, or the company is not on record at the second.</exception>
    public async Task<ChangeQuestion> AskAsync(string companyId, GivenRange range, CancellationToken cancellationToken)
    {
        // Where both points are given this needs no look at the record, which may not reach back to them.
        CheckOrder(range, range.IsReversed);
        var second = await NamedAsync(range.ToName, () => answers.AskAsync(companyId, range.Second, cancellationToken));
        var to = new PointBody(second.Clocks.AsOf, second.Clocks.KnownOn, second.RecordedAt, second.Position);
        var from = await FirstAsync(range, second, to, cancellationToken);
        CheckOrder(range, from.AsOf > to.AsOf || from.KnownOn > to.KnownOn || from.Position > to.Position);
        return await GatherAsync(companyId, from, to, second, cancellationToken);
    }

    /// <summary>The question that a cursor goes on with.</summary>
    public async Task<ChangeQuestion> AskAsync(string companyId, string pinned, CancellationToken cancellationToken)
    {
        var (from, to, zone) = ChangeQuestion.Pinned(pinned);
        var given = new GivenClocks(
            to.AsOf.ToString("yyyy-MM-dd"), to.KnownOn.ToString("yyyy-MM-dd"), null, to.Position.ToString(CultureInfo.InvariantCulture), zone);
        return await GatherAsync(companyId, from, to, await answers.AskAsync(companyId, given, cancellationToken), cancellationToken);
    }

    private async Task<PointBody> FirstAsync(GivenRange range, CompanyQuestion second, PointBody to, CancellationToken cancellationToken)
    {
        switch (range.Clock)
        {
            case MovingClock.AsOf:
                return to with { AsOf = ClockReader.Day(range.FromName, range.From)!.Value };
            case MovingClock.KnownOn:
                return to with { KnownOn = ClockReader.Day(range.FromName, range.From)!.Value };
            default:
                var given = new GivenClocks(null, null, null, range.From, second.Clocks.TimeZone);
                var asked = await NamedAsync(range.FromName, () => clocks.ReadAsync(given, null, cancellationToken));
                return to with { Position = asked.Position!.Value, RecordedAt = asked.PositionRecordedAt };
        }
    }

    private async Task<ChangeQuestion> GatherAsync(string companyId, PointBody from, PointBody to, CompanyQuestion second, CancellationToken cancellationToken)
    {
        var (now, declarations) = await companies.DeclaredAsync(StreamIds.DefaultTenant, companyId, to.Position, cancellationToken);
        var was = from.Position == to.Position ? now : await companies.AtAsync(StreamIds.DefaultTenant, companyId, from.Position, cancellationToken);
        var first = catalogue.View(await catalogue.ThroughAsync(to.Position, cancellationToken), from.KnownOn, from.Position);
        return new ChangeQuestion(
            companyId, from, to, second.Clocks.TimeZone, second.View, first, declarations, Point(from, was.Profile, first), Point(to, now.Profile, second.View));
    }

    private static ChangePoint Point(PointBody point, CompanyProfile? company, CatalogueView view) => new(
        point.AsOf,
        company,
        view.Index,
        view.Rules.ToDictionary(r => r.History.ObligationId, r => r.Rule, StringComparer.Ordinal),
        instrument => view.InstrumentById.TryGetValue(instrument, out var counted) ? counted.Counted : []);

    private static void CheckOrder(GivenRange range, bool isReversed)
    {
        if (isReversed)
        {
            throw ApiProblem.BadParameter(
                range.ToName,
                range.To is { } to
                    ? $"'{range.ToName}' ({to}) lies before '{range.FromName}' ({range.From}); exchange them."
                    : $"'{range.FromName}' ({range.From}) lies after now, which '{range.ToName}' is when it is left out; give a later '{range.ToName}'.");
        }
    }

    // What is wrong with a point is told by the parameter that named it.
    private static async Task<T> NamedAsync<T>(string name, Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (ApiProblem problem) when ((name, problem.Parameter) is ("to", "asOf") or ("knownTo", "knownOn") or ("toPosition" or "fromPosition", "position"))
        {
            throw ApiProblem.BadParameter(name, problem.Message, problem.Expected);
        }
    }
}

/// <summary>A question about one company between two points, with everything that answers it.</summary>
/// <param name="CompanyId">The company.</param>
/// <param name="From">The first point.</param>
/// <param name="To">The second point.</param>
/// <param name="TimeZone">The time zone of the default days.</param>
/// <param name="View">The law as counted at the second point.</param>
/// <param name="Earlier">The law as counted at the first point.</param>
/// <param name="Declarations">What the company's facts go back to at the second point.</param>
/// <param name="First">The company at the first point.</param>
/// <param name="Second">The company at the second point.</param>
internal sealed record ChangeQuestion(
    string CompanyId,
    PointBody From,
    PointBody To,
    string TimeZone,
    CatalogueView View,
    CatalogueView Earlier,
    Declarations Declarations,
    ChangePoint First,
    ChangePoint Second)
{
    /// <summary>Both points, as cursors hold them.</summary>
    public string Pin => $"{Text(From)} {Text(To)} {TimeZone}";

    /// <summary>The points that a cursor holds.</summary>
    public static (PointBody From, PointBody To, string TimeZone) Pinned(string pin) =>
        pin.Split(' ') is [var a, var b, var c, var d, var e, var f, var g, var h, var zone]
            ? (Read(a, b, c, d), Read(e, f, g, h), zone)
            : throw ApiProblem.BadParameter("cursor", "The cursor is not one that this list gave; begin again without it.");

    private static string Text(PointBody point) =>
        string.Create(CultureInfo.InvariantCulture, $"{point.AsOf:yyyy-MM-dd} {point.KnownOn:yyyy-MM-dd} {point.Position} {(point.RecordedAt is { } at ? at.ToString("O", CultureInfo.InvariantCulture) : "-")}");

    private static PointBody Read(string asOf, string knownOn, string position, string recordedAt) => new(
        DateOnly.ParseExact(asOf, "yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateOnly.ParseExact(knownOn, "yyyy-MM-dd", CultureInfo.InvariantCulture),
        recordedAt == "-" ? null : DateTimeOffset.ParseExact(recordedAt, "O", CultureInfo.InvariantCulture),
        long.Parse(position, CultureInfo.InvariantCulture));
}
