using System.Collections.Immutable;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>Why a text is not a condition: the first thing wrong with it.</summary>
/// <param name="Line">The line, from 1. Lines end at LF, CR LF or CR.</param>
/// <param name="Column">The column in its line, from 1, counted in UTF-16 code units.</param>
/// <param name="Message">What is wrong, in one sentence for the person who wrote the text.</param>
/// <param name="Expected">What would be right there, best first: kinds of thing, tokens, names or values; empty where nothing helps.</param>
public sealed record ConditionError(int Line, int Column, string Message, ImmutableArray<string> Expected)
{
    /// <summary>Compares position, message and expectations.</summary>
    public bool Equals(ConditionError? other) =>
        other is not null
        && Line == other.Line
        && Column == other.Column
        && Message == other.Message
        && Expected.SequenceEqual(other.Expected);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Line, Column, Message);

    /// <summary>The error at an offset of the text.</summary>
    internal static ConditionError At(string text, int offset, string message, ImmutableArray<string> expected)
    {
        var line = 1;
        var lineStart = 0;
        for (var i = 0; i < offset && i < text.Length; i++)
        {
            var ends = text[i] == '\n' || (text[i] == '\r' && (i + 1 >= text.Length || text[i + 1] != '\n'));
            if (ends)
            {
                line++;
                lineStart = i + 1;
            }
        }

        return new ConditionError(line, offset - lineStart + 1, message, expected);
    }
}
