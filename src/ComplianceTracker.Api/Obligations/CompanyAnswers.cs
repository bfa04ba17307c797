using System.Collections.Immutable;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Companies;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Explanations;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Obligations;

/// <summary>
/// Answers what obligations mean to a company. The newest state comes from the register; past positions, knowledge that
/// differs from the register's, and companies the register has not reached are computed by the same pure function.
/// </summary>
internal sealed class CompanyAnswers(
    IEventStore store, InstrumentCatalogue catalogue, CompanyStreams companies, RegisterReader register, ClockReader clocks, SettledLog settled)
{
    /// <summary>Everything needed to answer about one company on one set of clocks.</summary>
    /// <exception cref="ApiProblem">A clock is not valid, or the company is not registered, not yet by then, or archived.</exception>
    public async Task<CompanyQuestion> AskAsync(string companyId, GivenClocks given, CancellationToken cancellationToken)
    {
        if (given.RecordedAt is null && given.Position is null
            && await register.FindAsync(StreamIds.DefaultTenant, companyId, cancellationToken) is { } row)
        {
            var asked = await clocks.ReadAsync(given, row.TimeZone, cancellationToken);
            return row.IsArchived ? throw Archived(companyId) : await FromRegisterAsync(row, asked, cancellationToken);
        }

        return await FromLogAsync(companyId, given, cancellationToken);
    }

    /// <summary>The same for what is not on record: a company with other facts, or a profile from nothing, and law that has not happened.</summary>
    /// <param name="companyId">The company to start from, or null.</param>
    /// <param name="given">The clocks as the client gave them.</param>
    /// <param name="change">Makes the profile, given the company's (or null) and the vocabulary of the position.</param>
    /// <param name="developments">What is supposed to happen, and to which instruments.</param>
    /// <param name="cancellationToken">Ends the look-ups.</param>
    /// <returns>The question, and the same about what is on record: the company's own facts (or the profile from nothing) and the law as it is.</returns>
    public async Task<(CompanyQuestion Supposed, CompanyQuestion Actual)> SupposeAsync(
        string? companyId,
        GivenClocks given,
        Func<CompanyProfile?, FactVocabulary, CompanyProfile> change,
        IReadOnlyList<(string InstrumentId, Development Development)> developments,
        CancellationToken cancellationToken)
    {
        var asked = await clocks.ReadAsync(given, null, cancellationToken);
        var position = asked.Position ?? await HeadAsync(companyId, cancellationToken);
        var profile = companyId is null ? null : await RequireAsync(companyId, asked, position, cancellationToken);
        asked = clocks.InZone(asked, given, profile?.TimeZone);
        var knowing = asked.Knowing(given, developments.Select(d => d.Development));
        var log = await catalogue.ThroughAsync(position, cancellationToken);
        var law = catalogue.View(log, knowing.KnownOn, position);
        var supposed = developments.Count == 0 ? law : catalogue.Law(log, developments, knowing.KnownOn, position);
        var changed = change(profile, law.Vocabulary);
        return (
            await ComputeAsync(companyId, knowing, position, supposed, changed, cancellationToken),
            await ComputeAsync(companyId, knowing, position, law, profile ?? changed, cancellationToken));
    }

    /// <summary>What explains the answer for one obligation.</summary>
    public async Task<Explaining> ExplainingAsync(CompanyQuestion question, RuleView rule, ObligationAnswer answer, CancellationToken cancellationToken)
    {
        var (state, declarations) = await companies.DeclaredAsync(StreamIds.DefaultTenant, question.CompanyId!, question.Position, cancellationToken);
        return new Explaining(new DayRule(rule.Rule, question.Clocks.AsOf), answer, state.Profile!, declarations, question.View.Index);
    }

    /// <summary>The company's facts on the day asked about.</summary>
    public async Task<FactFrame> FactsAsync(CompanyQuestion question, CancellationToken cancellationToken)
    {
        var state = await companies.AtAsync(StreamIds.DefaultTenant, question.CompanyId!, question.Position, cancellationToken);
        return new CompanyFrames(state.Profile!, question.View.Index).On(question.Clocks.AsOf);
    }

    private async Task<CompanyQuestion> FromRegisterAsync(RegisterRow row, QuestionClocks asked, CancellationToken cancellationToken)
    {
        var log = await catalogue.ThroughAsync(row.Position, cancellationToken);
        var view = catalogue.View(log, asked.KnownOn, row.Position);
        var projected = catalogue.View(log, DateOnly.MaxValue, row.Position);
        var differing = view.DifferingFrom(projected);
        CompanyFrames? frames = null;
        if (differing.Count > 0)
        {
            var state = await companies.AtAsync(StreamIds.DefaultTenant, row.CompanyId, row.Position, cancellationToken);
            frames = new CompanyFrames(state.Profile!, view.Index);
        }

        return new CompanyQuestion(row.CompanyId, asked, view, row.Position, asked.RecordedAt ?? row.RecordedAt, rule =>
            frames is not null && differing.Contains(rule)
                ? Applicability.Intervals(rule.Rule, frames)
                : row.Intervals.GetValueOrDefault(rule.History.ObligationId, []));
    }

    private async Task<CompanyQuestion> FromLogAsync(string companyId, GivenClocks given, CancellationToken cancellationToken)
    {
        // The time zone of the defaults is the profile's as recorded by the position, which the clocks name: read them first without it.
        var asked = await clocks.ReadAsync(given, null, cancellationToken);
        var position = asked.Position ?? await HeadAsync(companyId, cancellationToken);
        var profile = await RequireAsync(companyId, asked, position, cancellationToken);
        asked = clocks.InZone(asked, given, profile.TimeZone);
        var log = await catalogue.ThroughAsync(position, cancellationToken);
        return await ComputeAsync(companyId, asked, position, catalogue.View(log, asked.KnownOn, position), profile, cancellationToken);
    }

    private async Task<CompanyQuestion> ComputeAsync(
        string? companyId, QuestionClocks asked, long position, CatalogueView view, CompanyProfile profile, CancellationToken cancellationToken)
    {
        var frames = new CompanyFrames(profile, view.Index);
        var recordedAt = asked.RecordedAt
            ?? (asked.Position is null ? await store.RecordedAtOfAsync(position, cancellationToken) : asked.PositionRecordedAt);
        return new CompanyQuestion(companyId, asked, view, position, recordedAt, rule => Applicability.Intervals(rule.Rule, frames));
    }

    // An acknowledged company is never missing: its registration may wait for an older transaction to be settled.
    private async Task<long> HeadAsync(string? companyId, CancellationToken cancellationToken)
    {
        var head = await store.HeadAsync(cancellationToken);
        return companyId is not null && await companies.RegisteredAtAsync(StreamIds.DefaultTenant, companyId, cancellationToken) is { } registered && registered > head
            ? await settled.ReachAsync(registered, cancellationToken)
            : head;
    }

    private async Task<CompanyProfile> RequireAsync(string companyId, QuestionClocks asked, long position, CancellationToken cancellationToken)
    {
        var profile = (await companies.AtAsync(StreamIds.DefaultTenant, companyId, position, cancellationToken)).Profile
            ?? throw await NotFoundAsync(companyId, asked, position, cancellationToken);
        return profile.IsArchived ? throw Archived(companyId) : profile;
    }

    private async Task<ApiProblem> NotFoundAsync(string companyId, QuestionClocks asked, long position, CancellationToken cancellationToken)
    {
        var later = asked.Position is not null && await companies.ExistsAsync(StreamIds.DefaultTenant, companyId, cancellationToken);
        return new ApiProblem(
            ProblemTypes.CompanyNotFound,
            later
                ? $"The company '{companyId}' was not yet registered at position {position}{(asked.RecordedAt is { } at ? $" ({at:yyyy-MM-dd'T'HH:mm:ss'Z'})" : "")}."
                : $"No company is registered as '{companyId}'.");
    }

    private static ApiProblem Archived(string companyId) =>
        new(ProblemTypes.Archived, $"The company '{companyId}' was archived; ask with an earlier position or recordedAt for what applied to it.");
}

/// <summary>A question about one company, with everything that answers it.</summary>
/// <param name="CompanyId">The company; null for a profile from nothing.</param>
/// <param name="Clocks">The clocks, settled.</param>
/// <param name="View">The law as counted.</param>
/// <param name="Position">The log position that the answer shows.</param>
/// <param name="RecordedAt">When that position was recorded, or the instant asked for; null in an empty log.</param>
/// <param name="IntervalsOf">When a rule applies or may apply to the company.</param>
internal sealed record CompanyQuestion(
    string? CompanyId,
    QuestionClocks Clocks,
    CatalogueView View,
    long Position,
    DateTimeOffset? RecordedAt,
    Func<RuleView, ImmutableArray<ApplicabilityInterval>> IntervalsOf)
{
    /// <summary>The answer for one obligation, or null: nothing counted carries the rule.</summary>
    public ObligationAnswer? Answer(RuleView rule) => ObligationAnswer.On(rule.History, IntervalsOf(rule), Clocks.AsOf);
}
