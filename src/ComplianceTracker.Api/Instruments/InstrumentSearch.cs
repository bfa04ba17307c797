using System.Collections.Immutable;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Domain.Search;

namespace ComplianceTracker.Api.Instruments;

/// <summary>The instruments of a view in the order of a list: by id, or, where something is looked for, the best first.</summary>
/// <param name="terms">The terms of the catalogue.</param>
/// <param name="query">What is looked for, or null.</param>
/// <param name="asOf">The legal day on which the obligations are read.</param>
internal sealed class InstrumentSearch(TermTable terms, SearchQuery? query, DateOnly asOf)
{
    private Searching? searching;

    /// <summary>The instruments of which something is public in the view and that hold what is looked for.</summary>
    /// <param name="view">The law as counted.</param>
    /// <param name="after">The id of the instrument behind which the list goes on, or null: from the beginning.</param>
    /// <exception cref="ApiProblem">The list has no such instrument.</exception>
    public IEnumerable<InstrumentView> In(CatalogueView view, string? after)
    {
        var all = view.Instruments.Where(i => !i.Counted.IsEmpty);
        if (query is null)
        {
            return after is null ? all : all.Where(i => string.CompareOrdinal(i.Identity.Id, after) > 0);
        }

        var instruments = all.ToList();
        SearchText[] texts = [..instruments.Select(i => i.Texts.On(asOf, terms))];
        searching = new Searching(query, terms);
        var found = searching.Find(texts);
        var from = after is null ? 0 : Enumerable.Range(1, found.Length).FirstOrDefault(n => instruments[found[n - 1].At].Identity.Id == after);
        return after is not null && from == 0 ? throw Paging.NotOurs() : found.Skip(from).Select(f => instruments[f.At]);
    }

    /// <summary>Where an instrument that was found holds what is looked for, or null: nothing is.</summary>
    public ImmutableArray<InstrumentMatch>? Matches(InstrumentView instrument) =>
        searching is null ? null : [..searching.Matches(instrument.Texts.On(asOf, terms)).Select(InstrumentMatch.From)];
}
