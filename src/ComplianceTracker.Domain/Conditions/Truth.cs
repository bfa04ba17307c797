namespace ComplianceTracker.Domain.Conditions;

/// <summary>A truth value of Kleene's three-valued logic.</summary>
public enum Truth
{
    /// <summary>False, whatever the unknown facts turn out to be.</summary>
    No,

    /// <summary>True, whatever the unknown facts turn out to be.</summary>
    Yes,

    /// <summary>Not decided by the facts that are known.</summary>
    Unknown,
}
