using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>Which facts speak of jurisdictions.</summary>
internal static class JurisdictionFacts
{
    /// <summary>
    /// A set that <c>covers</c> may ask: it keeps no list of its values, which then are jurisdictions. A listed value could be
    /// newer than the set, and so undecided in a way that <c>covers</c> does not look at.
    /// </summary>
    public static bool HoldsJurisdictions(this FactDefinition definition) =>
        definition.Type == FactType.StringSet
        && definition.Values.IsDefaultOrEmpty
        && (definition.ValueType is null || definition.TakesJurisdictions);
}
