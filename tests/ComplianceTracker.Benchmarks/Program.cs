using System.Globalization;
using ComplianceTracker.Benchmarks;
using ComplianceTracker.Benchmarks.Evaluate;
using ComplianceTracker.Benchmarks.Match;
using ComplianceTracker.Benchmarks.Search;
using ComplianceTracker.Benchmarks.Service;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var benchmarks = new SortedDictionary<string, Func<string[], Task>>(StringComparer.Ordinal)
{
    ["append"] = AppendBenchmark.RunAsync,
    ["clocks"] = ObligationsBenchmark.PastAsync,
    ["engines"] = EnginesBenchmark.RunAsync,
    ["evaluate"] = EvaluateBenchmark.RunAsync,
    ["lag"] = LagBenchmark.RunAsync,
    ["law"] = LawBenchmark.RunAsync,
    ["match"] = MatchBenchmark.RunAsync,
    ["nodes"] = NodesBenchmark.RunAsync,
    ["obligations"] = ObligationsBenchmark.NowAsync,
    ["rebuild"] = RebuildBenchmark.RunAsync,
    ["search"] = SearchBenchmark.RunAsync,
    ["start"] = StartBenchmark.RunAsync,
    ["webhooks"] = WebhooksBenchmark.RunAsync,
};

// The second process of a benchmark of the service.
if (args is ["load", ..])
{
    return LoadGenerator.Run(args[1..]);
}

if (args.Length == 0 || !benchmarks.TryGetValue(args[0], out var benchmark))
{
    await Console.Error.WriteLineAsync($"Usage: dotnet run -c Release --project tests/ComplianceTracker.Benchmarks -- <{string.Join('|', benchmarks.Keys)}>");
    return 1;
}

Machine.Print();
await benchmark(args[1..]);
Console.WriteLine($"load average at the end {Machine.Load()}");
return 0;
