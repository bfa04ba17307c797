using System.Collections.Immutable;
using ComplianceTracker.Api.Feed;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Api.Consequences;

/// <summary>Puts what follows for a company into the words in which it is stored.</summary>
internal static class ConsequenceRecords
{
    /// <summary>The consequence of the step for the company.</summary>
    public static ConsequenceRecorded Of(Consequence told, CompanyProfile company, Step step)
    {
        var rule = (step.After.Find(told.ObligationId) ?? step.Before.Find(told.ObligationId))!;
        var before = step.Before.Find(told.ObligationId);
        var today = TimeZones.DateIn(rule.Zone, step.After.Instant);
        return new ConsequenceRecorded
        {
            Kind = told.Kind,
            CompanyId = company.Id,
            Obligation = ObligationSummary.Of((told.After ?? told.Before)!),
            Before = ObligationState.Of(told.Before),
            After = ObligationState.Of(told.After),
            ReplacedBy = [..told.ReplacedBy.Select(a => new Successor(ObligationSummary.Of(a), ObligationState.Of(a)!))],
            Changes = told.Changes,
            Because = told.After is { } after ? Reasons.Because(after, rule.View.Vocabulary) : Over(told.Before!, company),
            Approaching = told.Approaching,
            Cause = Cause(step, rule.Rule.History, before?.Today ?? today, today),
            Clocks = new ConsequenceClocks(today, today, rule.Zone.Id, step.Cause.Position, step.Cause.RecordedAt),
        };
    }

    /// <summary>The id of the event: the same whenever the same follows from the same.</summary>
    public static Guid IdOf(ConsequenceRecorded e, string tenant)
    {
        var what = e.Approaching is { } day ? $"{day.What}/{day.On:yyyy-MM-dd}/{day.LeadTime}" : "";
        return EventIds.Of($"{e.Cause.EventId}/{tenant}/{e.CompanyId}/{e.Obligation.Id}/{Words.Of(e.Kind)}/{what}");
    }

    private static ConsequenceCause Cause(Step step, LegalHistory history, DateOnly before, DateOnly today)
    {
        var (type, _) = CloudEvents.NameOf(step.Cause.Type);
        var (instrument, development) = step.IsClock
            ? (history.Instrument.Id, LawChanges.DecidedBy(history, before, today)?.Development)
            : (StreamIds.IdOf(step.Cause.StreamId), step.Development);
        return new ConsequenceCause(
            step.Cause.Id, type, step.Cause.Position, development is null ? null : instrument, development?.Id, development?.Source);
    }

    private static LangText Over(ObligationAnswer before, CompanyProfile company)
    {
        var name = before.History.Instrument.Name;
        var (en, zh) = company.IsArchived
            ? ("the company was archived; what applies to it is no longer followed here.", "该公司已归档，此处不再跟踪其适用的义务。")
            : ("as far as is public, nothing on record carries it any more.", "公开记录中已无此规定。");
        return LangText.Of($"{name.In("en")}, {before.Content.Provision}: {en}", $"{name.In("zh")}，{before.Content.Provision}：{zh}");
    }
}
