using System.Collections.Immutable;
using System.Text.Json;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.Facts;

/// <summary>A fact of the vocabulary as someone describes it.</summary>
public sealed record FactBody
{
    /// <summary>The name; left out it is the one in the path.</summary>
    public string? Name { get; init; }

    /// <summary>The type, which never changes: bool, int, double, string, date or string-set.</summary>
    public required FactType Type { get; init; }

    /// <summary>What a number counts.</summary>
    public string? Unit { get; init; }

    /// <summary>What the fact means.</summary>
    public required LangText Description { get; init; }

    /// <summary>The values a set or text may take; values left out stay.</summary>
    public IReadOnlyList<FactValueBody>? Values { get; init; }

    /// <summary><c>jurisdiction</c> where the values are jurisdiction codes.</summary>
    public string? ValueType { get; init; }

    /// <summary>True when no condition reads the fact yet.</summary>
    public bool NotYetRead { get; init; }

    /// <summary>A remark.</summary>
    public LangText? Note { get; init; }

    /// <summary>Example values.</summary>
    public IReadOnlyList<JsonElement>? Examples { get; init; }

    internal FactDescription ToDomain(string name) => new(
        name, Type, Unit, Description,
        [..(Values ?? []).Select(v => new ValueDescription(v.Value, v.Label ?? LangText.English(v.Value), v.NotYetRead))],
        ValueType, NotYetRead, Note, [..(Examples ?? []).Select(e => JsonSerializer.Serialize(e, Json.ApiJson.Types.JsonElement))]);
}

/// <summary>A value that a fact may take.</summary>
public sealed record FactValueBody
{
    /// <summary>The value as profiles and conditions write it.</summary>
    public required string Value { get; init; }

    /// <summary>What it means.</summary>
    public LangText? Label { get; init; }

    /// <summary>True when no condition reads the value yet.</summary>
    public bool NotYetRead { get; init; }
}

/// <summary>A fact of the vocabulary.</summary>
public record FactDefinitionItem
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its type, which never changes.</summary>
    public required FactType Type { get; init; }

    /// <summary>What a number counts, or null.</summary>
    public required string? Unit { get; init; }

    /// <summary>What it means.</summary>
    public required LangText Description { get; init; }

    /// <summary>The values it may take; empty where no list is kept.</summary>
    public required IReadOnlyList<FactValueBody> Values { get; init; }

    /// <summary><c>jurisdiction</c> where the values are jurisdiction codes, or null.</summary>
    public required string? ValueType { get; init; }

    /// <summary>True when no condition reads the fact yet.</summary>
    public required bool NotYetRead { get; init; }

    /// <summary>A remark, or null.</summary>
    public required LangText? Note { get; init; }

    /// <summary>Example values.</summary>
    public required IReadOnlyList<JsonElement> Examples { get; init; }

    internal static FactDefinitionItem From(FactDefinition fact) => new()
    {
        Name = fact.Name,
        Type = fact.Type,
        Unit = fact.Unit,
        Description = fact.Description,
        Values = [..fact.Values.Select(v => new FactValueBody { Value = v.Value, Label = v.Label, NotYetRead = v.NotYetRead })],
        ValueType = fact.ValueType,
        NotYetRead = fact.NotYetRead,
        Note = fact.Note,
        Examples = [..fact.Examples.Select(e => JsonDocument.Parse(e).RootElement)],
    };
}

/// <summary>One fact with the position shown.</summary>
public sealed record FactDetail : FactDefinitionItem
{
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    internal FactDetail(FactDefinitionItem item, long version, long position)
        : base(item) => (Version, Position) = (version, position);

    /// <summary>The version of the vocabulary, also the <c>ETag</c>.</summary>
    public long Version { get; }

    /// <summary>The log position shown.</summary>
    public long Position { get; }
}

/// <summary>A page of the vocabulary.</summary>
/// <param name="Items">The facts, by name.</param>
/// <param name="Next">The cursor of the next page, or null.</param>
/// <param name="Version">The version of the vocabulary.</param>
/// <param name="Position">The log position shown.</param>
public sealed record FactList(IReadOnlyList<FactDefinitionItem> Items, string? Next, long Version, long Position);

/// <summary>The record's conventions.</summary>
/// <param name="Conventions">How the record writes things, by name.</param>
/// <param name="Members">The member codes of each group of jurisdictions.</param>
/// <param name="Terms">The words of the field with labels, by list.</param>
/// <param name="Codes">Further code tables, by name.</param>
public sealed record ConventionsAnswer(
    IReadOnlyDictionary<string, LangText> Conventions,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Members,
    IReadOnlyDictionary<string, IReadOnlyList<FactValueBody>> Terms,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Codes);
