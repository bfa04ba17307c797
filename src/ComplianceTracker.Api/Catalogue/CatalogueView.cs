using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Search;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.Catalogue;

/// <summary>What counts on one public day and at one log position: instruments, obligations and their conditions, compiled.</summary>
internal sealed class CatalogueView
{
    private readonly Lazy<FrozenDictionary<string, InstrumentView>> instrumentById;
    private readonly Lazy<Dictionary<string, RuleView>> ruleById;
    private readonly Lazy<ILookup<string, string>> replaced;
    private volatile Difference? lastDifference;

    /// <summary>Puts the counted instruments together.</summary>
    public CatalogueView(FactIndex index, ImmutableArray<InstrumentView> instruments)
    {
        Index = index;
        Instruments = instruments;
        Rules = InOrder(instruments);

        // Many views are made for one question about the past, which needs none of these.
        instrumentById = new(() => Instruments.ToFrozenDictionary(i => i.Identity.Id, StringComparer.Ordinal));
        ruleById = new(() => Rules.ToDictionary(r => r.History.ObligationId, StringComparer.Ordinal));
        replaced = new(() => Rules
            .SelectMany(r => r.History.ReplacedBy.Select(by => (by, r.History.ObligationId)))
            .ToLookup(p => p.by, p => p.ObligationId, StringComparer.Ordinal));
    }

    /// <summary>The vocabulary, laid out for evaluation.</summary>
    public FactIndex Index { get; }

    /// <summary>The vocabulary.</summary>
    public FactVocabulary Vocabulary => Index.Vocabulary;

    /// <summary>The instruments on record, by id.</summary>
    public ImmutableArray<InstrumentView> Instruments { get; }

    /// <summary>The instruments by id.</summary>
    public FrozenDictionary<string, InstrumentView> InstrumentById => instrumentById.Value;

    /// <summary>The obligations, by id.</summary>
    public ImmutableArray<RuleView> Rules { get; }

    /// <summary>The obligations by id.</summary>
    public IReadOnlyDictionary<string, RuleView> RuleById => ruleById.Value;

    /// <summary>By an obligation's id, the obligations whose end names it as what takes their place.</summary>
    public ILookup<string, string> Replaced => replaced.Value;

    /// <summary>The obligations of this view whose intervals for a company may be others than in the newer view.</summary>
    public IReadOnlySet<RuleView> DifferingFrom(CatalogueView newer)
    {
        if (ReferenceEquals(this, newer))
        {
            return FrozenSet<RuleView>.Empty;
        }

        // As a rule everybody asks about the same newest view.
        if (lastDifference is { } last && ReferenceEquals(last.From, newer))
        {
            return last.Rules;
        }

        var rules = Rules
            .Where(r => newer.RuleById[r.History.ObligationId] is var other && !ReferenceEquals(r, other) && other.Signature != r.Signature)
            .ToFrozenSet();
        lastDifference = new(newer, rules);
        return rules;
    }

    // Recording refuses a second owner; where two writers raced past that, the first instrument by id has the obligation.
    private static ImmutableArray<RuleView> InOrder(ImmutableArray<InstrumentView> instruments)
    {
        RuleView[] rules = [..instruments.SelectMany(i => i.Rules)];
        var keys = new (string Id, int At)[rules.Length];
        for (var i = 0; i < rules.Length; i++)
        {
            keys[i] = (rules[i].History.ObligationId, i);
        }

        Array.Sort(keys, (a, b) => string.CompareOrdinal(a.Id, b.Id) is var byId and not 0 ? byId : a.At - b.At);
        var distinct = ImmutableArray.CreateBuilder<RuleView>(rules.Length);
        foreach (var (id, at) in keys)
        {
            if (distinct.Count == 0 || distinct[^1].History.ObligationId != id)
            {
                distinct.Add(rules[at]);
            }
        }

        return distinct.DrainToImmutable();
    }

    private sealed record Difference(CatalogueView From, IReadOnlySet<RuleView> Rules);
}

/// <summary>One instrument as counted. Views in which the same of its developments count share it.</summary>
/// <param name="Identity">What it is.</param>
/// <param name="Version">The version of its stream at the position.</param>
/// <param name="Counted">The developments that count.</param>
/// <param name="Rules">Its obligations.</param>
/// <param name="Unresolved">Effects on obligations that nothing counted defines.</param>
internal sealed record InstrumentView(
    InstrumentIdentity Identity,
    long Version,
    ImmutableArray<CountedDevelopment> Counted,
    ImmutableArray<RuleView> Rules,
    ImmutableArray<Cause> Unresolved)
{
    private volatile SearchTexts? texts;

    /// <summary>The legal histories of its obligations.</summary>
    public ImmutableArray<LegalHistory> Histories { get; } = [..Rules.Select(r => r.History)];

    /// <summary>What a search looks through. Views that share the instrument share it; most views are never searched.</summary>
    public SearchTexts Texts => texts ??= new SearchTexts(Identity, Histories);
}

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
