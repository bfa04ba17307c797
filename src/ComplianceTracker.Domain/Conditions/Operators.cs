namespace ComplianceTracker.Domain.Conditions;

/// <summary>How a <see cref="Junction"/> joins its operands.</summary>
public enum JunctionKind
{
    /// <summary><c>&amp;&amp;</c>: all must hold.</summary>
    And,

    /// <summary><c>||</c>: one must hold.</summary>
    Or,
}

/// <summary>The relations between two values.</summary>
public enum ComparisonOperator
{
    /// <summary><c>==</c></summary>
    Equal,

    /// <summary><c>!=</c></summary>
    NotEqual,

    /// <summary><c>&lt;</c></summary>
    Less,

    /// <summary><c>&lt;=</c></summary>
    LessOrEqual,

    /// <summary><c>&gt;</c></summary>
    Greater,

    /// <summary><c>&gt;=</c></summary>
    GreaterOrEqual,

    /// <summary><c>in</c>: the right side holds the left.</summary>
    In,
}

/// <summary>The operators of arithmetic.</summary>
public enum ArithmeticOperator
{
    /// <summary><c>+</c>: adds numbers, joins texts, bytes and lists.</summary>
    Add,

    /// <summary><c>-</c></summary>
    Subtract,

    /// <summary><c>*</c></summary>
    Multiply,

    /// <summary><c>/</c>: of whole numbers, rounded toward zero.</summary>
    Divide,

    /// <summary><c>%</c>: the remainder of whole numbers, with the sign of the dividend.</summary>
    Modulo,
}
