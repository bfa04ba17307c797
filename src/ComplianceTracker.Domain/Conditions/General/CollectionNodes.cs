namespace ComplianceTracker.Domain.Conditions;

/// <summary>
/// <c>[a, b, c]</c>. An unknown item leaves the list known around it, unless that item might fail, since a list with a failed item fails.
/// </summary>
internal sealed class ListNode(Expression at, CelType type, params CelNode[] items) : CelNode(at, type, items)
{
    public override object Evaluate(CelScope scope)
    {
        var values = new object[items.Length];
        return Collection.Fill(values, items, scope) ?? new ListValue(values);
    }
}

/// <summary><c>{key: value}</c>: keys are known and different from each other; values as the items of a list.</summary>
internal sealed class MapNode(Expression at, CelType type, CelNode[] keys, CelNode[] values) : CelNode(at, type, [.. keys, .. values])
{
    public override object Evaluate(CelScope scope)
    {
        var written = new object[keys.Length];
        var held = new object[values.Length];
        var (openKeys, openValues) = (Collection.Fill(written, keys, scope, strict: true), Collection.Fill(held, values, scope));
        if ((openKeys as Failure ?? openValues as Failure ?? openKeys ?? openValues) is { } open)
        {
            return open;
        }

        var byKey = new Dictionary<object, object>();
        for (var i = 0; i < written.Length; i++)
        {
            if (written[i] is double || MapValue.KeyOf(written[i]) is not { } key)
            {
                return Fail($"A key of a map is an int, a uint, a bool or a string, not {Calculation.TypeName(written[i])}.");
            }

            if (!byKey.TryAdd(key, held[i]))
            {
                return Fail("This map has the same key twice.");
            }
        }

        return new MapValue(written, byKey);
    }
}

/// <summary>What lists and maps have in common.</summary>
internal static class Collection
{
    /// <summary>
    /// Evaluates the parts; null when the collection can be made, else the failure or the unknown in its place. An unknown part that
    /// cannot fail stays among the values.
    /// </summary>
    public static object? Fill(object[] values, CelNode[] parts, CelScope scope, bool strict = false)
    {
        UnknownValue? unknown = null;
        for (var i = 0; i < parts.Length; i++)
        {
            values[i] = parts[i].Evaluate(scope);
            switch (values[i])
            {
                case Failure failure:
                    return failure;
                case UnknownValue u when strict || parts[i].CanFail:
                    unknown = u.And(unknown);
                    break;
            }
        }

        return unknown;
    }

    /// <summary><c>target[key]</c>.</summary>
    public static object At(object target, object key) => (target, key) switch
    {
        (ListValue list, long or ulong or double) when MapValue.KeyOf(key) is { } at => at is >= 0L and long i && i < list.Items.Length
            ? list.Items[i]
            : new Failure($"This list has no entry {at}: it has {list.Items.Length}, counted from 0."),
        (ListValue, _) => new Failure("The place in a list is a whole number."),
        (MapValue map, _) => MapValue.KeyOf(key) is { } known && map.ByKey.TryGetValue(known, out var value)
            ? value
            : new Failure("This map has no such key."),
        _ => new Failure($"{Calculation.TypeName(target)} has no entries."),
    };

    /// <summary><c>value in container</c>.</summary>
    public static object In(object value, object container) => container switch
    {
        ListValue list => Equality.In(value, list),
        MapValue map => MapValue.KeyOf(value) is { } key && map.ByKey.ContainsKey(key),
        _ => new Failure($"'in' asks a list, a map or a string-set, not {Calculation.TypeName(container)}."),
    };

    /// <summary><c>size(value)</c>: of a text its code points.</summary>
    public static object Size(object value) => value switch
    {
        string text => (long)text.EnumerateRunes().Count(),
        ByteText bytes => (long)bytes.Bytes.Length,
        ListValue list => (long)list.Items.Length,
        MapValue map => (long)map.Keys.Length,
        _ => new Failure($"size() does not take {Calculation.TypeName(value)}."),
    };
}
