using System.Collections.Immutable;

namespace ComplianceTracker.Domain.Common;

/// <summary>
/// How much the record takes, far beyond what law and companies need: a mistaken or hostile client must not make a stream so large
/// that nobody can read it any more. Lengths are in UTF-16 code units.
/// </summary>
public static class RecordLimits
{
    /// <summary>The longest text in one language.</summary>
    public const int TextLength = 10_000;

    /// <summary>The longest name, citation, source or other text without language.</summary>
    public const int LineLength = 2_000;

    /// <summary>The most languages of one text.</summary>
    public const int Languages = 20;

    /// <summary>The most entries of a list of texts.</summary>
    public const int ListEntries = 500;

    /// <summary>The most developments of one instrument.</summary>
    public const int Developments = 10_000;

    /// <summary>The most effects of one development.</summary>
    public const int Effects = 1_000;

    /// <summary>The most facts declared at once.</summary>
    public const int FactsAtOnce = 5_000;

    /// <summary>The most values with their days that one company's profile holds.</summary>
    public const int FactPieces = 5_000;

    /// <summary>The most facts of the vocabulary.</summary>
    public const int Facts = 5_000;

    /// <summary>The most values that one fact lists.</summary>
    public const int FactValues = 2_000;

    internal static Rejection? Line(string? text, string at) => text?.Length > LineLength
        ? Exceeded(at, $"A text here has at most {LineLength} characters; this has {text.Length}.")
        : null;

    internal static Rejection? Text(LangText? text, string at)
    {
        if (text is null)
        {
            return null;
        }

        return text.ByLanguage.Count > Languages
            ? Exceeded(at, $"A text has at most {Languages} languages; this has {text.ByLanguage.Count}.")
            : text.ByLanguage
                .Where(t => t.Value.Length > TextLength)
                .Select(t => Exceeded(at, $"A text has at most {TextLength} characters in each language; the one in '{t.Key}' has {t.Value.Length}."))
                .FirstOrDefault();
    }

    internal static Rejection? Lines(ImmutableArray<string> texts, string at) =>
        Count(texts.Length, ListEntries, "entries", at)
        ?? texts.Select((text, i) => Line(text, $"{at}/{i}")).FirstOrDefault(r => r is not null);

    internal static Rejection? Count(int count, int most, string what, string at) => count > most
        ? Exceeded(at, $"At most {most} {what}; these are {count}.")
        : null;

    private static Rejection Exceeded(string at, string detail) => new(RejectionCode.LimitExceeded, detail, at);
}
