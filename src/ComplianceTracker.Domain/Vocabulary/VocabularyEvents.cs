using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;

namespace ComplianceTracker.Domain.Vocabulary;

/// <summary>What happened to the vocabulary.</summary>
public abstract record VocabularyEvent;

/// <summary>A fact can be declared and read from now on.</summary>
/// <param name="Fact">The fact as described.</param>
public sealed record FactDefined(FactDescription Fact) : VocabularyEvent;

/// <summary>A fact gained values. Sets declared before do not speak of them.</summary>
/// <param name="Fact">The fact's name.</param>
/// <param name="Values">The values added.</param>
public sealed record FactValuesAdded(string Fact, ImmutableArray<ValueDescription> Values) : VocabularyEvent;

/// <summary>A fact, or the values it has, are worded anew; the type and the values stay.</summary>
/// <param name="Fact">The fact as described now.</param>
public sealed record FactReworded(FactDescription Fact) : VocabularyEvent;

/// <summary>The record's conventions were set: which codes stand for others, and the words of the field with their labels.</summary>
/// <param name="Conventions">The conventions, by name.</param>
/// <param name="Members">The member codes of each group of jurisdictions.</param>
/// <param name="Terms">The lists of terms with labels (<c>obligationCategories</c>), by the list's name.</param>
/// <param name="Codes">Further code tables (<c>sectorCodesNaceRev2</c>), by the table's name.</param>
public sealed record ConventionsSet(
    ImmutableSortedDictionary<string, LangText> Conventions,
    ImmutableSortedDictionary<string, ImmutableArray<string>> Members,
    ImmutableSortedDictionary<string, ImmutableArray<ValueDescription>> Terms,
    ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>> Codes) : VocabularyEvent;

/// <summary>A fact as someone describes it.</summary>
/// <param name="Name">Dot-separated lower-case identifiers.</param>
/// <param name="Type">The type.</param>
/// <param name="Unit">What a number counts, or null.</param>
/// <param name="Description">What it means, by language.</param>
/// <param name="Values">The values it may take; empty where no list is kept.</param>
/// <param name="ValueType">What an unlisted value looks like, or null.</param>
/// <param name="NotYetRead">True when no condition reads it yet.</param>
/// <param name="Note">A remark, by language, or null.</param>
/// <param name="Examples">Example values as JSON texts.</param>
public sealed record FactDescription(
    string Name,
    FactType Type,
    string? Unit,
    LangText Description,
    ImmutableArray<ValueDescription> Values,
    string? ValueType,
    bool NotYetRead,
    LangText? Note,
    ImmutableArray<string> Examples);

/// <summary>A value as someone describes it.</summary>
/// <param name="Value">The value as profiles and conditions write it.</param>
/// <param name="Label">What it means, by language.</param>
/// <param name="NotYetRead">True when no condition reads it yet.</param>
public sealed record ValueDescription(string Value, LangText Label, bool NotYetRead);
