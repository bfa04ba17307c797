using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;

namespace ComplianceTracker.Domain.Vocabulary;

/// <summary>What a fact is: its name, its type and what a person needs to answer it.</summary>
/// <param name="Name">Dot-separated lower-case identifiers, for example <c>processes.personal_data</c>.</param>
/// <param name="Type">The type, which never changes.</param>
/// <param name="Unit">What a number counts (<c>persons</c>, <c>CNY</c>), or null.</param>
/// <param name="Description">What the fact means, by language.</param>
/// <param name="Values">
/// The values a set or text fact may take, in the order they were added; empty where any text is allowed
/// (jurisdiction codes, or no list kept).
/// </param>
/// <param name="ValueType">What an unlisted value must look like (<c>jurisdiction</c>: see <see cref="Common.Jurisdiction"/>), or null.</param>
/// <param name="NotYetRead">True when no condition reads the fact yet: knowing it decides nothing so far.</param>
/// <param name="Note">A remark of the record's keeper, by language, or null.</param>
/// <param name="Examples">Example values as JSON texts, in the record's order.</param>
public sealed record FactDefinition(
    string Name,
    FactType Type,
    string? Unit,
    LangText Description,
    ImmutableArray<ListedValue> Values,
    string? ValueType,
    bool NotYetRead,
    LangText? Note,
    ImmutableArray<string> Examples)
{
    /// <summary>True when the values are jurisdiction codes.</summary>
    public bool TakesJurisdictions => ValueType is "jurisdiction" or "iso-3166";

    /// <summary>The listed value of that text, or null when the fact does not list it.</summary>
    public ListedValue? Find(string value) => Values.FirstOrDefault(v => v.Value == value);
}

/// <summary>One value that a set or text fact may take.</summary>
/// <param name="Value">The value as profiles and conditions write it.</param>
/// <param name="Label">What it means, by language.</param>
/// <param name="NotYetRead">True when no condition reads the value yet.</param>
/// <param name="Since">The version of the vocabulary stream that added it; sets declared at a lower version do not know it.</param>
public sealed record ListedValue(string Value, LangText Label, bool NotYetRead, long Since);
