using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Domain.Search;

/// <summary>What one instrument says on one legal day, cut into terms. It keeps a number for each place of its texts, and the texts as they are.</summary>
public sealed class SearchText
{
    // No term has it: no phrase reaches from one field into the next.
    private const int Gap = -1;

    private readonly int[] terms;
    private readonly int[] starts;

    private readonly float[] weights;

    private SearchText(ImmutableArray<TextPlace> places, int[] starts, int[] terms)
    {
        (Places, this.starts, this.terms) = (places, starts, terms);
        weights = [.. places.Select((place, i) => Weight(place, starts[i + 1] - starts[i]))];
    }

    /// <summary>The texts, in order.</summary>
    public ImmutableArray<TextPlace> Places { get; }

    /// <summary>The numbers of all terms; the texts follow one another with a gap between.</summary>
    internal ReadOnlySpan<int> Terms => terms;

    /// <summary>Cuts the instrument's texts: of its obligations the content that holds on the day, also of those that have ended or not yet begun.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="obligations">Its obligations as counted.</param>
    /// <param name="asOf">The legal day.</param>
    /// <param name="table">The terms known so far; it takes in those that are new.</param>
    public static SearchText Of(InstrumentIdentity instrument, ImmutableArray<LegalHistory> obligations, DateOnly asOf, TermTable table)
    {
        var cut = new CutText();
        var places = ImmutableArray.CreateBuilder<TextPlace>();
        var starts = new List<int> { 0 };
        var terms = new List<int>();
        Add(SearchField.Id, instrument.Id);
        AddIn(SearchField.ShortTitle, instrument.ShortTitle);
        AddIn(SearchField.Title, instrument.Title);
        Add(SearchField.Number, instrument.DocumentNumber);
        AddAll(SearchField.Identifier, instrument.Identifiers.Values);
        AddAll(SearchField.Topic, instrument.Topics);
        AddAll(SearchField.Authority, instrument.Authority);
        foreach (var obligation in obligations)
        {
            var content = obligation.ContentOn(asOf);
            Add(SearchField.ObligationId, obligation.ObligationId, obligation.ObligationId, content.Provision);
            Add(SearchField.Provision, content.Provision, obligation.ObligationId, content.Provision);
            AddIn(SearchField.ObligationTitle, content.Title, obligation.ObligationId, content.Provision);
            AddIn(SearchField.Summary, content.Summary, obligation.ObligationId, content.Provision);
        }

        return new SearchText(places.DrainToImmutable(), [.. starts], [.. terms]);

        void AddAll(SearchField field, IEnumerable<string> texts)
        {
            foreach (var text in texts)
            {
                Add(field, text);
            }
        }

        void AddIn(SearchField field, LangText? text, string? obligationId = null, string? provision = null)
        {
            foreach (var (language, words) in text?.ByLanguage ?? ImmutableSortedDictionary<string, string>.Empty)
            {
                AddPlace(new TextPlace(field, language, obligationId, provision, words));
            }
        }

        void Add(SearchField field, string? text, string? obligationId = null, string? provision = null)
        {
            if (text is not null)
            {
                AddPlace(new TextPlace(field, null, obligationId, provision, text));
            }
        }

        void AddPlace(TextPlace place)
        {
            cut.Cut(place.Text);
            foreach (var token in cut.Tokens)
            {
                terms.Add(token.IsGap ? Gap : table.Add(cut.TermOf(token)));
            }

            terms.Add(Gap);
            places.Add(place);
            starts.Add(terms.Count);
        }
    }

    /// <summary>Where the text of a place ends in <see cref="Terms"/>.</summary>
    internal int EndOf(int place) => starts[place + 1];

    /// <summary>The terms of one text, as many as <see cref="CutText.Cut"/> gives.</summary>
    internal ReadOnlySpan<int> TermsOf(int place) => terms.AsSpan(starts[place]..(starts[place + 1] - 1));

    /// <summary>What one match in the place counts: much in a title, less in a long text.</summary>
    internal double WeightOf(int place) => weights[place];

    private static float Weight(TextPlace place, int length) =>
        (float)(SearchFields.Weight(place.Field) / (0.4 + (0.6 * length / SearchFields.UsualLength(place.Field, place.Language))));
}

/// <summary>One text of an instrument.</summary>
/// <param name="Field">What it is.</param>
/// <param name="Language">The tag of its language, or null: it has none.</param>
/// <param name="ObligationId">The obligation that it is of, or null: it is the instrument's.</param>
/// <param name="Provision">The citation of that obligation, or null.</param>
/// <param name="Text">The text.</param>
public readonly record struct TextPlace(SearchField Field, string? Language, string? ObligationId, string? Provision, string Text);
