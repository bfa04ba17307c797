using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Benchmarks.Service;

/// <summary>
/// Companies derived from those of the seeds, the same in every run: a sixth of a company's facts is another value, unknown, or
/// another value from some day on; and now and then some facts change later.
/// </summary>
internal sealed class Variations(IReadOnlyList<CompanyProfile> originals, FactVocabulary vocabulary, int seed)
{
    private readonly Random random = new(seed);

    /// <summary>The id of a company.</summary>
    public static string IdOf(int number) => $"company-{number:00000}";

    /// <summary>The registration of a company.</summary>
    public CompanyRegistered Registration(int number)
    {
        var original = originals[random.Next(originals.Count)];
        var facts = original.Facts.SelectMany(f => f.Value.Pieces.Select(p => new FactDeclaration(f.Key, p.Value, p.Days)));
        return new CompanyRegistered(IdOf(number), $"Company {number}", null, [..facts.SelectMany(Varied)]);
    }

    /// <summary>A few facts of the company change.</summary>
    public FactsDeclared Change()
    {
        var original = originals[random.Next(originals.Count)];
        var facts = original.Facts.Where(_ => random.Next(20) == 0).SelectMany(f => f.Value.Pieces.Select(p => new FactDeclaration(f.Key, p.Value, p.Days)));
        return new FactsDeclared([..facts.Select(f => f with { Value = Other(f.Fact, f.Value), Days = new Days(Day(), null) })]);
    }

    private IEnumerable<FactDeclaration> Varied(FactDeclaration declared) => random.Next(18) switch
    {
        0 => [declared with { Value = Other(declared.Fact, declared.Value) }],
        1 => [declared with { Value = null }],
        2 => [declared, declared with { Value = Other(declared.Fact, declared.Value), Days = new Days(Day(), null) }],
        _ => [declared],
    };

    private DateOnly Day() => new DateOnly(2018, 1, 1).AddDays(random.Next(8 * 365));

    private FactValue? Other(string fact, FactValue? value) => value switch
    {
        BoolValue b => new BoolValue(!b.Value),
        IntValue i => new IntValue(i.Value == 0 ? (long)Math.Pow(10, random.Next(1, 8)) : i.Value * random.Next(1, 30) / 10),
        DoubleValue d => new DoubleValue(d.Value == 0 ? Math.Pow(10, random.Next(3, 11)) : d.Value * random.Next(1, 30) / 10),
        DateValue d => new DateValue(d.Value.AddDays(random.Next(-700, 700))),
        SetValue s when vocabulary.Find(fact) is { Values: { IsEmpty: false } listed } => s with { Values = s.Values.Add(listed[random.Next(listed.Length)].Value) },
        SetValue s => s with { Values = s.Values.Add(random.Next(2) == 0 ? "EU" : "CN-SH") },
        _ => value,
    };
}
