using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using ComplianceTracker.Benchmarks.Evaluate;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Matching;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;
using Npgsql;

namespace ComplianceTracker.Benchmarks.Match;

/// <summary>
/// Every condition of the record over a whole population: on columns and bitmaps, company by company, and in SQL over a table of facts;
/// and what a development that defines ten obligations changes for all of them.
/// </summary>
internal static class MatchBenchmark
{
    private const int MostOneByOne = 100_000;
    private const int Turns = 5;

    public static async Task RunAsync(string[] args)
    {
        int[] sizes = args is [var one, ..] ? [int.Parse(one, CultureInfo.InvariantCulture)] : [10_000, 100_000, 1_000_000];
        var vocabulary = Seeds.Vocabulary();
        var index = FactIndex.Of(vocabulary);
        var conditions = Seeds.Conditions().Select(text => Condition.Compile(text, index).Condition!).ToList();
        await using var database = await DurableDatabase.StartAsync();
        await using var connection = new NpgsqlConnection(database.ConnectionString + ";Command Timeout=600");
        await connection.OpenAsync();
        var table = new FactTable(vocabulary, conditions);
        foreach (var size in sizes)
        {
            await RunAsync(size, vocabulary, index, conditions, table, connection);
        }
    }

    private static async Task RunAsync(
        int size, FactVocabulary vocabulary, FactIndex index, List<Condition> conditions, FactTable table, NpgsqlConnection connection)
    {
        var before = GC.GetTotalMemory(true);
        var begun = Stopwatch.GetTimestamp();
        var population = Fill(size, vocabulary, index);
        var filled = Stopwatch.GetElapsedTime(begun);
        var memory = (GC.GetTotalMemory(true) - before) / (double)size;

        // What was evaluated is kept by a population: each round forgets it first, and pays for all of it.
        var impact = Impact(population, index, conditions);
        population.Forget();
        var cold = Time(() => Counts(population, conditions));
        var bulk = new List<double>();
        var loop = new List<double>();
        var frames = Frames(Math.Min(size, MostOneByOne), vocabulary, index);
        for (var i = 0; i < Turns; i++)
        {
            population.Forget();
            bulk.Add(Time(() => Counts(population, conditions)).TotalMilliseconds);
            loop.Add(Time(() => OneByOne(frames, conditions)).TotalMilliseconds * size / frames.Length);
        }

        await table.FillAsync(connection, All(size, vocabulary));
        var sql = new List<double>();
        long[] counted = [];
        for (var i = 0; i < (size > 100_000 ? 1 : 3); i++)
        {
            begun = Stopwatch.GetTimestamp();
            counted = await table.CountAsync(connection);
            sql.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        var (ours, theirs, database) = (Median(bulk), Median(loop), Median(sql));
        if (!counted.SequenceEqual(Counts(population, conditions)))
        {
            throw new InvalidOperationException("SQL counts otherwise.");
        }

        Console.WriteLine(
            $"match: {size,9:N0} companies, {conditions.Count} conditions: at once {ours,9:N0} ms (first time {cold.TotalMilliseconds:N0})  one by one {theirs,9:N0} ms ({theirs / ours:N0} x)  "
            + $"SQL {database,9:N0} ms ({database / ours:N0} x)  {memory:N0} bytes a company, filled in {filled.TotalSeconds:N1} s");
        Console.WriteLine($"match: {size,9:N0} companies, a development that defines ten obligations: {impact.First.TotalMilliseconds:N0} ms at first, {impact.Again.TotalMilliseconds:N0} ms again, {impact.Touched:N0} touched");
    }

    // Ten obligations whose conditions nobody asked yet.
    private static (TimeSpan First, TimeSpan Again, int Touched) Impact(Population population, FactIndex index, List<Condition> conditions)
    {
        var changes = conditions.Where(c => c.FactNames.Length > 1).Where((_, i) => i % 23 == 0).Take(10).Select((c, i) => Defined(i, c.Text, index)).ToList();
        var touched = 0;
        var first = Time(() => touched = Touched(Domain.Matching.Impact.Of(population, changes, _ => null, new DateOnly(2026, 1, 1)), population));
        return (first, Time(() => Touched(Domain.Matching.Impact.Of(population, changes, _ => null, new DateOnly(2026, 1, 1)), population)), touched);
    }

    private static int Touched(Impact impact, Population population) => population.Companies.Count(c => impact.TouchOf(c) != Touch.None);

    private static RuleChange Defined(int number, string condition, FactIndex index)
    {
        var id = $"duty-{number}";
        var instrument = new InstrumentIdentity(
            "act", "CN", "law", LangText.English("Act"), null, [], null, ImmutableSortedDictionary<string, string>.Empty, [], [], true, null, null, null, [], [], null);
        var content = new ObligationContent(
            "Art. 1", LangText.English("-"), LangText.English("-"), "reporting", ObligationNature.Duty, null, condition, new Duty(DutyKind.Continuous), null, null, "-", Confidence.Text, null, [], null, [], []);
        var development = new Development(
            "passed", DevelopmentKind.Passed, new DateOnly(2025, 1, 1), null, 0, null, null, "-", Confidence.Text, null, false, [], [], null, null,
            [new DefineEffect(id, content), new EnactEffect(id, new DateOnly(2025, 6, 1), null, null)]);
        var counted = Counting.Count([new RecordedDevelopment(development, 1, DateTimeOffset.UnixEpoch)], DateOnly.MaxValue, long.MaxValue);
        var history = LegalHistoryFold.Fold(instrument, counted).Histories.Single();
        return new RuleChange(id, null, Rule.Of(history, text => Condition.Compile(text, index).Condition!));
    }

    private static long[] Counts(Population population, List<Condition> conditions) => [..conditions.SelectMany(c =>
    {
        // The last word's bits past the last row mean nothing.
        var (yes, unknown) = population.Match(c);
        return new[] { Count(yes, population.Rows), Count(unknown, population.Rows) };
    })];

    private static long Count(ulong[] bits, int rows)
    {
        long count = 0;
        for (var i = 0; i < bits.Length; i++)
        {
            var word = i == bits.Length - 1 && rows % 64 != 0 ? bits[i] & ((1UL << (rows % 64)) - 1) : bits[i];
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    private static long OneByOne(FactFrame[] frames, List<Condition> conditions) =>
        conditions.Sum(c => frames.LongCount(f => c.Evaluate(f) == Truth.Yes));

    private static IEnumerable<Dictionary<string, FactValue?>> All(int size, FactVocabulary vocabulary)
    {
        var profiles = new Profiles(vocabulary, seed: 1);
        return Enumerable.Range(0, size).Select(_ => profiles.Next());
    }

    private static FactFrame[] Frames(int size, FactVocabulary vocabulary, FactIndex index) => [..All(size, vocabulary).Select(p => FactFrame.Of(index, p))];

    private static Population Fill(int size, FactVocabulary vocabulary, FactIndex index)
    {
        var population = new Population(index);
        var number = 0;
        foreach (var profile in All(size, vocabulary))
        {
            var id = $"c{number++}";
            population.Put(id, new CompanyProfile(
                id, id, null,
                profile.Where(f => f.Value is not null).ToImmutableSortedDictionary(f => f.Key, f => new FactTimeline([new FactPiece(Days.Always, f.Value)]), StringComparer.Ordinal),
                false));
        }

        return population;
    }

    private static TimeSpan Time<T>(Func<T> work)
    {
        var begun = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(begun);
    }

    private static double Median(IEnumerable<double> values) => Benchmarks.Rounds.Median(values);
}
