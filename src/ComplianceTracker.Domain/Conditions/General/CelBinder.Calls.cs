using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>Functions, methods and macros.</summary>
internal sealed partial class CelBinder
{
    private static readonly ImmutableArray<string> TypeNames = ["bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"];

    private static readonly ImmutableArray<string> Functions =
        ["bool", "bytes", "date", "double", "dyn", "has", "int", "matches", "size", "string", "type", "uint"];

    private static readonly ImmutableArray<string> Methods =
        ["all", "contains", "covers", "endsWith", "exists", "exists_one", "filter", "map", "matches", "size", "startsWith"];

    private static readonly ImmutableArray<string> Times = ["duration", "timestamp"];

    // Words that other languages keep for themselves, and CEL with them.
    private static readonly ImmutableArray<string> Reserved =
    [
        "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop", "namespace", "null", "package", "return",
        "true", "var", "void", "while",
    ];

    // Building the automaton of a pattern that is not literal.
    private const double PatternCost = 20_000;

    private CelNode? BindCall(Call call) => (call.Function, call.Target) switch
    {
        ("has", null) => BindHas(call),
        ("all" or "exists" or "exists_one" or "filter" or "map", { } range) when call.Arguments.Length >= 2 => BindMacro(call, range),
        ("size", _) => Parts(call, 1) is { } parts ? BindSize(call, parts[0]) : null,
        ("covers", { }) => Leaf(call),
        ("matches", _) => Parts(call, 2) is { } parts ? BindMatches(call, parts[0], parts[1]) : null,
        ("startsWith", { }) => BindTest(call, (text, part) => text.StartsWith(part, StringComparison.Ordinal)),
        ("endsWith", { }) => BindTest(call, (text, part) => text.EndsWith(part, StringComparison.Ordinal)),
        ("contains", { }) => BindTest(call, (text, part) => text.Contains(part, StringComparison.Ordinal)),
        ("dyn", null) => BindDyn(call),
        ("type", null) => Parts(call, 1) is { } parts && BindValue(parts[0]) is { } value
            ? new StrictNode(call, CelType.Type, v => new TypeValue(Calculation.TypeName(v[0])), value)
            : null,
        ("int", null) => BindConversion(call, CelType.Int, Calculation.ToInt, TypeKind.Int, TypeKind.Uint, TypeKind.Double, TypeKind.String),
        ("uint", null) => BindConversion(call, CelType.Uint, Calculation.ToUint, TypeKind.Uint, TypeKind.Int, TypeKind.Double, TypeKind.String),
        ("double", null) => BindConversion(call, CelType.Double, Calculation.ToDouble, TypeKind.Double, TypeKind.Int, TypeKind.Uint, TypeKind.String),
        ("bool", null) => BindConversion(call, CelType.Bool, Calculation.ToBool, TypeKind.Bool, TypeKind.String),
        ("bytes", null) => BindConversion(call, CelType.Bytes, Calculation.ToBytes, TypeKind.Bytes, TypeKind.String),
        ("string", null) => BindConversion(
            call, CelType.String, Calculation.ToText, TypeKind.String, TypeKind.Bool, TypeKind.Int, TypeKind.Uint, TypeKind.Double, TypeKind.Bytes, TypeKind.Date),
        (_, null) when Times.Contains(call.Function) => Fail(
            call.NameSpan, $"Conditions know days, not instants and durations: there is no {call.Function}().", "date(\"YYYY-MM-DD\")"),
        (_, null) => Unknown(call, "function", Functions),
        _ => Unknown(call, "method", Methods),
    };

    private CelNode? Unknown(Call call, string kind, ImmutableArray<string> known)
    {
        var nearest = Nearest.To(call.Function, known);
        return Fail(call.NameSpan, $"No {kind} is named {Binder.Shorten(call.Function)}.", nearest.IsEmpty ? known : nearest);
    }

    /// <summary>Target and arguments together, when there are so many.</summary>
    private ImmutableArray<Expression>? Parts(Call call, int count)
    {
        ImmutableArray<Expression> parts = call.Target is null ? call.Arguments : [call.Target, .. call.Arguments];
        if (parts.Length == count)
        {
            return parts;
        }

        var arguments = count - (call.Target is null ? 0 : 1);
        var expected = arguments switch { 0 => "no argument", 1 => "one argument", _ => $"{arguments} arguments" };
        Fail(call.NameSpan, $"{call.Function} takes {expected} here, not {call.Arguments.Length}.", expected);
        return null;
    }

