using System.Diagnostics.CodeAnalysis;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>The text form of conditions: a subset of the syntax of CEL (Common Expression Language). Types are not looked at here.</summary>
public static class ConditionSyntax
{
    /// <summary>The longest text read, in UTF-16 code units, the unit in which errors count columns.</summary>
    public const int MaxLength = 4096;

    /// <summary>
    /// How deep expressions may nest. Every parenthesis, <c>!</c>, <c>-</c>, argument list, list, map, index and further <c>?:</c> opens a
    /// level, and so does every further relation, sum, product or method in a chain; <c>&amp;&amp;</c> and <c>||</c> chains open none.
    /// </summary>
    public const int MaxDepth = 64;

    /// <summary>How many levels of operators the tree of a text may have: three for each level of nesting, and some.</summary>
    internal const int MaxHeight = 200;

    /// <summary>Reads a text. Any text is answered, in time proportional to its length.</summary>
    public static ParseResult Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            return new ParseResult(null, ConditionError.At(
                text, MaxLength, $"The condition is too long: {text.Length} UTF-16 code units.", [$"at most {MaxLength} UTF-16 code units"]));
        }

        var lexer = new Lexer(text);
        if (lexer.Read() is not { } tokens)
        {
            return new ParseResult(null, lexer.Error);
        }

        var parser = new Parser(text, tokens);
        return new ParseResult(parser.ParseCondition(), parser.Error);
    }

    /// <summary>
    /// The canonical text of a tree: one space around operators, double quotes, no parenthesis that precedence does not ask for.
    /// Reading it gives an equal tree, as long as it keeps within the limits.
    /// </summary>
    public static string Print(Expression expression) => Printer.Print(expression);
}

/// <summary>A tree or the reason why there is none: exactly one of the two.</summary>
/// <param name="Root">The tree, or null.</param>
/// <param name="Error">The first error, or null.</param>
public sealed record ParseResult(Expression? Root, ConditionError? Error)
{
    /// <summary>True when the text is well-formed.</summary>
    [MemberNotNullWhen(true, nameof(Root))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsValid => Root is not null;
}
