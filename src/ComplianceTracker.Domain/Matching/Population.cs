using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Matching;

/// <summary>
/// The facts of many companies, fact by fact, so that one condition is asked of all of them at once. A company has a row for each run
/// of days in which none of its facts changes; most have one. Rows are only added: a company that changes gets new ones. Not safe
/// to share between threads.
/// </summary>
public sealed class Population
{
    private const int NoDay = -1;

    private readonly FactIndex index;
    private readonly Column?[] columns;
    private readonly FactFrame scratch;
    private readonly Dictionary<string, int> companyOf = new(StringComparer.Ordinal);
    private readonly List<Company> companies = [];
    private readonly Dictionary<string, LeafTruths> leaves = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MatchPlan> plans = new(StringComparer.Ordinal);
    private int[] firstDays = [];
    private ulong[] alive = [];
    private int rows;
    private int dead;

    /// <summary>An empty population whose facts are of the vocabulary.</summary>
    public Population(FactIndex index)
    {
        ArgumentNullException.ThrowIfNull(index);
        this.index = index;
        columns = new Column?[index.Definitions.Length];
        scratch = FactFrame.Scratch(index);
    }

    /// <summary>The vocabulary, laid out.</summary>
    public FactIndex Index => index;

    /// <summary>How many companies there are.</summary>
    public int Count => companyOf.Count;

    /// <summary>How many rows there are, those of companies that changed since or went included.</summary>
    public int Rows => rows;

    /// <summary>True when so many rows are of no use any more that a new population takes less room and time.</summary>
    public bool IsWorn => dead > 1000 && dead > rows / 3;

    /// <summary>The numbers of all companies; a company that changes gets another.</summary>
    public IEnumerable<int> Companies => companyOf.Values;

    /// <summary>The id of the company with the number.</summary>
    public string IdOf(int company) => companies[company].Id;

    /// <summary>The name of the company with the number.</summary>
    public string NameOf(int company) => companies[company].Name;

    /// <summary>The number of the company, or null: it is not here.</summary>
    public int? Find(string id) => companyOf.TryGetValue(id, out var company) ? company : null;

    /// <summary>Adds a company, or gives it other facts. An archived one goes.</summary>
    public void Put(string id, CompanyProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        Remove(id);
        if (profile.IsArchived)
        {
            return;
        }

        var bounds = profile.Facts.Values
            .SelectMany(f => f.Pieces)
            .SelectMany(p => new[] { p.Days.From, p.Days.To })
            .OfType<DateOnly>().Distinct().Order().ToList();
        companyOf[id] = companies.Count;
        companies.Add(new Company(id, profile.Name, rows, bounds.Count + 1));
        for (var run = 0; run <= bounds.Count; run++)
        {
            var day = run == 0 ? (DateOnly?)null : bounds[run - 1];
            Grow(ref firstDays, rows + 1);
            Grow(ref alive, TruthBits.WordsFor(rows + 1));
            firstDays[rows] = day?.DayNumber ?? NoDay;
            alive[rows / TruthBits.WordBits] |= 1UL << (rows % TruthBits.WordBits);
            var on = day ?? (bounds.Count > 0 ? bounds[0].AddDays(-1) : LegalDate.First);
            foreach (var (name, timeline) in profile.Facts)
            {
                if (timeline.ValueOn(on) is { } value && index.TryGetSlot(name, out var slot))
                {
                    var column = columns[slot] ??= Column.Of(index, slot);
                    column.Set(rows, Typed(value, index.Definitions[slot].Type));
                    columns[slot] = column.Roomy;
                }
            }

            rows++;
        }
    }

    /// <summary>Takes a company away, if it is here.</summary>
    public void Remove(string id)
    {
        if (!companyOf.Remove(id, out var company))
        {
            return;
        }

        var (_, _, first, count) = companies[company];
        for (var row = first; row < first + count; row++)
        {
            alive[row / TruthBits.WordBits] &= ~(1UL << (row % TruthBits.WordBits));
        }

        dead += count;
    }

    /// <summary>The facts of the company as it was put here; what the vocabulary does not hold is left out.</summary>
    /// <param name="company">The company's number.</param>
    /// <param name="only">Only these facts; null: all of them.</param>
    public CompanyProfile ProfileOf(int company, IEnumerable<string>? only = null)
    {
        var (id, name, first, count) = companies[company];
        var facts = CompanyProfile.NoFacts.ToBuilder();
        var wanted = only is null ? columns : only.Select(fact => index.TryGetSlot(fact, out var slot) ? columns[slot] : null);
        foreach (var column in wanted.OfType<Column>())
        {
            var timeline = FactTimeline.Empty;
            for (var run = 0; run < count;)
            {
                var value = column.At(first + run);
                var from = run;
                while (++run < count && Equals(column.At(first + run), value))
                {
                }

                if (value is not null)
                {
                    timeline = timeline.Declare(new Days(DayOf(first + from), run < count ? DayOf(first + run) : null), value);
                }
            }

            if (!timeline.Pieces.IsEmpty)
            {
                facts[index.Definitions[column.Slot].Name] = timeline;
            }
        }

        return new CompanyProfile(id, name, null, facts.ToImmutable(), false);
    }

    /// <summary>The values that occur in the sets of a fact, in no order.</summary>
    public IEnumerable<string> ValuesOf(string fact) => index.TryGetSlot(fact, out var slot) ? columns[slot]?.Members ?? [] : [];

