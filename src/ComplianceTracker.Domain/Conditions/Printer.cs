using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>Writes the canonical text of a tree.</summary>
internal sealed class Printer
{
    private readonly StringBuilder _text = new();

    /// <summary>What binds tighter has the higher level, as in the grammar of CEL.</summary>
    private enum Level
    {
        Choice,
        Or,
        And,
        Relation,
        Sum,
        Product,
        Unary,
        Member,
    }

    public static string Print(Expression expression)
    {
        var printer = new Printer();
        printer.Write(expression, Level.Choice);
        return printer._text.ToString();
    }

    /// <summary>The text that can stand where another expression stood without parentheses.</summary>
    public static string PrintInPlaceOf(Expression replaced, Expression expression)
    {
        var printer = new Printer();
        printer.Write(expression, LevelOf(replaced));
        return printer._text.ToString();
    }

    private static Level LevelOf(Expression expression) => expression switch
    {
        Choice => Level.Choice,
        Junction { Kind: JunctionKind.Or } => Level.Or,
        Junction => Level.And,
        Comparison => Level.Relation,
        Arithmetic { Operator: ArithmeticOperator.Add or ArithmeticOperator.Subtract } => Level.Sum,
        Arithmetic => Level.Product,
        Negation or Minus => Level.Unary,
        Literal { Value: IntValue { Value: < 0 } } => Level.Unary,
        Literal { Value: DoubleValue number } when double.IsNegative(number.Value) => Level.Unary,
        _ => Level.Member,
    };

    private void Write(Expression expression, Level atLeast)
    {
        if (LevelOf(expression) >= atLeast)
        {
            WriteBare(expression);
            return;
        }

        _text.Append('(');
        WriteBare(expression);
        _text.Append(')');
    }

    private void WriteBare(Expression expression)
    {
        switch (expression)
        {
            case Literal literal:
                WriteLiteral(literal.Value);
                break;
            case FactReference fact:
                _text.Append(fact.IsRoot ? "." : "").Append(fact.Name);
                break;
            case Negation negation:
                _text.Append('!');
                Write(negation.Operand, Level.Unary);
                break;
            case Junction junction:
                WriteJunction(junction);
                break;
            case Comparison comparison:
                Write(comparison.Left, Level.Relation);
                _text.Append(' ').Append(Sign(comparison.Operator)).Append(' ');
                Write(comparison.Right, Level.Sum);
                break;
            case Arithmetic arithmetic:
                var level = LevelOf(arithmetic);
                Write(arithmetic.Left, level);
                _text.Append(' ').Append(Sign(arithmetic.Operator)).Append(' ');
                Write(arithmetic.Right, level + 1);
                break;
            case Minus { Operand: var operand }:
                // "-1" is a literal: the sign before a positive one needs a parenthesis to be the operator.
                _text.Append('-');
                Write(operand, LevelOf(operand) == Level.Member && operand is Literal { Value: IntValue or DoubleValue } ? Level.Member + 1 : Level.Unary);
                break;
            case Element element:
                Write(element.Target, Level.Member);
                _text.Append('[');
                Write(element.Key, Level.Choice);
                _text.Append(']');
                break;
            case Selection selection:
                // A name would take the field for a part of itself.
                Write(selection.Target, selection.Target is FactReference ? Level.Member + 1 : Level.Member);
                _text.Append('.').Append(IsWord(selection.Field) ? selection.Field : $"`{selection.Field}`");
                break;
            case MapExpression map:
                WriteEntries(map.Entries);
                break;
            case PlainLiteral plain:
                WritePlain(plain.Value);
                break;
            case Choice choice:
                Write(choice.Condition, Level.Or);
                _text.Append(" ? ");
                Write(choice.WhenYes, Level.Or);
                _text.Append(" : ");
                Write(choice.WhenNo, Level.Choice);
                break;
            case ListExpression list:
                WriteItems('[', list.Elements, ']');
                break;
            case Call call:
                WriteCall(call);
                break;
        }
    }

    private void WriteJunction(Junction junction)
    {
        var and = junction.Kind == JunctionKind.And;
        for (var i = 0; i < junction.Operands.Length; i++)
        {
            _text.Append(i == 0 ? "" : and ? " && " : " || ");
            Write(junction.Operands[i], and ? Level.Relation : Level.And);
        }
    }

    private void WriteCall(Call call)
    {
        if (call.Target is not null)
        {
            Write(call.Target, Level.Member);
            _text.Append('.');
        }

        _text.Append(call.Function);
        WriteItems('(', call.Arguments, ')');
    }

    private void WriteItems(char open, ImmutableArray<Expression> items, char close)
    {
        _text.Append(open);
        for (var i = 0; i < items.Length; i++)
        {
            _text.Append(i == 0 ? "" : ", ");
            Write(items[i], Level.Choice);
        }

        _text.Append(close);
    }

    private static bool IsWord(string field) =>
        field is not ("true" or "false" or "in") && !char.IsAsciiDigit(field[0]) && field.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private void WriteEntries(ImmutableArray<Expression> entries)
    {
        _text.Append('{');
        for (var i = 0; i < entries.Length; i++)
        {
            _text.Append(i == 0 ? "" : i % 2 == 0 ? ", " : ": ");
            Write(entries[i], Level.Choice);
        }

        _text.Append('}');
    }

    private void WritePlain(object value) => _ = value switch
    {
        ulong whole => _text.Append(CultureInfo.InvariantCulture, $"{whole}u"),
        ByteText bytes => _text.Append(bytes.ToString()),
        _ => _text.Append("null"),
    };

    private void WriteLiteral(FactValue value) => _ = value switch
    {
        BoolValue truth => _text.Append(truth.Value ? "true" : "false"),
        IntValue whole => _text.Append(CultureInfo.InvariantCulture, $"{whole.Value}"),
        DoubleValue number => _text.Append(Number(number.Value)),
        DateValue date => _text.Append(CultureInfo.InvariantCulture, $"date(\"{date.Value:yyyy-MM-dd}\")"),
        StringValue written => _text.Append(Quote(written.Value)),
        _ => throw new ArgumentException($"No literal has a value of type {value.Type}.", nameof(value)),
    };

    /// <summary>The shortest text that reads back as the same double, with a fraction or an exponent so that it stays a double.</summary>
    private static string Number(double value)
    {
        var shortest = value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
        return shortest.AsSpan().ContainsAny('.', 'e') ? shortest : shortest + ".0";
    }

    /// <summary>A text in double quotes, with escapes where a text literal may not hold the character as it is.</summary>
    internal static string Quote(string value)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append(@"\n"),
                '\r' => quoted.Append(@"\r"),
                '\t' => quoted.Append(@"\t"),
                _ when char.IsControl(c) => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    internal static char Sign(ArithmeticOperator arithmetic) => arithmetic switch
    {
        ArithmeticOperator.Add => '+',
        ArithmeticOperator.Subtract => '-',
        ArithmeticOperator.Multiply => '*',
        ArithmeticOperator.Divide => '/',
        ArithmeticOperator.Modulo => '%',
        _ => throw new ArgumentOutOfRangeException(nameof(arithmetic)),
    };

    private static string Sign(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Equal => "==",
        ComparisonOperator.NotEqual => "!=",
        ComparisonOperator.Less => "<",
        ComparisonOperator.LessOrEqual => "<=",
        ComparisonOperator.Greater => ">",
        ComparisonOperator.GreaterOrEqual => ">=",
        ComparisonOperator.In => "in",
        _ => throw new ArgumentOutOfRangeException(nameof(comparison)),
    };
}
