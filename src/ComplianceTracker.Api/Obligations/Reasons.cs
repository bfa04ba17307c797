using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.Obligations;

/// <summary>Says why, in a sentence a person understands: from the record's and the vocabulary's own words, never from code names.</summary>
internal static class Reasons
{
    /// <summary>Why the answer is what it is.</summary>
    public static LangText Because(ObligationAnswer answer, FactVocabulary vocabulary) =>
        LangText.Of(English(answer, vocabulary), Chinese(answer, vocabulary));

    private static string English(ObligationAnswer answer, FactVocabulary vocabulary)
    {
        var name = answer.History.Instrument.Name.In("en");
        var when = answer.Content.AppliesWhen?.In("en");
        var applies = (answer.Applies, when) switch
        {
            (Truth.Yes, null) => "the company meets its condition",
            (Truth.Yes, _) => $"the company meets its condition ({when})",
            (Truth.No, null) => "the company does not meet its condition",
            (Truth.No, _) => $"the company does not meet its condition ({when})",
            _ => $"it is not known whether the company meets its condition{(when is null ? "" : $" ({when})")}; missing: {Missing(answer, vocabulary, "en", "; ")}",
        };
        return $"{name}, {answer.Content.Provision}: {StageInEnglish(answer)}; {applies}.";
    }

    private static string StageInEnglish(ObligationAnswer answer) => answer.Stage switch
    {
        Stage.Proposed => $"a public draft carries it since {Day(ProposedOn(answer))} and it is not enacted",
        Stage.Lapsed => "the draft that carried it came to nothing",
        Stage.Upcoming when answer.From is { } from => $"enacted on {Day(answer.History.EnactedOn)}, it applies from {Day(from)}",
        Stage.Upcoming when answer.To is { } to => $"enacted on {Day(answer.History.EnactedOn)}, it leaves the books on {Day(to)} without having begun",
        Stage.Upcoming when answer.FromLatest is { } latest => $"enacted on {Day(answer.History.EnactedOn)}, its start is not fixed but no later than {Day(latest)}",
        Stage.Upcoming => $"enacted on {Day(answer.History.EnactedOn)}, its start is not fixed",
        Stage.InForce => $"in force since {Day(answer.From)}{(answer.EnforcementPaused ? ", enforcement paused" : "")}{(answer.To is { } to ? $", until {Day(to.AddDays(-1))}" : "")}",
        Stage.Suspended => $"suspended{(answer.SuspendedUntil is { } until ? $" until {Day(until.AddDays(-1))}" : " until further notice")}",
        Stage.Ended when answer.From is null => $"it left the books on {Day(answer.To)} without having begun",
        Stage.Ended => $"it ended; {Day(answer.To?.AddDays(-1))} was its last day",
        _ => throw new InvalidOperationException($"No words for {answer.Stage}."),
    };

    private static string Chinese(ObligationAnswer answer, FactVocabulary vocabulary)
    {
        var name = answer.History.Instrument.Name.In("zh");
        var applies = answer.Applies switch
        {
            Truth.Yes => "企业符合适用条件",
            Truth.No => "企业不符合适用条件",
            _ => $"无法确定企业是否符合适用条件，缺少：{Missing(answer, vocabulary, "zh", "；")}",
        };
        return $"{name}，{answer.Content.Provision}：{StageInChinese(answer)}；{applies}。";
    }

    private static string StageInChinese(ObligationAnswer answer) => answer.Stage switch
    {
        Stage.Proposed => $"自{Day(ProposedOn(answer))}起见于公开草案，尚未通过",
        Stage.Lapsed => "草案已失效",
        Stage.Upcoming when answer.From is { } from => $"{Day(answer.History.EnactedOn)}通过，自{Day(from)}起适用",
        Stage.Upcoming when answer.To is { } to => $"{Day(answer.History.EnactedOn)}通过，未开始适用即于{Day(to)}废止",
        Stage.Upcoming when answer.FromLatest is { } latest => $"{Day(answer.History.EnactedOn)}通过，开始日期未定，最迟{Day(latest)}",
        Stage.Upcoming => $"{Day(answer.History.EnactedOn)}通过，开始日期未定",
        Stage.InForce => $"自{Day(answer.From)}起有效{(answer.EnforcementPaused ? "，暂停执法" : "")}{(answer.To is { } to ? $"，至{Day(to.AddDays(-1))}止" : "")}",
        Stage.Suspended => answer.SuspendedUntil is { } until ? $"中止适用，至{Day(until.AddDays(-1))}止" : "中止适用，恢复日期未定",
        Stage.Ended when answer.From is null => $"未开始适用即于{Day(answer.To)}废止",
        Stage.Ended => $"已终止，最后适用日为{Day(answer.To?.AddDays(-1))}",
        _ => throw new InvalidOperationException($"No words for {answer.Stage}."),
    };

    private static string Missing(ObligationAnswer answer, FactVocabulary vocabulary, string language, string separator) =>
        string.Join(separator, answer.MissingFacts.Select(f => vocabulary.Find(f)?.Description.In(language).TrimEnd('.', '。') ?? f));

    private static DateOnly? ProposedOn(ObligationAnswer answer) =>
        answer.History.Drafts.Select(d => d.Lapsed ? null : (DateOnly?)d.On).FirstOrDefault(d => d is not null);

    private static string Day(DateOnly? day) => $"{day:yyyy-MM-dd}";
}
