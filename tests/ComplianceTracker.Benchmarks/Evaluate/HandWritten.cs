namespace ComplianceTracker.Benchmarks.Evaluate;

/// <summary>Every condition of the record as a lambda; the other part of the class is written by <see cref="HandWrittenSource"/>.</summary>
internal static partial class HandWritten
{
    /// <summary>A condition's text and what it means.</summary>
    internal sealed record Entry(string Text, Func<Facts, Known> Test);
}
