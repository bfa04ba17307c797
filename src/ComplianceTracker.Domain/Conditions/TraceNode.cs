using System.Collections.Immutable;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>One step of an evaluation.</summary>
/// <param name="Text">The sub-expression in canonical text.</param>
/// <param name="Type">The type of its value.</param>
/// <param name="Value">Its value; null where it is unknown.</param>
/// <param name="Decisive">
/// Whether it helped to decide what its parent came to: the operands that settle an <c>&amp;&amp;</c> or <c>||</c>, the
/// condition and the chosen branch of a <c>?:</c>; of an unknown parent, what keeps it unknown. True of the root.
/// </param>
/// <param name="Facts">The facts read in it, by ordinal.</param>
/// <param name="Children">Its own steps in the order of the text; facts and literals inside a comparison or call are no steps.</param>
public sealed record TraceNode(
    string Text,
    FactType Type,
    FactValue? Value,
    bool Decisive,
    ImmutableArray<FactReading> Facts,
    ImmutableArray<TraceNode> Children)
{
    /// <summary>Why the step failed (a division by zero, say), in one sentence; null where it has a value or is unknown for want of facts.</summary>
    public string? Error { get; init; }

    /// <summary>The value as a truth; null where the step is no bool.</summary>
    public Truth? Truth => (Type, Value) switch
    {
        (FactType.Bool, BoolValue known) => known.Value ? Conditions.Truth.Yes : Conditions.Truth.No,
        (FactType.Bool, _) => Conditions.Truth.Unknown,
        _ => null,
    };
}

/// <summary>A fact as an evaluation found it.</summary>
/// <param name="Name">The name of the fact.</param>
/// <param name="Value">Its value; null where it is unknown.</param>
public sealed record FactReading(string Name, FactValue? Value);
