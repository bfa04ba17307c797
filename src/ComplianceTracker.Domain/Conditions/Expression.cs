using System.Collections.Immutable;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>
/// A node of a condition's syntax tree. Immutable. Two trees are equal when they say the same, wherever they stood:
/// spans are not compared. What a tree says is well-formed, not yet well-typed.
/// </summary>
public abstract record Expression
{
    private protected Expression()
    {
    }

    /// <summary>Where it stood in the text, its own parentheses left out; empty for a tree made by hand.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>Compares kinds; the derived kinds add what they hold. Spans do not count.</summary>
    public virtual bool Equals(Expression? other) => other is not null && EqualityContract == other.EqualityContract;

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <summary>The canonical text.</summary>
    public sealed override string ToString() => ConditionSyntax.Print(this);

    private protected static int Hash(ImmutableArray<Expression> items) =>
        items.Aggregate(items.Length, (hash, item) => HashCode.Combine(hash, item));
}

/// <summary>A literal bool, int, double, string or <c>date("…")</c>.</summary>
public sealed record Literal : Expression
{
    /// <summary>A literal of that value.</summary>
    /// <exception cref="ArgumentException">A set, or a number that is not finite: no text writes it.</exception>
    public Literal(FactValue value)
    {
        if (value is SetValue or DoubleValue { Value: double.NaN or double.PositiveInfinity or double.NegativeInfinity })
        {
            throw new ArgumentException("No literal has this value.", nameof(value));
        }

        Value = value;
    }

    /// <summary>The value.</summary>
    public FactValue Value { get; }
}

/// <summary>A fact of the company, by its whole dotted name.</summary>
/// <param name="Name">The name as the vocabulary writes it.</param>
public sealed record FactReference(string Name) : Expression
{
    /// <summary>True for <c>.name</c>, which never means the item of a macro.</summary>
    public bool IsRoot { get; init; }
}

/// <summary><c>!operand</c>.</summary>
/// <param name="Operand">What is denied.</param>
public sealed record Negation(Expression Operand) : Expression;

/// <summary>
/// <c>a &amp;&amp; b &amp;&amp; c</c> or <c>a || b || c</c>: two operands or more, none of them joined by the same operator,
/// since grouping changes nothing.
/// </summary>
public sealed record Junction : Expression
{
    private Junction(JunctionKind kind, ImmutableArray<Expression> operands) => (Kind, Operands) = (kind, operands);

    /// <summary>Which operator joins the operands.</summary>
    public JunctionKind Kind { get; }

    /// <summary>The operands in the order of the text.</summary>
    public ImmutableArray<Expression> Operands { get; }

    /// <summary>Joins two operands or more; an operand joined by the same operator gives its own operands.</summary>
    public static Junction Of(JunctionKind kind, params IEnumerable<Expression> operands)
    {
        var flat = operands
            .SelectMany(o => o is Junction inner && inner.Kind == kind ? inner.Operands : [o])
            .ToImmutableArray();
        return flat.Length >= 2
            ? new Junction(kind, flat)
            : throw new ArgumentException("A junction joins two operands or more.", nameof(operands));
    }

    /// <summary>Compares operator and operands.</summary>
    public bool Equals(Junction? other) => other is not null && Kind == other.Kind && Operands.SequenceEqual(other.Operands);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Hash(Operands));
}

/// <summary><c>left operator right</c> for the relations <c>== != &lt; &lt;= &gt; &gt;= in</c>.</summary>
/// <param name="Operator">The relation.</param>
/// <param name="Left">What stands before it.</param>
/// <param name="Right">What stands after it.</param>
public sealed record Comparison(ComparisonOperator Operator, Expression Left, Expression Right) : Expression;

/// <summary><c>condition ? whenYes : whenNo</c>.</summary>
/// <param name="Condition">What chooses.</param>
/// <param name="WhenYes">The value where the condition holds.</param>
/// <param name="WhenNo">The value where it does not.</param>
public sealed record Choice(Expression Condition, Expression WhenYes, Expression WhenNo) : Expression;

/// <summary>A literal of a type that no fact has: a uint, bytes or null.</summary>
public sealed record PlainLiteral : Expression
{
    internal PlainLiteral(object value) => Value = value;

    /// <summary>A ulong, a <see cref="ByteText"/>, or the one value of null.</summary>
    internal object Value { get; }

    /// <summary>True for <c>null</c>.</summary>
    public bool IsNull => Value is NullValue;

    /// <summary>Compares values.</summary>
    public bool Equals(PlainLiteral? other) => other is not null && Value.Equals(other.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();
}

/// <summary><c>left operator right</c> for <c>+ - * / %</c>.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Left">What stands before it.</param>
/// <param name="Right">What stands after it.</param>
public sealed record Arithmetic(ArithmeticOperator Operator, Expression Left, Expression Right) : Expression;

/// <summary><c>-operand</c>, where the operand is no literal: a negative literal is a literal.</summary>
/// <param name="Operand">The number whose sign is changed.</param>
public sealed record Minus(Expression Operand) : Expression;

/// <summary><c>target[key]</c>.</summary>
/// <param name="Target">A list or a map.</param>
/// <param name="Key">The place in the list, from 0, or the key of the map.</param>
public sealed record Element(Expression Target, Expression Key) : Expression;

/// <summary><c>target.field</c>, where the target is no name: names keep their dots.</summary>
/// <param name="Target">A map.</param>
/// <param name="Field">The key.</param>
public sealed record Selection(Expression Target, string Field) : Expression;

/// <summary><c>{key: value, …}</c>.</summary>
/// <param name="Entries">Keys and values in the order of the text: each key is followed by its value; possibly none.</param>
public sealed record MapExpression(ImmutableArray<Expression> Entries) : Expression
{
    /// <summary>Compares entries in order.</summary>
    public bool Equals(MapExpression? other) => other is not null && Entries.SequenceEqual(other.Entries);

    /// <inheritdoc/>
    public override int GetHashCode() => Hash(Entries);
}

/// <summary><c>[a, b, c]</c>.</summary>
/// <param name="Elements">The elements in the order of the text; possibly none.</param>
public sealed record ListExpression(ImmutableArray<Expression> Elements) : Expression
{
    /// <summary>Compares elements in order.</summary>
    public bool Equals(ListExpression? other) => other is not null && Elements.SequenceEqual(other.Elements);

    /// <inheritdoc/>
    public override int GetHashCode() => Hash(Elements);
}

/// <summary>
/// <c>function(arguments)</c> or <c>target.function(arguments)</c>. The macros (<c>list.all(x, …)</c> and its like, <c>has(…)</c>) are
/// calls too; the first argument of the former is the <see cref="FactReference"/> that names the item.
/// </summary>
/// <param name="Function">The name of the function or method.</param>
/// <param name="Target">What a method is called on; null for a function.</param>
/// <param name="Arguments">The arguments in the order of the text.</param>
public sealed record Call(string Function, Expression? Target, ImmutableArray<Expression> Arguments) : Expression
{
    /// <summary>Where the function's name stood in the text; not compared.</summary>
    public SourceSpan NameSpan { get; init; }

    /// <summary>Compares function, target and arguments.</summary>
    public bool Equals(Call? other) =>
        other is not null
        && Function == other.Function
        && Equals(Target, other.Target)
        && Arguments.SequenceEqual(other.Arguments);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Function, Target, Hash(Arguments));
}
