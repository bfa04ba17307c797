using System.Text.Json.Serialization;

namespace ComplianceTracker.Api.Problems;

/// <summary>An error, as RFC 9457 lays it out.</summary>
public sealed record ProblemBody
{
    /// <summary>The kind of problem: a URI at which it is documented.</summary>
    public required string Type { get; init; }

    /// <summary>What the kind of problem is, the same for every occurrence.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What was wrong this time and what would be right.</summary>
    public required string Detail { get; init; }

    /// <summary>The path that was asked.</summary>
    public required string Instance { get; init; }

    /// <summary>Where in the body, as a JSON Pointer (RFC 6901).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Pointer { get; init; }

    /// <summary>Which parameter of the path, the query or the headers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Parameter { get; init; }

    /// <summary>The line of an expression, from 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Line { get; init; }

    /// <summary>The column in that line, from 1, in UTF-16 code units.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Column { get; init; }

    /// <summary>What would be right there: names, values or kinds of thing, the best first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Expected { get; init; }

    /// <summary>The id under which the service logged the request.</summary>
    public required string TraceId { get; init; }
}
