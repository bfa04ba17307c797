using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>Looks an expression over before it is recorded.</summary>
public static class ConditionCheck
{
    /// <summary>
    /// The report on a text, or what is wrong with it. An expression of any type is reported on. A value that a fact does not list is a
    /// warning here, where recording refuses it.
    /// </summary>
    public static ConditionReportResult Check(string text, FactVocabulary vocabulary)
    {
        var parsed = ConditionSyntax.Parse(text);
        if (!parsed.IsValid)
        {
            return new(null, parsed.Error);
        }

        var index = FactIndex.Of(vocabulary);
        var undeclared = new List<UndeclaredValue>();
        var type = TypeOf(parsed.Root, text, index, undeclared, out var names, out var error);
        if (type is null)
        {
            return new(null, error);
        }

        var simplifier = new Simplifier(index);
        var simplified = simplifier.Simplify(parsed.Root);
        return new(
            new ConditionReport(
                type.Name,
                [.. names.Select(name => vocabulary.Facts[name])],
                ConditionText.Of(parsed.Root, vocabulary),
                simplified.Equals(parsed.Root) ? null : simplified.ToString(),
                [.. Simplifier.Changes(parsed.Root, simplified).Select(c => new Simplification(Place(text, c.From.Span), Printer.PrintInPlaceOf(c.From, c.To)))],
                [.. new Warnings(text, index, undeclared).Of(parsed.Root, type).OrderBy(w => w.At.Line).ThenBy(w => w.At.Column)]),
            null);
    }

    internal static TextPlace Place(string text, SourceSpan span)
    {
        var at = ConditionError.At(text, span.Start, "", []);
        return new TextPlace(at.Line, at.Column, text.Substring(span.Start, span.Length));
    }

    private static CelType? TypeOf(
        Expression root, string text, FactIndex index, List<UndeclaredValue> undeclared, out SortedSet<string> names, out ConditionError? error)
    {
        var binder = new Binder(text, index, undeclared);
        if (binder.Bind(root) is { } node)
        {
            (names, error) = (binder.FactNames, null);
            return CelType.Of(node.Type);
        }

        undeclared.Clear();
        var general = new CelBinder(text, index, undeclared);
        var type = general.TypeOf(root);
        (names, error) = (general.FactNames, general.Error);
        return type;
    }
}

/// <summary>A literal that its fact does not list.</summary>
/// <param name="Written">The literal.</param>
/// <param name="Fact">The fact.</param>
internal sealed record UndeclaredValue(Literal Written, FactDefinition Fact);
