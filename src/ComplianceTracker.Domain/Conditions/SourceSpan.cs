namespace ComplianceTracker.Domain.Conditions;

/// <summary>Where an expression stands in the text it was read from, in UTF-16 code units.</summary>
/// <param name="Start">The offset of the first code unit, from 0.</param>
/// <param name="Length">The number of code units.</param>
public readonly record struct SourceSpan(int Start, int Length)
{
    /// <summary>The offset just past the last code unit.</summary>
    public int End => Start + Length;

    /// <summary>The smallest span that holds both.</summary>
    public static SourceSpan Between(SourceSpan first, SourceSpan last) => new(first.Start, last.End - first.Start);
}
