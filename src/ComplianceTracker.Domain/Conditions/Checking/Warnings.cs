using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>Finds what is well-typed and probably a mistake.</summary>
internal sealed class Warnings(string text, FactIndex index, List<UndeclaredValue> undeclared)
{
    // How many combinations of samples one part is tried with, how many steps all parts of a text may take together, and how many pairs
    // of operands are looked at.
    private const int MostOfOne = 4_096;
    private const int MostSteps = 2_000_000;
    private const int MostPairs = 500;

    private readonly List<ConditionWarning> _found = [];
    private int _steps;
    private int _pairs;

    /// <summary>The warnings, in no order.</summary>
    public ImmutableArray<ConditionWarning> Of(Expression root, CelType type)
    {
        if (!type.Fits(TypeKind.Bool))
        {
            Add(ConditionWarningKind.NoCondition, root, $"This is {type.Words}: a condition is a bool.", $"这是{type.Name}类型；适用条件应为bool类型。");
        }
        else
        {
            Look(root, isTold: false);
        }

        Members(root, ImmutableDictionary<string, FactDefinition>.Empty);
        foreach (var value in undeclared.DistinctBy(v => v.Written.Span))
        {
            Undeclared(value.Written, value.Fact);
        }

        return [.. _found];
    }

    private void Undeclared(Literal written, FactDefinition fact)
    {
        var nearest = Nearest.To(((StringValue)written.Value).Value, fact.Values.Select(v => v.Value));
        var (hint, hintInChinese) = nearest.IsEmpty ? ("", "") : ($" Did you mean {Printer.Quote(nearest[0])}?", $"是否指{Printer.Quote(nearest[0])}？");
        Add(
            ConditionWarningKind.UndeclaredValue, written,
            $"{fact.Name} lists no value {written}: no company can declare it.{hint}", $"{fact.Name}的取值中没有{written}，任何企业都无法申报。{hintInChinese}");
    }

    /// <summary>Literals that the item of a macro over a set is compared with.</summary>
    private void Members(Expression expression, ImmutableDictionary<string, FactDefinition> items)
    {
        if (expression is Call { Target: FactReference set, Arguments: [FactReference item, ..] } macro && index.Vocabulary.Find(set.Name) is { Type: FactType.StringSet } fact)
        {
            foreach (var body in macro.Arguments.Skip(1))
            {
                Members(body, items.SetItem(item.Name, fact));
            }

            return;
        }

        if (expression is Comparison comparison)
        {
            foreach (var (one, other) in new[] { (comparison.Left, comparison.Right), (comparison.Right, comparison.Left) })
            {
                var literals = other is ListExpression list ? list.Elements : [other];
                if (one is FactReference name && items.TryGetValue(name.Name, out var of) && !of.Values.IsEmpty)
                {
                    undeclared.AddRange(literals.OfType<Literal>().Where(l => l.Value is StringValue v && of.Find(v.Value) is null).Select(l => new UndeclaredValue(l, of)));
                }
            }
        }

        foreach (var part in expression.Parts())
        {
            Members(part, items);
        }
    }

    /// <summary>Tells of a truth that has one value only, then of its parts; what is told of a whole is not told again of its denied part.</summary>
    private void Look(Expression expression, bool isTold)
    {
        var told = isTold || Tell(expression);
        switch (expression)
        {
            case Negation negation:
                Look(negation.Operand, told);
                break;
            case Junction junction:
                foreach (var operand in junction.Operands)
                {
                    Look(operand, isTold: false);
                }

                if (!told)
                {
                    Pairs(junction);
                }

                break;
            case Choice choice:
                Look(choice.Condition, isTold: false);
                break;
        }
    }

    private bool Tell(Expression expression)
    {
        switch (Only(expression))
        {
            case null:
                return false;
            case Truth.Unknown:
                Add(ConditionWarningKind.AlwaysFails, expression, "This fails whatever the facts are.", "无论事实如何，此处计算均会出错。");
                return true;
            case var truth when expression is Comparison { Left: FactReference } or Comparison { Right: FactReference }:
                OutOfRange(expression, truth == Truth.Yes);
                return true;
            case Truth.Yes:
                Add(ConditionWarningKind.AlwaysTrue, expression, "This is true whatever values its facts have.", "无论事实取何值，此处恒为真。");
                return true;
            default:
                Add(ConditionWarningKind.AlwaysFalse, expression, "This is false whatever values its facts have.", "无论事实取何值，此处恒为假。");
                return true;
        }
    }

    private void OutOfRange(Expression comparison, bool holds) => Add(
        ConditionWarningKind.OutOfRange, comparison,
        $"This is {(holds ? "true" : "false")} for every value that the fact can have.", $"对该事实可能的任何取值，此处恒为{(holds ? "真" : "假")}。");

    /// <summary>Two operands that between them leave nothing open, where the whole is too much to try.</summary>
    private void Pairs(Junction junction)
    {
        var decided = junction.Kind == JunctionKind.And ? Truth.No : Truth.Yes;
        for (var i = 0; i < junction.Operands.Length; i++)
        {
            for (var j = i + 1; j < junction.Operands.Length; j++)
            {
                if (++_pairs > MostPairs)
                {
                    return;
                }

                var (one, other) = (junction.Operands[i], junction.Operands[j]);
                if (Only(one) is null && Only(other) is null && Only(Junction.Of(junction.Kind, one, other)) == decided)
                {
                    Add(
                        decided == Truth.No ? ConditionWarningKind.AlwaysFalse : ConditionWarningKind.AlwaysTrue, junction,
                        decided == Truth.No ? $"{one} and {other} are never both true." : $"One of {one} and {other} is always true.",
                        decided == Truth.No ? $"{one}与{other}不可能同时为真。" : $"{one}与{other}中必有一项为真。");
                    return;
                }
            }
        }
    }

    /// <summary>The one truth it has for all values of its facts, unknown where it always fails; null where there are more or too many to try.</summary>
    private Truth? Only(Expression expression)
    {
        if (Condition.OfTree(expression, index) is not { } condition)
        {
            return null;
        }

        if (condition.FactNames.IsEmpty)
        {
            return condition.Evaluate(FactFrame.Of(index, []));
        }

        var size = expression.Count();
        if (Samples.Of(expression, index.Vocabulary, Math.Min(MostOfOne, (MostSteps - _steps) / size)) is not { } samples)
        {
            return null;
        }

        Truth? only = null;
        foreach (var facts in Combinations(samples, 0, FactFrame.Of(index, [])))
        {
            _steps += size;
            var truth = condition.Evaluate(facts);
            if (truth == Truth.Unknown || (only ??= truth) != truth)
            {
                return null;
            }
        }

        return only;
    }

    private static IEnumerable<FactFrame> Combinations(ImmutableArray<(string Fact, ImmutableArray<FactValue> Values)> samples, int from, FactFrame facts) =>
        from == samples.Length
            ? [facts]
            : samples[from].Values.SelectMany(value => Combinations(samples, from + 1, facts.With(samples[from].Fact, value)));

    private void Add(ConditionWarningKind kind, Expression at, string english, string chinese) =>
        _found.Add(new ConditionWarning(kind, ConditionCheck.Place(text, at.Span), LangText.Of(english, chinese)));
}
