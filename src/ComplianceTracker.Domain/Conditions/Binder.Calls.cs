using ComplianceTracker.Domain.Common;
using System.Collections.Immutable;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>Functions and methods.</summary>
internal sealed partial class Binder
{
    private static readonly ImmutableArray<string> Methods = ["covers", "size", "startsWith", "endsWith", "contains", "matches"];

    private Node? BindCall(Call call) => (call.Function, call.Target) switch
    {
        ("size", null) => Takes(call, 1) ? BindSize(call.Arguments[0]) : null,
        ("size", { } target) => Takes(call, 0) ? BindSize(target) : null,
        ("covers", { } target) => Takes(call, 1) ? BindCovers(target, call.Arguments[0]) : null,
        ("startsWith", { } target) => BindText(call, target, (text, part) => text.StartsWith(part, StringComparison.Ordinal)),
        ("endsWith", { } target) => BindText(call, target, (text, part) => text.EndsWith(part, StringComparison.Ordinal)),
        ("contains", { } target) => BindText(call, target, (text, part) => text.Contains(part, StringComparison.Ordinal)),
        ("matches", { } target) => Takes(call, 1) ? BindMatches(target, call.Arguments[0]) : null,
        (_, null) => Unknown(call, "function", ["date", "size"]),
        _ => Unknown(call, "method", Methods),
    };

    private Node? Unknown(Call call, string kind, ImmutableArray<string> known)
    {
        var nearest = Nearest.To(call.Function, known);
        return Fail<Node>(call.NameSpan, $"No {kind} is named {Shorten(call.Function)}.", nearest.IsEmpty ? known : nearest);
    }

    private bool Takes(Call call, int arguments)
    {
        if (call.Arguments.Length == arguments)
        {
            return true;
        }

        var expected = arguments == 0 ? "no argument" : "one argument";
        Fail<Node>(call.NameSpan, $"{call.Function} takes {expected} here, not {call.Arguments.Length}.", expected);
        return false;
    }

    private SizeNode? BindSize(Expression target) =>
        BindSet(target) is { } set ? new SizeNode(set) : null;

    private FactNode? BindSet(Expression target)
    {
        if (Bind(target) is not { } node)
        {
            return null;
        }

        return node is FactNode { Type: FactType.StringSet } set ? set : WrongType<FactNode>(target, node.Type, "a string-set");
    }

    private CoversNode? BindCovers(Expression target, Expression argument)
    {
        if (BindSet(target) is not { } set)
        {
            return null;
        }

        if (set.CoverageSlot < 0)
        {
            return Fail<CoversNode>(
                target.Span, $"covers asks a set of jurisdictions, which {set.Definition.Name} is not.", "\"value\" in set");
        }

        if (argument is not Literal { Value: StringValue code })
        {
            return Fail<CoversNode>(argument.Span, "covers takes a literal jurisdiction code.", "a jurisdiction code such as \"CN\" or \"CN-NM\"");
        }

        return CheckCode(argument, code.Value)
            ? new CoversNode(set, code.Value, index.Jurisdictions.WholesOf(code.Value))
            : null;
    }

    private TextNode? BindText(Call call, Expression target, Func<string, string, bool> test) =>
        Takes(call, 1) && BindString(target) is { } text && BindString(call.Arguments[0]) is { } part
            ? new TextNode(test, text, part)
            : null;

    private MatchesNode? BindMatches(Expression target, Expression argument)
    {
        if (BindString(target) is not { } text)
        {
            return null;
        }

        if (argument is not Literal { Value: StringValue written })
        {
            return Fail<MatchesNode>(argument.Span, "matches takes a literal pattern.", "a text literal");
        }

        var (pattern, refusal) = LinearPattern.Read(written.Value);
        return pattern is not null
            ? new MatchesNode(text, pattern)
            : Fail<MatchesNode>(argument.Span, refusal!, "a regular expression that needs no backtracking");
    }

    private Node? BindString(Expression expression)
    {
        if (Bind(expression) is not { } node)
        {
            return null;
        }

        return node.Type switch
        {
            FactType.String => node,
            FactType.StringSet => WrongType<Node>(expression, node.Type, "a string", "\"value\" in set"),
            _ => WrongType<Node>(expression, node.Type, "a string"),
        };
    }
}
