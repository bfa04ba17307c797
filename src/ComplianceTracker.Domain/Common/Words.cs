using System.Text;

namespace ComplianceTracker.Domain.Common;

/// <summary>The written form of enumerations: kebab-case, in answers, in stored events and in messages alike.</summary>
public static class Words
{
    /// <summary>The written form of a value: <c>DraftPublished</c> is <c>draft-published</c>.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => Table<T>.Written[value];

    /// <summary>Every written form, in the order of declaration.</summary>
    public static IReadOnlyCollection<string> All<T>()
        where T : struct, Enum => Table<T>.Read.Keys;

    /// <summary>Reads a written form; the case counts.</summary>
    public static bool TryParse<T>(string? text, out T value)
        where T : struct, Enum
    {
        value = default;
        return text is not null && Table<T>.Read.TryGetValue(text, out value);
    }

    private static string Kebab(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
            {
                text.Append('-');
            }

            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }

    private static class Table<T>
        where T : struct, Enum
    {
        public static readonly Dictionary<T, string> Written = Enum.GetValues<T>().ToDictionary(v => v, v => Kebab(v.ToString()));

        public static readonly Dictionary<string, T> Read = Written.ToDictionary(p => p.Value, p => p.Key, StringComparer.Ordinal);
    }
}
