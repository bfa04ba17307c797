namespace ComplianceTracker.Domain.Vocabulary;

/// <summary>The type of a fact. A fact's type never changes once it is defined.</summary>
public enum FactType
{
    /// <summary>True or false.</summary>
    Bool,

    /// <summary>A 64-bit signed whole number.</summary>
    Int,

    /// <summary>A finite 64-bit floating-point number.</summary>
    Double,

    /// <summary>A text of one value.</summary>
    String,

    /// <summary>A calendar day, without time or time zone.</summary>
    Date,

    /// <summary>A set of texts, compared by ordinal; possibly empty.</summary>
    StringSet,
}
