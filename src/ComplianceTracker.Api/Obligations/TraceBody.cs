using System.Text.Json.Nodes;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Domain.Conditions;

namespace ComplianceTracker.Api.Obligations;

/// <summary>One step of the evaluation of a condition.</summary>
/// <param name="Text">The sub-expression.</param>
/// <param name="Result">For a truth: yes, no or unknown; else null.</param>
/// <param name="Value">Its value; null where it is unknown.</param>
/// <param name="Error">Why it failed although facts are known (a division by zero, say), in one sentence; else null.</param>
/// <param name="Decisive">True when it helped to decide what its parent came to.</param>
/// <param name="Facts">The facts read in it.</param>
/// <param name="Children">Its own steps.</param>
public sealed record TraceBody(
    string Text, Truth? Result, JsonNode? Value, string? Error, bool Decisive, IReadOnlyList<FactReadingBody> Facts, IReadOnlyList<TraceBody> Children)
{
    internal static TraceBody From(TraceNode node) => new(
        node.Text,
        node.Truth,
        PlainFacts.ToNode(node.Value),
        node.Error,
        node.Decisive,
        [..node.Facts.Select(f => new FactReadingBody(f.Name, PlainFacts.ToNode(f.Value)))],
        [..node.Children.Select(From)]);
}

/// <summary>A fact as an evaluation found it.</summary>
/// <param name="Fact">Its name.</param>
/// <param name="Value">Its value; null where it is unknown.</param>
public sealed record FactReadingBody(string Fact, JsonNode? Value);
