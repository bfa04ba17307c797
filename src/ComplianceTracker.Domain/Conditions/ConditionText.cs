using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>
/// Says a condition, or a part of one, in plain words made of the vocabulary's own descriptions: a person reads it who has never
/// seen the name of a fact. The texts are for reading; the condition stays what decides.
/// </summary>
public static class ConditionText
{
    /// <summary>The languages it can speak, ordinal; any other is answered in English.</summary>
    public static ImmutableArray<string> Languages { get; } = ["en", "zh"];

    /// <summary>The expression in every language it can speak.</summary>
    /// <param name="expression">A tree that is well-typed under the vocabulary, or a part of one.</param>
    /// <param name="vocabulary">Where facts and values are described.</param>
    /// <param name="denied">True to say the opposite of a truth, in positive words where there are any ("is less than").</param>
    public static LangText Of(Expression expression, FactVocabulary vocabulary, bool denied = false) =>
        new(Languages.ToImmutableSortedDictionary(l => l, l => In(l, expression, vocabulary, denied), StringComparer.Ordinal));

    /// <summary>The expression in one language: a clause for a truth, else a noun.</summary>
    /// <inheritdoc cref="Of" path="/param"/>
    public static string In(string language, Expression expression, FactVocabulary vocabulary, bool denied = false) =>
        new Wording(PlainWords.In(language), vocabulary).Clause(expression, denied);

    /// <summary>What a fact is, as a noun: "the number of …", or its description in quotation marks.</summary>
    public static string Noun(string language, FactDefinition fact) => PlainWords.In(language).Noun(fact);

    /// <summary>A value of a fact with its label, unit or place; a set as a list of these.</summary>
    public static string Value(string language, FactDefinition fact, FactValue value) => PlainWords.In(language).Value(fact, value);
}
