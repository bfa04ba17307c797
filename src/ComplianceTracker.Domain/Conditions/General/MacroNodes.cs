using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>What a macro ranges over.</summary>
/// <param name="Node">A list, a map (its keys), or a set fact.</param>
/// <param name="Slot">Where its items stand in <see cref="CelScope.Locals"/>.</param>
/// <param name="Set">The definition of the set fact, or null.</param>
internal sealed record MacroRange(CelNode Node, int Slot, FactDefinition? Set)
{
    /// <summary>The items, or null where <paramref name="open"/> stands in their place.</summary>
    public IReadOnlyList<object>? Items(CelScope scope, out SetValue? set, out object open)
    {
        set = null;
        open = Node.Evaluate(scope);
        switch (open)
        {
            case ListValue list:
                return list.Items;
            case MapValue map:
                return map.Keys;
            case SetValue known:
                set = known;
                return [.. known.Values];
            case UnknownValue or Failure:
                return null;
            default:
                open = new Failure($"A macro ranges over a list, a map or a string-set, not {Calculation.TypeName(open)}.") { Span = Node.Span, Facts = Node.Facts };
                return null;
        }
    }

    /// <summary>The listed values that the set neither holds nor denies: it was declared before they were listed.</summary>
    public IEnumerable<string> MaybeItems(SetValue? set)
    {
        if (set is null || Set is null)
        {
            yield break;
        }

        foreach (var listed in Set.Values)
        {
            if (listed.Since > set.CompleteTo && !set.Values.Contains(listed.Value))
            {
                yield return listed.Value;
            }
        }
    }

    /// <summary>Unknown because the set may lack values.</summary>
    public UnknownValue MaybeLacking => UnknownValue.Of(Set!.Name);
}

/// <summary><c>all</c> and <c>exists</c>: the predicates of all items joined by <c>&amp;&amp;</c> or <c>||</c>.</summary>
internal sealed class QuantifierNode(Expression at, JunctionKind kind, MacroRange range, CelNode predicate) : CelNode(at, CelType.Bool, range.Node, predicate)
{
    public override object Evaluate(CelScope scope)
    {
        if (range.Items(scope, out var set, out var open) is not { } items)
        {
            return open;
        }

        var tally = new Tally(kind);
        foreach (var item in items)
        {
            scope.Locals[range.Slot] = item;
            if (tally.Add(predicate.Evaluate(scope), predicate))
            {
                return tally.Decided;
            }
        }

        foreach (var maybe in range.MaybeItems(set))
        {
            // Were it in the set it would change nothing only where its predicate is neutral.
            scope.Locals[range.Slot] = maybe;
            if (predicate.Evaluate(scope) is not bool neutral || neutral == tally.Decided)
            {
                tally.Add(range.MaybeLacking, predicate);
            }
        }

        return tally.Result;
    }
}

/// <summary><c>exists_one</c>: fails where one predicate fails, is unknown where one is unknown.</summary>
internal sealed class ExistsOneNode(Expression at, MacroRange range, CelNode predicate) : CelNode(at, CelType.Bool, range.Node, predicate)
{
    public override object Evaluate(CelScope scope)
    {
        if (range.Items(scope, out var set, out var open) is not { } items)
        {
            return open;
        }

        UnknownValue? unknown = null;
        var count = 0;
        foreach (var item in items)
        {
            scope.Locals[range.Slot] = item;
            switch (predicate.Evaluate(scope))
            {
                case bool holds:
                    count += holds ? 1 : 0;
                    break;
                case UnknownValue u:
                    unknown = u.And(unknown);
                    break;
                case Failure failure:
                    return failure;
                case var value:
                    return Tally.NoBool(value, predicate);
            }
        }

        foreach (var maybe in range.MaybeItems(set))
        {
            scope.Locals[range.Slot] = maybe;
            if (predicate.Evaluate(scope) is not false)
            {
                unknown = range.MaybeLacking.And(unknown);
            }
        }

        return unknown ?? (object)(count == 1);
    }
}

/// <summary><c>map</c> and <c>filter</c>: the items that the predicate takes, each as the transform makes it. Fails where one of them fails.</summary>
internal sealed class ComprehensionNode(Expression at, CelType type, MacroRange range, CelNode? predicate, CelNode? transform)
    : CelNode(at, type, [range.Node, .. predicate is null ? [] : new[] { predicate }, .. transform is null ? [] : new[] { transform }])
{
    public override object Evaluate(CelScope scope)
    {
        if (range.Items(scope, out _, out var open) is not { } items)
        {
            return open;
        }

        UnknownValue? unknown = null;
        var made = new List<object>();
        foreach (var item in items)
        {
            scope.Locals[range.Slot] = item;
            var taken = predicate?.Evaluate(scope) ?? true;
            switch (taken)
            {
                case Failure failure:
                    return failure;
                case UnknownValue u:
                    unknown = u.And(unknown);
                    continue;
                case false:
                    continue;
                case not true:
                    return Tally.NoBool(taken, predicate!);
            }

            switch (transform is null ? item : transform.Evaluate(scope))
            {
                case Failure failure:
                    return failure;
                case UnknownValue u when transform is { CanFail: true }:
                    unknown = u.And(unknown);
                    break;
                case var value:
                    made.Add(value);
                    break;
            }
        }

        return unknown ?? (object)new ListValue([.. made]);
    }
}
