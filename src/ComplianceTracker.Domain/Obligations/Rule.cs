using System.Collections.Immutable;
using ComplianceTracker.Domain.Conditions;

namespace ComplianceTracker.Domain.Obligations;

/// <summary>An obligation's legal history with its conditions ready to be asked.</summary>
/// <param name="History">What the counted developments say.</param>
/// <param name="Conditions">One condition for each piece of <see cref="LegalHistory.Contents"/>.</param>
/// <param name="FactNames">Every fact that some day's condition or relative start reads, ordinal.</param>
public sealed record Rule(LegalHistory History, ImmutableArray<Condition> Conditions, ImmutableArray<string> FactNames)
{
    /// <summary>Compiles the conditions of the history.</summary>
    /// <param name="history">The history.</param>
    /// <param name="compile">Compiles a text that was accepted when it was recorded; a cache may stand behind it.</param>
    public static Rule Of(LegalHistory history, Func<string, Condition> compile)
    {
        var conditions = history.Contents.Select(piece => compile(piece.Content.Condition)).ToImmutableArray();
        var relative = history.Contents.Select(p => p.Content.RelativeStart?.Fact).OfType<string>();
        return new Rule(
            history,
            conditions,
            [..conditions.SelectMany(c => c.FactNames).Concat(relative).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }
}