    private CelNode? BindSize(Call call, Expression of)
    {
        if (Bind(of) is not { } value)
        {
            return null;
        }

        if (value.Type.Kind == TypeKind.Set)
        {
            return Leaf(call);
        }

        return value.Type.Fits(TypeKind.String, TypeKind.Bytes, TypeKind.List, TypeKind.Map)
            ? new StrictNode(call, CelType.Int, v => Collection.Size(v[0]), value)
            {
                CanFail = value.CanFail || value.Type.IsOpen,
                Cost = 1 + value.Cost + (value.Type.Fits(TypeKind.String) ? value.Size / 4 : 0),
            }
            : WrongType(of, value.Type, "a string-set", "a string", "bytes", "a list", "a map");
    }

    private CelNode? BindText(Expression expression)
    {
        if (Bind(expression) is not { } node)
        {
            return null;
        }

        return node.Type.Kind == TypeKind.Set
            ? WrongType(expression, node.Type, "a string", "\"value\" in set")
            : node.Type.Fits(TypeKind.String) ? node : WrongType(expression, node.Type, "a string");
    }

    private StrictNode? BindTest(Call call, Func<string, string, bool> test) =>
        Parts(call, 2) is { } parts && BindText(parts[0]) is { } text && BindText(parts[1]) is { } part
            ? OfTexts(call, v => test((string)v[0], (string)v[1]), text.Size / 16, text, part)
            : null;

    private static StrictNode OfTexts(Call call, Func<object[], object> apply, double cost, params CelNode[] texts)
    {
        var open = texts.Any(t => t.Type.IsOpen);
        return new StrictNode(call, CelType.Bool, open ? v => v.FirstOrDefault(t => t is not string) is { } other ? NoText(call, other) : apply(v) : apply, texts)
        {
            CanFail = open || texts.Any(t => t.CanFail),
            Cost = 1 + texts.Sum(t => t.Cost) + cost,
        };
    }

    private static Failure NoText(Call call, object value) => new($"{call.Function} takes a string, not {Calculation.TypeName(value)}.");

    private CelNode? BindMatches(Call call, Expression target, Expression argument)
    {
        if (BindText(target) is not { } text || BindText(argument) is not { } written)
        {
            return null;
        }

        if (argument is Literal { Value: StringValue literal })
        {
            var (pattern, refusal) = LinearPattern.Read(literal.Value);
            return pattern is not null
                ? OfTexts(call, v => pattern.IsMatch((string)v[0]), text.Size, text)
                : Fail(argument.Span, refusal!, "a regular expression that needs no backtracking");
        }

        var node = OfTexts(call, v => Matches((string)v[0], (string)v[1]), text.Size + PatternCost, text, written);
        return new StrictNode(call, CelType.Bool, v => v[0], node) { CanFail = true };
    }

    private static object Matches(string text, string written)
    {
        var (pattern, refusal) = LinearPattern.Read(written);
        return pattern is not null ? pattern.IsMatch(text) : new Failure(refusal!);
    }

    private StrictNode? BindDyn(Call call) => Parts(call, 1) is { } parts && BindValue(parts[0]) is { } value
        ? new StrictNode(call, CelType.Dyn, v => v[0], value) { Size = value.Size, Length = value.Length }
        : null;

    private CelNode? BindConversion(Call call, CelType type, Func<object, object> convert, params TypeKind[] takes)
    {
        if (Parts(call, 1) is not { } parts || Bind(parts[0]) is not { } value)
        {
            return null;
        }

        if (!value.Type.Fits(takes))
        {
            return WrongType(parts[0], value.Type, [.. takes.Select(t => new CelType(t).Words)]);
        }

        return new StrictNode(call, type, v => convert(v[0]), value)
        {
            // A whole number always has a double, and most values have a text.
            CanFail = value.CanFail || !(value.Type == type || type.Kind is TypeKind.Double && value.Type.IsNumber || type.Kind is TypeKind.String && value.Type.Kind is not (TypeKind.Bytes or TypeKind.Dyn or TypeKind.None)),
            Cost = 1 + value.Cost + (value.Size / 16),
            Size = type.Kind is TypeKind.String or TypeKind.Bytes ? Math.Max(4 * value.Size, 32) : 1,
        };
    }

    private CelNode? BindHas(Call call)
    {
        if (call.Arguments is not [var argument])
        {
            return Fail(call.NameSpan, $"has takes one argument here, not {call.Arguments.Length}.", "one argument");
        }

        var (target, field) = argument switch
        {
            Selection selection => (Bind(selection.Target), selection.Field),
            FactReference name when IsLocal(name) && name.Name.LastIndexOf('.') is > 0 and var dot =>
                (BindName(name with { Name = name.Name[..dot] }), name.Name[(dot + 1)..]),
            FactReference => (Fail(
                argument.Span,
                "has() cannot ask whether a fact is known: learning the fact would turn its no into a yes. An unknown fact makes what reads it unknown by itself.",
                "the fact itself"), ""),
            _ => (Fail(argument.Span, "has takes a field of a map.", "has(map.field)"), ""),
        };
        if (target is null)
        {
            return null;
        }

        return target.Type.Fits(TypeKind.Map)
            ? new StrictNode(call, CelType.Bool, v => v[0] is MapValue map ? map.ByKey.ContainsKey(field) : new Failure($"has asks a map, not {Calculation.TypeName(v[0])}."), target)
            {
                CanFail = target.CanFail || target.Type.IsOpen,
            }
            : WrongType(argument, target.Type, "a map");
    }

