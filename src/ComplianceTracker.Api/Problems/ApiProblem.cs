using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;

namespace ComplianceTracker.Api.Problems;

/// <summary>A problem as it happened: thrown anywhere in a request and answered as RFC 9457 says, in one place.</summary>
internal sealed class ApiProblem(ProblemType type, string detail) : Exception(detail)
{
    /// <summary>What kind of problem.</summary>
    public ProblemType Type { get; } = type;

    /// <summary>Where in the body, as a JSON Pointer, or null.</summary>
    public string? Pointer { get; init; }

    /// <summary>Which parameter, or null.</summary>
    public string? Parameter { get; init; }

    /// <summary>What would be right there.</summary>
    public ImmutableArray<string> Expected { get; init; } = [];

    /// <summary>The line in the text at fault, from 1, or null.</summary>
    public int? Line { get; init; }

    /// <summary>The column in that line, from 1, or null.</summary>
    public int? Column { get; init; }

    /// <summary>Seconds after which to ask again, or null.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The problem of a refused command.</summary>
    public static ApiProblem Of(Rejection rejection) => new(ProblemTypes.Of(rejection.Code), rejection.Detail)
    {
        Pointer = rejection.Pointer,
        Expected = rejection.Expected,
        Line = rejection.Line,
        Column = rejection.Column,
    };

    /// <summary>The same where the parameter came as a member of the body.</summary>
    public ApiProblem InBody() => new(Type == ProblemTypes.InvalidParameter ? ProblemTypes.InvalidBody : Type, Message) { Pointer = $"/{Parameter}", Expected = Expected };

    /// <summary>The same where what it is about stands deeper in the body.</summary>
    /// <param name="place">The pointer to that.</param>
    public ApiProblem At(string place) => new(Type, Message)
    {
        Pointer = place + Pointer, Expected = Expected, Line = Line, Column = Column,
    };

    /// <summary>The problem of a bad parameter.</summary>
    public static ApiProblem BadParameter(string parameter, string detail, params ImmutableArray<string> expected) =>
        new(ProblemTypes.InvalidParameter, detail) { Parameter = parameter, Expected = expected };
}
