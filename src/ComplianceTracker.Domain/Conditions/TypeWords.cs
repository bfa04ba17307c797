using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>The words in which errors speak of types.</summary>
internal static class TypeWords
{
    public static string For(FactType type) => type switch
    {
        FactType.Bool => "a bool",
        FactType.Int => "an int",
        FactType.Double => "a double",
        FactType.String => "a string",
        FactType.Date => "a date",
        FactType.StringSet => "a string-set",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
