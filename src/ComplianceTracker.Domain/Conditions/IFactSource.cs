using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>Where a condition finds the facts it reads.</summary>
public interface IFactSource
{
    /// <summary>The known value of the fact, or null where it is unknown.</summary>
    FactValue? Find(string name);
}
