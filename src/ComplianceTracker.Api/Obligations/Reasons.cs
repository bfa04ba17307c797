using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.Obligations;

/// <summary>Says why, in a sentence a person understands: from the record's and the vocabulary's own words, never from code names.</summary>
internal static class Reasons
{
    // More would be no sentence any more; the trace has them all.
    private const int MostParts = 6;

    /// <summary>Why the answer is what it is.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="vocabulary">Where facts are described.</param>
    /// <param name="deciding">The parts of the condition that decided, with what each came to; left out: a list has no room for them.</param>
    public static LangText Because(ObligationAnswer answer, FactVocabulary vocabulary, IReadOnlyList<(Expression Part, Truth Result)>? deciding = null) =>
        LangText.Of(English(answer, vocabulary) + InEnglish(answer, vocabulary, deciding), Chinese(answer, vocabulary) + InChinese(answer, vocabulary, deciding));

    /// <summary>The day on which a draft first carried it, or null: none did.</summary>
    public static DateOnly? ProposedOn(ObligationAnswer answer) =>
        answer.History.Drafts.Select(d => d.Lapsed ? null : (DateOnly?)d.On).FirstOrDefault(d => d is not null);

    private static string English(ObligationAnswer answer, FactVocabulary vocabulary)
    {
        var name = answer.History.Instrument.Name.In("en");
        var when = answer.Content.AppliesWhen?.In("en").TrimEnd('.');
        var applies = (answer.Applies, when) switch
        {
            (Truth.Yes, null) => "the company meets its condition",
            (Truth.Yes, _) => $"the company meets its condition ({when})",
            (Truth.No, null) => "the company does not meet its condition",
            (Truth.No, _) => $"the company does not meet its condition ({when})",
            _ when OnlyTheStartIsOpen(answer) => $"its start depends on a day that the company has not told: {Missing(answer, vocabulary, "en", "“{0}”", "; ")}",
            _ => $"it is not known whether the company meets its condition{(when is null ? "" : $" ({when})")}; still to be answered: {Missing(answer, vocabulary, "en", "“{0}”", "; ")}",
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
        Stage.InForce => $"in force {(OnlyTheStartIsOpen(answer) ? "in general " : "")}since {Day(answer.From)}{(answer.To is { } to ? $" through {Day(to.AddDays(-1))}" : "")}{(answer.EnforcementPaused ? ", but enforcement is paused" : "")}",
        Stage.Suspended => $"suspended{(answer.SuspendedUntil is { } until ? $" through {Day(until.AddDays(-1))}" : " until further notice")}",
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
            _ when OnlyTheStartIsOpen(answer) => $"开始日期取决于企业尚未提供的日期：{Missing(answer, vocabulary, "zh", "“{0}”", "、")}",
            _ => $"无法确定企业是否符合适用条件，尚待回答：{Missing(answer, vocabulary, "zh", "“{0}”", "、")}",
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
        Stage.InForce => $"{(OnlyTheStartIsOpen(answer) ? "一般" : "")}自{Day(answer.From)}起有效{(answer.To is { } to ? $"，至{Day(to.AddDays(-1))}止" : "")}{(answer.EnforcementPaused ? "，但目前暂停执法" : "")}",
        Stage.Suspended => answer.SuspendedUntil is { } until ? $"中止适用，至{Day(until.AddDays(-1))}止" : "中止适用，恢复日期未定",
        Stage.Ended when answer.From is null => $"未开始适用即于{Day(answer.To)}废止",
        Stage.Ended => $"已终止，最后适用日为{Day(answer.To?.AddDays(-1))}",
        _ => throw new InvalidOperationException($"No words for {answer.Stage}."),
    };

    private static string InEnglish(ObligationAnswer answer, FactVocabulary vocabulary, IReadOnlyList<(Expression Part, Truth Result)>? deciding) =>
        answer.Applies == Truth.Unknown || deciding is not { Count: > 0 }
            ? ""
            : $" What decides is that {Parts(deciding, vocabulary, "en", "; that ")}{(deciding.Count > MostParts ? $"; and {deciding.Count - MostParts} more" : "")}.";

    private static string InChinese(ObligationAnswer answer, FactVocabulary vocabulary, IReadOnlyList<(Expression Part, Truth Result)>? deciding) =>
        answer.Applies == Truth.Unknown || deciding is not { Count: > 0 }
            ? ""
            : $"起决定作用的是：{Parts(deciding, vocabulary, "zh", "；")}{(deciding.Count > MostParts ? $"；另有{deciding.Count - MostParts}项" : "")}。";

    private static string Parts(IReadOnlyList<(Expression Part, Truth Result)> deciding, FactVocabulary vocabulary, string language, string separator) =>
        string.Join(separator, deciding.Take(MostParts).Select(d => ConditionText.In(language, d.Part, vocabulary, denied: d.Result == Truth.No)));

    private static string Missing(ObligationAnswer answer, FactVocabulary vocabulary, string language, string quoted, string separator) =>
        string.Join(separator, answer.MissingFacts.Select(f => string.Format(quoted, vocabulary.Find(f)?.Description.In(language).TrimEnd('.', '。') ?? f)));

    // The condition holds then; what is unknown is from which day on it binds this company.
    private static bool OnlyTheStartIsOpen(ObligationAnswer answer) =>
        answer.Content.RelativeStart is { } relative && answer.MissingFacts is [var only] && only == relative.Fact;

    private static string Day(DateOnly? day) => $"{day:yyyy-MM-dd}";
}
