using System.Collections.Immutable;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Domain.Search;

/// <summary>The searched text of one instrument as counted, made when it is first asked for and kept for the legal day asked about last.</summary>
public sealed class SearchTexts
{
    private readonly InstrumentIdentity instrument;
    private readonly ImmutableArray<LegalHistory> obligations;
    private readonly DateOnly[] changes;
    private volatile Kept? kept;

    /// <summary>The text of the instrument with these obligations.</summary>
    public SearchTexts(InstrumentIdentity instrument, ImmutableArray<LegalHistory> obligations)
    {
        this.instrument = instrument;
        this.obligations = obligations;
        changes = [.. obligations.SelectMany(o => o.Contents).Select(c => c.From).OfType<DateOnly>().Distinct().Order()];
    }

    /// <summary>The text on the legal day.</summary>
    /// <param name="asOf">The legal day.</param>
    /// <param name="table">The terms, always the same ones.</param>
    public SearchText On(DateOnly asOf, TermTable table)
    {
        // Between two days on which some content changes all days read the same.
        var piece = Array.BinarySearch(changes, asOf) is >= 0 and var at ? at + 1 : ~Array.BinarySearch(changes, asOf);
        if (kept is { } known && known.Piece == piece)
        {
            return known.Text;
        }

        var text = SearchText.Of(instrument, obligations, asOf, table);
        kept = new Kept(piece, text);
        return text;
    }

    private sealed record Kept(int Piece, SearchText Text);
}