    private CelNode? BindMacro(Call call, Expression over)
    {
        var takesTwo = call.Function == "map" && call.Arguments.Length == 3;
        if (call.Arguments.Length != 2 && !takesTwo)
        {
            return Fail(call.NameSpan, $"{call.Function} takes an item and an expression, not {call.Arguments.Length} arguments.", $"{call.Function}(x, …)");
        }

        if (call.Arguments[0] is not FactReference { IsRoot: false, Name: var name } || name.Contains('.', StringComparison.Ordinal) || Reserved.Contains(name))
        {
            return Fail(call.Arguments[0].Span, "The first argument of a macro names the item: one word that is not reserved.", "a name such as x");
        }

        if (Bind(over) is not { } range)
        {
            return null;
        }

        var isSet = range.Type.Kind == TypeKind.Set;
        if (!range.Type.Fits(TypeKind.List, TypeKind.Map, TypeKind.Set))
        {
            return WrongType(over, range.Type, "a list", "a map", "a string-set");
        }

        if (isSet && call.Function is "map" or "filter")
        {
            return Fail(over.Span, $"A string-set has no order to make a list of: {call.Function} takes a list or a map.", "all", "exists", "exists_one");
        }

        var item = range.Type.Kind switch { TypeKind.Set => CelType.String, TypeKind.Map => range.Type.Key!, TypeKind.List => range.Type.Item!, _ => CelType.Dyn };
        var slot = _locals.Count;
        _slots = Math.Max(_slots, slot + 1);
        _locals.Push(new Local(name, item, slot, range));
        var bodies = BindAll(call.Arguments[1..], Bind);
        _locals.Pop();
        if (bodies is null)
        {
            return null;
        }

        var ranged = new MacroRange(range, slot, isSet ? index.Vocabulary.Facts[((FactReference)over).Name] : null);
        return call.Function switch
        {
            "map" => Made(call, ranged, takesTwo ? bodies[0] : null, bodies[^1]),
            "filter" => Made(call, ranged, bodies[0], null),
            _ => Quantified(call, ranged, bodies[0]),
        };
    }

    private CelNode? Quantified(Call call, MacroRange range, CelNode predicate)
    {
        if (!predicate.Type.Fits(TypeKind.Bool))
        {
            return WrongType(call.Arguments[1], predicate.Type, "a bool");
        }

        var cost = 1 + range.Node.Cost + (Rounds(range) * (predicate.Cost + 1));
        var canFail = range.Node.CanFail || range.Node.Type.IsOpen || predicate.CanFail || predicate.Type.IsOpen;
        return call.Function == "exists_one"
            ? new ExistsOneNode(call, range, predicate) { Cost = cost, CanFail = canFail }
            : new QuantifierNode(call, call.Function == "all" ? JunctionKind.And : JunctionKind.Or, range, predicate) { Cost = cost, CanFail = canFail };
    }

    private CelNode? Made(Call call, MacroRange range, CelNode? predicate, CelNode? transform)
    {
        if (predicate is not null && !predicate.Type.Fits(TypeKind.Bool))
        {
            return WrongType(call.Arguments[1], predicate.Type, "a bool");
        }

        if (transform?.Type.Kind == TypeKind.Set)
        {
            return WrongType(call.Arguments[^1], transform.Type, "a single value");
        }

        var item = transform?.Type ?? (range.Node.Type.Kind == TypeKind.Map ? range.Node.Type.Key! : range.Node.Type.Item ?? CelType.Dyn);
        var rounds = Rounds(range);
        return new ComprehensionNode(call, CelType.ListOf(item), range, predicate, transform)
        {
            Cost = 1 + range.Node.Cost + (rounds * ((predicate?.Cost ?? 0) + (transform?.Cost ?? 0) + 1)),
            CanFail = range.Node.CanFail || range.Node.Type.IsOpen || predicate is { CanFail: true } or { Type.IsOpen: true } || transform is { CanFail: true },
            Size = transform is null ? range.Node.Size : rounds * transform.Size,
            Length = rounds,
        };
    }

    private static double Rounds(MacroRange range) => Math.Max(range.Node.Length, range.Node.Type.IsOpen ? range.Node.Size : 0);
}
