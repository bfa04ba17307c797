using System.Globalization;

namespace ComplianceTracker.Benchmarks.Service;

/// <summary>Random questions about obligations, the same in every run.</summary>
internal static class Questions
{
    private static readonly DateOnly First = new(2016, 1, 1);
    private static readonly DateOnly Last = new(2030, 12, 31);

    /// <summary>Makes the question about a company from the position of its registration and the head of the log.</summary>
    public delegate string Kind(Random random, string company, long registered, long head);

    /// <summary>On a random legal day, everything else by default.</summary>
    public static string Now(Random random, string company, long registered, long head) =>
        $"/api/v1/companies/{company}/obligations?asOf={Day(random)}";

    /// <summary>The same as known on a random day and as recorded by a random position since the company's registration.</summary>
    public static string Past(Random random, string company, long registered, long head) =>
        $"{Now(random, company, registered, head)}&knownOn={Day(random)}&position={random.NextInt64(registered, head + 1)}";

    /// <summary>Questions about random companies.</summary>
    public static List<string> Of(BenchmarkService service, long head, int count, int seed, Kind kind)
    {
        var random = new Random(seed);
        var companies = service.Registered.ToArray();
        return [..Enumerable.Range(0, count).Select(_ => companies[random.Next(companies.Length)]).Select(c => kind(random, c.Key, c.Value, head))];
    }

    private static string Day(Random random) =>
        First.AddDays(random.Next(Last.DayNumber - First.DayNumber + 1)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
