using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Instruments;

namespace ComplianceTracker.Benchmarks.Search;

/// <summary>
/// Instruments derived from those of the corpus, the same in every run: each has the developments of one of them, with titles and summaries
/// in which clauses of others are exchanged, numbers of its own and a word of its own.
/// </summary>
internal sealed class InstrumentVariations(IReadOnlyList<InstrumentRecord> originals, int seed)
{
    private readonly Random random = new(seed);
    private readonly List<LangText> summaries =
    [
        ..originals.SelectMany(o => o.Developments).SelectMany(d => d.Development.Effects).OfType<DefineEffect>().Select(e => e.Obligation.Summary),
    ];

    /// <summary>The next instrument.</summary>
    public (string Id, InstrumentEvent[] Events) Next(int number)
    {
        var original = originals[random.Next(originals.Count)];
        var id = $"{original.Identity.Id}-{number}";
        var other = originals[random.Next(originals.Count)].Identity;
        var identity = original.Identity with
        {
            Id = id,
            Title = Mixed(original.Identity.Title, other.Title, number),
            ShortTitle = original.Identity.ShortTitle is { } name ? Mixed(name, name, number) : null,
            DocumentNumber = $"{original.Identity.DocumentNumber ?? "Order"} No. {number}",
            Relations = [],
        };
        var developments = original.Developments.Where(d => d.Development.Corrects is null).Select(d => (InstrumentEvent)new DevelopmentRecorded(d.Development with
        {
            Effects = [..d.Development.Effects.Select(e => Varied(e with { ObligationId = $"{e.ObligationId}-{number}" }, number))],
        }));
        return (id, [new InstrumentRegistered(identity), ..developments]);
    }

    private Effect Varied(Effect effect, int number) => effect switch
    {
        DefineEffect e => e with { Obligation = e.Obligation with { Summary = Mixed(e.Obligation.Summary, summaries[random.Next(summaries.Count)], number), Replaces = [] } },
        EndEffect e => e with { ReplacedBy = [] },
        _ => effect,
    };

    // The first half of one and the second of the other, and a word that nothing else has.
    private LangText Mixed(LangText one, LangText other, int number) => LangText.Of(
        $"{Half(one.In("en"), true)} {Half(other.In("en"), false)} {Word(number)}", $"{Half(one.In("zh"), true)}{Half(other.In("zh"), false)}");

    private string Half(string text, bool first) => random.Next(2) == 0 ? text : first ? text[..(text.Length / 2)] : text[(text.Length / 2)..];

    private static string Word(int number) => string.Concat(number.ToString("D5", System.Globalization.CultureInfo.InvariantCulture).Select(d => "bdfgklmnrs"[d - '0'] + "" + "aeiou"[d % 5]));
}