    /// <summary>Whether the condition holds, for each row; <see cref="RowOn"/> says which is a company's on a day.</summary>
    /// <param name="condition">The condition, of the population's vocabulary.</param>
    /// <param name="cancellationToken">Ends the matching; what was worked out by then is of use to the next.</param>
    public TruthBits Match(Condition condition, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return PlanOf(condition).Evaluate(this, cancellationToken);
    }

    /// <summary>How many parts of conditions are remembered with what they came to.</summary>
    public int Remembered => leaves.Count;

    /// <summary>Gives back the memory of what was asked so far; it is worked out again when it is asked again.</summary>
    public void Forget()
    {
        leaves.Clear();
        plans.Clear();
    }

    /// <summary>The row of the company that holds on the day.</summary>
    public int RowOn(int company, DateOnly day)
    {
        var (_, _, first, count) = companies[company];
        var row = first + count - 1;
        while (row > first && firstDays[row] > day.DayNumber)
        {
            row--;
        }

        return row;
    }

    /// <summary>
    /// Parts the companies so that all rules come to the same for all of a group on every day: what one of a group is answered, each is.
    /// </summary>
    /// <param name="rules">The rules.</param>
    /// <param name="cancellationToken">Ends the matching.</param>
    public CompanyGroups Alike(IReadOnlyCollection<Rule> rules, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var asked = rules.SelectMany(r => r.Conditions).SelectMany(c => PlanOf(c).Leaves).DistinctBy(l => l.Key).Select(l => Through(l, cancellationToken)).ToList();
        var starts = rules.SelectMany(r => r.History.Contents).Select(c => c.Content.RelativeStart?.Fact).OfType<string>().Distinct(StringComparer.Ordinal)
            .Select(fact => index.TryGetSlot(fact, out var slot) ? columns[slot] as CodedColumn : null).OfType<CodedColumn>().ToList();
        var keys = new ulong[asked.Count == 0 ? 0 : rows];
        var partition = new CompanyPartition(companies.Count, companyOf.Values, company => (companies[company].First, companies[company].Count));

        // Two bits for each leaf, as many leaves at a time as a word holds; each word parts the groups further.
        foreach (var some in asked.Chunk(TruthBits.WordBits / 2))
        {
            Array.Clear(keys);
            for (var i = 0; i < some.Length; i++)
            {
                some[i].AddTo(keys, 2 * i);
            }

            partition.Part(keys);
        }

        foreach (var leaf in asked.Where(l => l.Missing is not null))
        {
            partition.Part([..leaf.Missing!.Take(rows).Select(m => (ulong)m)]);
        }

        foreach (var start in starts)
        {
            partition.Part([..Enumerable.Range(0, rows).Select(row => (ulong)start.CodeAt(row))]);
        }

        return partition.Groups();
    }

    // Of equal length, whatever room each leaf has; nobody else may hold what is written into later.
    internal TruthBits Evaluate(MatchLeaf leaf, CancellationToken cancellationToken)
    {
        var (yes, unknown) = Through(leaf, cancellationToken).Bits;
        return new TruthBits(yes[..TruthBits.WordsFor(rows)], unknown[..TruthBits.WordsFor(rows)]);
    }

    internal static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            Array.Resize(ref array, Math.Max(length, array.Length + (array.Length / 4) + 64));
        }
    }

    private MatchPlan PlanOf(Condition condition)
    {
        if (!plans.TryGetValue(condition.Text, out var plan))
        {
            plans[condition.Text] = plan = MatchPlan.Of(condition, index);
        }

        return plan;
    }

    // Leaves are kept: the same comparison stands in many conditions, and rows once evaluated never change.
    private LeafTruths Through(MatchLeaf asked, CancellationToken cancellationToken)
    {
        if (!leaves.TryGetValue(asked.Key, out var leaf))
        {
            leaves[asked.Key] = leaf = new LeafTruths(asked.Condition);
        }

        if (leaf.Rows < rows)
        {
            Extend(leaf, cancellationToken);
        }

        return leaf;
    }

    private void Extend(LeafTruths leaf, CancellationToken cancellationToken)
    {
        leaf.MakeRoom(TruthBits.WordsFor(rows), rows);
        var (from, condition) = (leaf.Rows, leaf.Condition);
        if (leaf.Missing is null && condition.FactNames is [var only] && index.TryGetSlot(only, out var slot) && columns[slot] is { } column)
        {
            column.Evaluate(condition, scratch, from, rows, leaf.Bits, cancellationToken);
        }
        else
        {
            leaf.EvaluateEach(from, rows, FrameOf, cancellationToken);
        }

        leaf.Rows = rows;
    }

    // The facts that the leaf reads, of one row; the frame is used again for the next.
    private FactFrame FrameOf(Condition leaf, int row)
    {
        foreach (var name in leaf.FactNames)
        {
            if (index.TryGetSlot(name, out var slot))
            {
                var value = columns[slot]?.At(row);
                scratch.Put(slot, value, index.CoverageSlots[slot] >= 0 && value is SetValue set ? new Coverage(set.Values, index.Jurisdictions) : null);
            }
        }

        return scratch;
    }

    private DateOnly? DayOf(int row) => firstDays[row] == NoDay ? null : DateOnly.FromDayNumber(firstDays[row]);

    private static FactValue Typed(FactValue value, FactType type) =>
        value is IntValue whole && type == FactType.Double ? new DoubleValue(whole.Value) : value;

    private readonly record struct Company(string Id, string Name, int First, int Count);
}
