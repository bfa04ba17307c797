using System.Collections.Immutable;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Domain.Matching;

/// <summary>An obligation before and after a change of law.</summary>
/// <param name="ObligationId">The obligation.</param>
/// <param name="Before">The rule before, or null: nothing counted carried it.</param>
/// <param name="After">The rule after, or null.</param>
public sealed record RuleChange(string ObligationId, Rule? Before, Rule? After);

/// <summary>
/// What a change of law changes in the answers of all companies of a population on one legal day: the same, company by company, as
/// <see cref="AnswerChanges"/> says, found by asking one company of each group whose facts come to the same.
/// </summary>
public sealed class Impact
{
    private readonly ImmutableArray<Part> parts;

    private Impact(ImmutableArray<Part> parts) => this.parts = parts;

    /// <summary>Finds it.</summary>
    /// <param name="population">The companies.</param>
    /// <param name="changes">The obligations that the change is about.</param>
    /// <param name="unchanged">The rule of any other obligation, or null: it is asked where one takes the place of another.</param>
    /// <param name="asOf">The legal day.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static Impact Of(
        Population population, IReadOnlyCollection<RuleChange> changes, Func<string, Rule?> unchanged, DateOnly asOf, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(population);
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentNullException.ThrowIfNull(unchanged);
        return new Impact([..Linked(changes, unchanged).Select(some => PartOf(population, some, asOf, cancellationToken))]);
    }

    /// <summary>What changes for the company, by obligation and kind; nothing when it is not touched.</summary>
    /// <param name="company">The company's number in the population.</param>
    public ImmutableArray<Consequence> For(int company)
    {
        var found = parts.SelectMany(p => p.Of(company)).ToImmutableArray();
        return found.Length < 2 ? found : [..found.OrderBy(c => c.ObligationId, StringComparer.Ordinal).ThenBy(c => c.Kind)];
    }

    /// <summary>How the company is touched, without saying by what.</summary>
    public Touch TouchOf(int company)
    {
        var touch = Touch.None;
        foreach (var part in parts)
        {
            touch = part.TouchOf(company) is var next && next > touch ? next : touch;
        }

        return touch;
    }

    /// <summary>Counts how the companies are touched.</summary>
    /// <param name="companies">The numbers of companies, each once.</param>
    public ImpactTally Tally(IEnumerable<int> companies)
    {
        ArgumentNullException.ThrowIfNull(companies);
        var (kinds, facts) = (new Dictionary<ConsequenceKind, (int Companies, int Changes)>(), new Dictionary<string, int>(StringComparer.Ordinal));
        var (sure, undetermined) = (0, 0);

        // Companies of the same groups count alike: what they add is worked out once.
        var groups = new char[parts.Length * 2];
        var members = new Dictionary<string, int>(StringComparer.Ordinal);
        var byGroups = members.GetAlternateLookup<ReadOnlySpan<char>>();
        var firsts = new List<(string Key, int Company)>();
        foreach (var company in companies)
        {
            for (var i = 0; i < parts.Length; i++)
            {
                var group = parts[i].GroupOf(company);
                (groups[2 * i], groups[(2 * i) + 1]) = ((char)(group & 0xFFFF), (char)(group >> 16));
            }

            if (byGroups.TryGetValue(groups, out var count))
            {
                byGroups[groups] = count + 1;
            }
            else
            {
                byGroups[groups] = 1;
                firsts.Add((new string(groups), company));
            }
        }

        foreach (var (key, company) in firsts)
        {
            var count = members[key];
            var consequences = For(company);
            switch (TouchOf(company))
            {
                case Touch.None:
                    continue;
                case Touch.Sure:
                    sure += count;
                    break;
                default:
                    undetermined += count;
                    break;
            }

            foreach (var kind in consequences.GroupBy(c => c.Kind))
            {
                var known = kinds.GetValueOrDefault(kind.Key);
                kinds[kind.Key] = (known.Companies + count, known.Changes + (count * kind.Count()));
            }

            foreach (var fact in consequences.SelectMany(c => c.After?.MissingFacts ?? []).Distinct(StringComparer.Ordinal))
            {
                facts[fact] = facts.GetValueOrDefault(fact) + count;
            }
        }

        return new ImpactTally(sure, undetermined, kinds, facts);
    }

    // Where one obligation takes another's place both are told of together; what nothing links is told of by itself.
    private static IEnumerable<List<RuleChange>> Linked(IReadOnlyCollection<RuleChange> changes, Func<string, Rule?> unchanged)
    {
        var byId = changes.ToDictionary(c => c.ObligationId, StringComparer.Ordinal);
        var neighbours = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            Of(change.ObligationId);
            foreach (var successor in (change.After?.History.ReplacedBy ?? []).Where(s => byId.ContainsKey(s) || unchanged(s) is not null))
            {
                Of(change.ObligationId).Add(successor);
                Of(successor).Add(change.ObligationId);
            }
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            var linked = new List<RuleChange>();
            var open = new Stack<string>([change.ObligationId]);
            while (open.TryPop(out var id))
            {
                if (seen.Add(id))
                {
                    linked.Add(byId.TryGetValue(id, out var known) ? known : new RuleChange(id, unchanged(id), unchanged(id)));
                    foreach (var neighbour in Of(id))
                    {
                        open.Push(neighbour);
                    }
                }
            }

            if (linked.Count > 0)
            {
                yield return linked;
            }
        }

        HashSet<string> Of(string id) => neighbours.TryGetValue(id, out var of) ? of : neighbours[id] = new(StringComparer.Ordinal);
    }

    private static Part PartOf(Population population, List<RuleChange> changes, DateOnly asOf, CancellationToken cancellationToken)
    {
        var rules = changes.SelectMany(c => new[] { c.Before, c.After }).OfType<Rule>().Distinct().ToList();
        var facts = rules.SelectMany(r => r.FactNames).Distinct(StringComparer.Ordinal).ToList();
        var groups = population.Alike(rules, cancellationToken);
        return new Part(groups.GroupOf, [..groups.Representatives.Select(company => Told(population.ProfileOf(company, facts)))]);

        ImmutableArray<Consequence> Told(Companies.CompanyProfile profile)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var frames = new CompanyFrames(profile, population.Index);
            var answers = changes.ToDictionary(
                c => c.ObligationId,
                c => new AnswerChange(c.ObligationId, Answer(c.Before), ReferenceEquals(c.Before, c.After) ? null : Answer(c.After)),
                StringComparer.Ordinal);
            foreach (var same in changes.Where(c => ReferenceEquals(c.Before, c.After)))
            {
                answers[same.ObligationId] = answers[same.ObligationId] with { After = answers[same.ObligationId].Before };
            }

            return AnswerChanges.Between(answers.Values, id => answers.GetValueOrDefault(id)?.After);

            ObligationAnswer? Answer(Rule? rule) =>
                rule is null ? null : ObligationAnswer.On(rule.History, Applicability.Intervals(rule, frames), asOf);
        }
    }

    /// <summary>Obligations that belong together, and what changes in them by group.</summary>
    private sealed class Part(IReadOnlyList<int> groupOf, ImmutableArray<ImmutableArray<Consequence>> told)
    {
        private readonly Touch[] touches = [..told.Select(Touched)];

        public int GroupOf(int company) => groupOf[company];

        public ImmutableArray<Consequence> Of(int company) => groupOf[company] is >= 0 and var group ? told[group] : [];

        public Touch TouchOf(int company) => groupOf[company] is >= 0 and var group ? touches[group] : Touch.None;

        private static Touch Touched(ImmutableArray<Consequence> consequences) =>
            consequences.IsEmpty ? Touch.None
            : consequences.All(c => c.After?.Status == Status.Undetermined) ? Touch.Undetermined
            : Touch.Sure;
    }
}

/// <summary>How many companies a change of law touches.</summary>
/// <param name="Sure">Those for which something changes.</param>
/// <param name="Undetermined">Those for which something may change: facts are missing to tell.</param>
/// <param name="Kinds">By what changes: for how many companies, and how many changes.</param>
/// <param name="MissingFacts">By fact, how many of the companies it would tell more about.</param>
public sealed record ImpactTally(
    int Sure, int Undetermined, IReadOnlyDictionary<ConsequenceKind, (int Companies, int Changes)> Kinds, IReadOnlyDictionary<string, int> MissingFacts);

/// <summary>How a change of law touches a company; the later word says more.</summary>
public enum Touch
{
    /// <summary>Nothing changes for it.</summary>
    None,

    /// <summary>It may: facts are missing to tell.</summary>
    Undetermined,

    /// <summary>Something changes for it.</summary>
    Sure,
}
