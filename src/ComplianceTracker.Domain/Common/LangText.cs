using System.Collections.Immutable;

namespace ComplianceTracker.Domain.Common;

/// <summary>
/// A human text in one or more languages, by BCP 47 tag (<c>en</c>, <c>zh</c>). Never empty: a text nobody wrote is null.
/// Compared by content.
/// </summary>
/// <param name="ByLanguage">The texts by language tag, in the tags' ordinal order.</param>
public sealed record LangText(ImmutableSortedDictionary<string, string> ByLanguage)
{
    /// <summary>A text in English alone.</summary>
    public static LangText English(string text) =>
        new(ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("en", text));

    /// <summary>A text in English and, where it is given, in Chinese.</summary>
    public static LangText Of(string english, string? chinese) =>
        chinese is null ? English(english) : new(English(english).ByLanguage.Add("zh", chinese));

    /// <summary>The text in the language, else in English, else in the first language there is.</summary>
    public string In(string language) =>
        ByLanguage.TryGetValue(language, out var text) || ByLanguage.TryGetValue("en", out text)
            ? text
            : ByLanguage.Values.First();

    /// <summary>Compares languages and texts.</summary>
    public bool Equals(LangText? other) =>
        other is not null && ByLanguage.Count == other.ByLanguage.Count && ByLanguage.SequenceEqual(other.ByLanguage);

    /// <inheritdoc/>
    public override int GetHashCode() => ByLanguage.Aggregate(17, (hash, pair) => HashCode.Combine(hash, pair.Key, pair.Value));
}
