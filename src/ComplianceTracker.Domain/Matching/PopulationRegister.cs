using System.Collections.Immutable;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Domain.Matching;

/// <summary>
/// The register of all companies of a population under some rules: the same, company by company, as <see cref="CompanyRegister.Of"/>,
/// found by asking one company of each group whose facts come to the same.
/// </summary>
public sealed class PopulationRegister
{
    private readonly ImmutableArray<Part> parts;

    private PopulationRegister(ImmutableArray<Part> parts) => this.parts = parts;

    /// <summary>Computes it.</summary>
    /// <param name="population">The companies; of their facts only those that the rules read are looked at.</param>
    /// <param name="rules">The rules, one for each obligation.</param>
    /// <param name="cancellationToken">Ends the computation.</param>
    public static PopulationRegister Of(Population population, IEnumerable<Rule> rules, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(population);
        ArgumentNullException.ThrowIfNull(rules);

        // Rule by rule: under several at once hardly two companies are alike.
        return new PopulationRegister([..rules.OrderBy(r => r.History.ObligationId, StringComparer.Ordinal).Select(rule => PartOf(population, rule, cancellationToken))]);
    }

    /// <summary>When the obligations apply or may apply to the company, by obligation, ordinal, then by day.</summary>
    /// <param name="company">The company's number in the population.</param>
    public IEnumerable<(string ObligationId, ApplicabilityInterval Interval)> Of(int company) =>
        parts.SelectMany(part => part.Intervals[part.GroupOf[company]].Select(interval => (part.ObligationId, interval)));

    private static Part PartOf(Population population, Rule rule, CancellationToken cancellationToken)
    {
        var groups = population.Alike([rule], cancellationToken);
        return new Part(rule.History.ObligationId, groups.GroupOf, [..groups.Representatives.Select(IntervalsOf)]);

        ImmutableArray<ApplicabilityInterval> IntervalsOf(int company)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Applicability.Intervals(rule, new CompanyFrames(population.ProfileOf(company, rule.FactNames), population.Index));
        }
    }

    private sealed record Part(string ObligationId, IReadOnlyList<int> GroupOf, ImmutableArray<ImmutableArray<ApplicabilityInterval>> Intervals);
}
