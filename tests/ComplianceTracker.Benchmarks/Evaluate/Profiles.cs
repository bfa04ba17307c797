using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Benchmarks.Evaluate;

/// <summary>Random profiles, the same in every run: of each fact seven in ten know a value, of the magnitudes that the law asks for.</summary>
internal sealed class Profiles(FactVocabulary vocabulary, int seed)
{
    private static readonly string[] Codes =
        ["CN", "CN-GD", "CN-SH", "CN-NM", "EU", "DE", "FR", "IE", "US", "US-CA", "US-NY", "US-TX", "US-IL", "GB", "KR", "JP", "VN", "AU", "BR", "CH", "IN", "SG", "CA"];

    private readonly Random random = new(seed);

    public Dictionary<string, FactValue?> Next()
    {
        var profile = new Dictionary<string, FactValue?>(StringComparer.Ordinal);
        foreach (var fact in vocabulary.Facts.Values)
        {
            profile[fact.Name] = random.NextDouble() < 0.7 ? Value(fact) : null;
        }

        return profile;
    }

    private FactValue Value(FactDefinition fact) => fact.Type switch
    {
        FactType.Bool => new BoolValue(random.Next(2) == 0),
        FactType.Int => new IntValue((long)Magnitude(8)),
        FactType.Double => new DoubleValue(Magnitude(fact.Name.EndsWith("flop", StringComparison.Ordinal) ? 28 : 12)),
        FactType.Date => new DateValue(new DateOnly(2015, 1, 1).AddDays(random.Next(5500))),
        FactType.StringSet => SetValue.Complete(Some(fact.Values.IsEmpty ? Codes : [.. fact.Values.Select(v => v.Value)])),
        _ => new StringValue("x"),
    };

    private double Magnitude(int digits) => Math.Floor(Math.Pow(10, random.NextDouble() * digits));

    private IEnumerable<string> Some(string[] of) => Enumerable.Range(0, random.Next(6)).Select(_ => of[random.Next(of.Length)]);
}
