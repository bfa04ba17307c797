namespace ComplianceTracker.Api.BulkImport;

/// <summary>How profiles are written.</summary>
internal enum ImportFormat
{
    /// <summary>JSON Lines: one JSON object on each line.</summary>
    JsonLines,

    /// <summary>Comma-separated values (RFC 4180) with a header.</summary>
    Csv,
}

/// <summary>How formats are named.</summary>
internal static class ImportFormats
{
    /// <summary>The media types of JSON Lines, the first the usual one.</summary>
    public static readonly string[] JsonLines = ["application/jsonl", "application/x-ndjson"];

    /// <summary>The media type of CSV.</summary>
    public const string Csv = "text/csv";

    /// <summary>The format of a media type, or null.</summary>
    public static ImportFormat? OfMediaType(string? mediaType) =>
        JsonLines.Contains(mediaType, StringComparer.OrdinalIgnoreCase) ? ImportFormat.JsonLines
        : Csv.Equals(mediaType, StringComparison.OrdinalIgnoreCase) ? ImportFormat.Csv
        : null;

    /// <summary>The format that a file's name ends on, or null.</summary>
    public static ImportFormat? OfFile(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".jsonl" or ".ndjson" => ImportFormat.JsonLines,
        ".csv" => ImportFormat.Csv,
        _ => null,
    };
}
