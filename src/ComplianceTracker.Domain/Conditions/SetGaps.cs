using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>What a set cannot tell because the vocabulary has grown since it was declared.</summary>
internal static class SetGaps
{
    /// <summary>True when the fact lists a value that is newer than the set and not in it.</summary>
    public static bool MayLackValuesOf(this SetValue set, FactDefinition definition)
    {
        foreach (var listed in definition.Values)
        {
            if (listed.Since > set.CompleteTo && !set.Values.Contains(listed.Value))
            {
                return true;
            }
        }

        return false;
    }
}
