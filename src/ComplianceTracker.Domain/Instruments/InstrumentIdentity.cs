using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;

namespace ComplianceTracker.Domain.Instruments;

/// <summary>What an instrument is, apart from what happened to it.</summary>
/// <param name="Id">A slug, unique among instruments (<c>cn-pipl</c>).</param>
/// <param name="Jurisdiction">ISO 3166-1 or ISO 3166-2 code, or <c>EU</c>.</param>
/// <param name="Kind">The sort of act: <c>law</c>, <c>directive</c>, <c>departmental-rule</c>, …</param>
/// <param name="Title">The full official title, by language.</param>
/// <param name="ShortTitle">The name people use, by language, or null.</param>
/// <param name="Authority">Who made it, in the record's order.</param>
/// <param name="DocumentNumber">The official number, or null.</param>
/// <param name="Identifiers">Other official identifiers by scheme (<c>celex</c>, <c>eli</c>).</param>
/// <param name="Topics">What it is about, as slugs.</param>
/// <param name="Relations">How it stands to other instruments.</param>
/// <param name="Binding">False for what recommends only; null where the record does not say.</param>
/// <param name="LegalForm">The legal form where the kind is too coarse, or null.</param>
/// <param name="Locality">The part of the jurisdiction it is limited to, or null.</param>
/// <param name="Note">A remark of the record's keeper, by language, or null.</param>
/// <param name="Seeds">Newsletters that mention it.</param>
/// <param name="RelatedSeeds">Newsletters that speak of its matter without naming it.</param>
/// <param name="Corpus">Which part of the record it belongs to, or null.</param>
public sealed record InstrumentIdentity(
    string Id,
    string Jurisdiction,
    string Kind,
    LangText Title,
    LangText? ShortTitle,
    ImmutableArray<string> Authority,
    string? DocumentNumber,
    ImmutableSortedDictionary<string, string> Identifiers,
    ImmutableArray<string> Topics,
    ImmutableArray<Relation> Relations,
    bool? Binding,
    string? LegalForm,
    string? Locality,
    LangText? Note,
    ImmutableArray<string> Seeds,
    ImmutableArray<string> RelatedSeeds,
    string? Corpus)
{
    /// <summary>The name to use in a sentence: the short title, else the title.</summary>
    public LangText Name => ShortTitle ?? Title;
}

/// <summary>How one instrument stands to another.</summary>
/// <param name="Type">The relation: <c>implements</c>, <c>amends</c>, <c>repealed-by</c>, …</param>
/// <param name="Target">The other instrument's id; it need not be registered.</param>
/// <param name="Note">A remark of the record's keeper, by language, or null.</param>
public sealed record Relation(string Type, string Target, LangText? Note);
