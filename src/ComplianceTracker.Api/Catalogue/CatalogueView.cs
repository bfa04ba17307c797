using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.Catalogue;

/// <summary>What counts on one public day and at one log position: instruments, obligations and their conditions, compiled.</summary>
internal sealed class CatalogueView
{
    /// <summary>Puts the counted instruments together.</summary>
    public CatalogueView(FactIndex index, ImmutableArray<InstrumentView> instruments, Func<string, Condition> compile)
    {
        Index = index;
        Instruments = instruments;
        InstrumentById = instruments.ToFrozenDictionary(i => i.Identity.Id, StringComparer.Ordinal);

        // Recording refuses a second owner; where two writers raced past that, the first instrument by id has the obligation.
        Rules = [..instruments
            .SelectMany(i => i.Histories)
            .DistinctBy(h => h.ObligationId, StringComparer.Ordinal)
            .OrderBy(h => h.ObligationId, StringComparer.Ordinal)
            .Select(h => new RuleView(Rule.Of(h, compile), index))];
        RuleById = Rules.ToFrozenDictionary(r => r.History.ObligationId, StringComparer.Ordinal);
        Replaced = Rules
            .SelectMany(r => r.History.ReplacedBy.Select(by => (by, r.History.ObligationId)))
            .ToLookup(p => p.by, p => p.ObligationId, StringComparer.Ordinal);
    }

    /// <summary>The vocabulary, laid out for evaluation.</summary>
    public FactIndex Index { get; }

    /// <summary>The vocabulary.</summary>
    public FactVocabulary Vocabulary => Index.Vocabulary;

    /// <summary>The instruments on record, by id.</summary>
    public ImmutableArray<InstrumentView> Instruments { get; }

    /// <summary>The instruments by id.</summary>
    public FrozenDictionary<string, InstrumentView> InstrumentById { get; }

    /// <summary>The obligations, by id.</summary>
    public ImmutableArray<RuleView> Rules { get; }

    /// <summary>The obligations by id.</summary>
    public FrozenDictionary<string, RuleView> RuleById { get; }

    /// <summary>By an obligation's id, the obligations whose end names it as what takes their place.</summary>
    public ILookup<string, string> Replaced { get; }
}

/// <summary>One instrument as counted.</summary>
/// <param name="Identity">What it is.</param>
/// <param name="Version">The version of its stream at the position.</param>
/// <param name="Counted">The developments that count.</param>
/// <param name="Histories">Its obligations.</param>
/// <param name="Unresolved">Effects on obligations that nothing counted defines.</param>
internal sealed record InstrumentView(
    InstrumentIdentity Identity,
    long Version,
    ImmutableArray<CountedDevelopment> Counted,
    ImmutableArray<LegalHistory> Histories,
    ImmutableArray<Cause> Unresolved);

/// <summary>One obligation as counted, with what decides in which company's register it stands.</summary>
internal sealed class RuleView(Rule rule, FactIndex index)
{
    private readonly Lazy<string> signature = new(() => SignatureOf(rule, index));

    /// <summary>The obligation with its compiled conditions.</summary>
    public Rule Rule => rule;

    /// <summary>The obligation's legal history.</summary>
    public LegalHistory History => rule.History;

    /// <summary>
    /// Two rules of the same signature have the same intervals for every company: same conditions from the same days,
    /// same start relative to a fact, and the same meaning of the facts they read.
    /// </summary>
    public string Signature => signature.Value;

    private static string SignatureOf(Rule rule, FactIndex index)
    {
        var contents = rule.History.Contents.Select(c => $"{c.From:yyyy-MM-dd}|{c.Content.Condition}|{c.Content.RelativeStart}");
        var facts = rule.FactNames.Select(name => $"{name}:{index.Vocabulary.Find(name)?.Values.Length}");
        var groups = index.Vocabulary.Groups.Select(g => $"{g.Key}={string.Join(',', g.Value)}");

        // A digest: the text of all groups in each rule of each view would be most of the service's memory.
        var text = string.Concat(contents.Concat(facts).Concat(groups).Select(part => $"{part.Length}:{part}"));
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
