using System.Text.RegularExpressions;

namespace ComplianceTracker.Domain.Common;

/// <summary>Ids that people and streams share: lower-case letters, digits and inner hyphens, dots or underscores.</summary>
public static partial class Slug
{
    /// <summary>The longest id, in characters.</summary>
    public const int MaxLength = 120;

    /// <summary>What an id looks like, for error messages.</summary>
    public const string Description = "lower-case letters, digits, '-', '.' and '_', starting and ending with a letter or digit, at most 120 characters";

    /// <summary>True for a well-formed id.</summary>
    public static bool IsValid(string? text) => text is { Length: > 0 and <= MaxLength } && Form().IsMatch(text);

    [GeneratedRegex(@"\A[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
