using System.Collections.Immutable;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Obligations;

/// <summary>An obligation's legal history with its conditions ready to be asked.</summary>
/// <param name="History">What the counted developments say.</param>
/// <param name="Conditions">One condition for each piece of <see cref="LegalHistory.Contents"/>.</param>
/// <param name="FactNames">Every fact that some day's condition or relative start reads, ordinal.</param>
public sealed record Rule(LegalHistory History, ImmutableArray<Condition> Conditions, ImmutableArray<string> FactNames)
{
    /// <summary>Compiles the conditions of the history.</summary>
    /// <param name="history">The history.</param>
    /// <param name="vocabulary">The vocabulary that the conditions were, or would be, recorded under.</param>
    /// <param name="compile">Compiles a text that was accepted before; a cache may stand behind it.</param>
    /// <exception cref="InvalidOperationException">A condition of the record does not compile, which recording rules out.</exception>
    public static Rule Of(LegalHistory history, FactVocabulary vocabulary, Func<string, FactVocabulary, Condition> compile)
    {
        var conditions = history.Contents.Select(piece => compile(piece.Content.Condition, vocabulary)).ToImmutableArray();
        var relative = history.Contents.Select(p => p.Content.RelativeStart?.Fact).OfType<string>();
        return new Rule(
            history,
            conditions,
            [..conditions.SelectMany(c => c.FactNames).Concat(relative).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }
}
