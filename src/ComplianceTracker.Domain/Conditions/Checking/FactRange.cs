using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>The values that a number or a day can have at all; both ends are included, null is no end.</summary>
/// <param name="Min">The lowest value.</param>
/// <param name="Max">The highest value.</param>
internal readonly record struct FactRange(FactValue? Min, FactValue? Max)
{
    private const string Share = "fraction";

    /// <summary>
    /// What the vocabulary says: an int with a unit counts units (persons, accounts), of which there are none or more; a fraction lies
    /// between 0 and 1; days are those that the record takes. Money and anything else may be any number.
    /// </summary>
    public static FactRange Of(FactDefinition fact) => fact switch
    {
        { Type: FactType.Int, Unit: not null } => new(new IntValue(0), null),
        { Type: FactType.Double, Unit: Share } => new(new DoubleValue(0), new DoubleValue(1)),
        { Type: FactType.Date } => new(new DateValue(LegalDate.First), new DateValue(LegalDate.Last)),
        _ => default,
    };

    /// <summary>True when the value lies in it.</summary>
    public bool Holds(FactValue value) =>
        (Min is null || ValueOrder.Compare(Min, value) <= 0) && (Max is null || ValueOrder.Compare(value, Max) <= 0);
}
