using System.Text.RegularExpressions;

namespace ComplianceTracker.Domain.Common;

/// <summary>Jurisdiction codes: ISO 3166-1 alpha-2, ISO 3166-2, and <c>EU</c> as a code of its own.</summary>
public static partial class Jurisdiction
{
    /// <summary>What a code looks like, for error messages.</summary>
    public const string Description = "an ISO 3166-1 alpha-2 or ISO 3166-2 code such as CN, CN-NM or US-CA, or EU";

    /// <summary>True for a well-formed code; whether such a place exists is not checked.</summary>
    public static bool IsValid(string? code) => code is not null && Form().IsMatch(code);

    /// <summary>True when the part is the place itself or a subdivision of it (<c>CN-NM</c> lies within <c>CN</c>).</summary>
    public static bool IsWithin(string part, string whole) =>
        part.StartsWith(whole, StringComparison.Ordinal) && (part.Length == whole.Length || part[whole.Length] == '-');

    [GeneratedRegex(@"\A[A-Z]{2}(?:-[A-Z0-9]{1,3})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
