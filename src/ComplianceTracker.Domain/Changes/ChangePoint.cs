using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Domain.Changes;

/// <summary>A company under the law of one moment, on one legal day. Not safe to share between threads.</summary>
/// <param name="asOf">The legal day.</param>
/// <param name="company">The company as recorded, or null: not registered yet.</param>
/// <param name="index">The vocabulary.</param>
/// <param name="rules">The obligations as counted, by id.</param>
/// <param name="developments">The developments of an instrument that count, by its id.</param>
public sealed class ChangePoint(
    DateOnly asOf,
    CompanyProfile? company,
    FactIndex index,
    IReadOnlyDictionary<string, Rule> rules,
    Func<string, IEnumerable<CountedDevelopment>> developments)
{
    private readonly Lazy<CompanyFrames?> frames = new(() => company is null ? null : new CompanyFrames(company, index));

    /// <summary>The legal day.</summary>
    public DateOnly AsOf => asOf;

    /// <summary>The company as recorded, or null: not registered yet.</summary>
    public CompanyProfile? Company => company;

    /// <summary>The vocabulary.</summary>
    public FactIndex Index => index;

    /// <summary>The obligations as counted, by id.</summary>
    public IReadOnlyDictionary<string, Rule> Rules => rules;

    /// <summary>The developments of an instrument that count.</summary>
    public IEnumerable<CountedDevelopment> Developments(string instrumentId) => developments(instrumentId);

    /// <summary>The answer for the obligation, or null: nothing counted carries it, or the company was not registered.</summary>
    public ObligationAnswer? Answer(string obligationId) => Rules.TryGetValue(obligationId, out var rule) ? Answer(rule) : null;

    /// <summary>The same with other facts of the company.</summary>
    internal ChangePoint With(CompanyProfile other) => new(asOf, other, index, rules, developments);

    /// <summary>The answer for an obligation that may be counted otherwise than here.</summary>
    internal ObligationAnswer? Answer(Rule rule) =>
        frames.Value is { } facts ? ObligationAnswer.On(rule.History, Applicability.Intervals(rule, facts), asOf) : null;
}
