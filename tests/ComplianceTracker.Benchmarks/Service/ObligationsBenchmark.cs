using System.Globalization;

namespace ComplianceTracker.Benchmarks.Service;

/// <summary>
/// What an answer costs beside reading a stored one: the question the product exists for against a bare endpoint in the same
/// host that reads one row of the same size by key and writes it out.
/// </summary>
internal static class ObligationsBenchmark
{
    private const int Companies = 3000;
    private const int QuestionCount = 50_000;
    private const int Connections = 16;
    private const double Seconds = 3;
    private const int RoundCount = 7;

    public static Task NowAsync(string[] args) => RunAsync("obligations", 0.5, args, Questions.Now);

    public static Task PastAsync(string[] args) => RunAsync("clocks", 0.25, args, Questions.Past);

    private static async Task RunAsync(string name, double reach, string[] args, Questions.Kind kind)
    {
        await using var database = await DurableDatabase.StartAsync();
        await database.PrintSettingsAsync();
        await using var service = await BenchmarkService.StartAsync(database.ConnectionString, Companies);
        var head = await service.HeadAsync();
        var random = new Random(1);
        await service.StoreAnswersAsync(name, service.Registered.ToDictionary(r => r.Key, r => kind(random, r.Key, r.Value, head)));
        using var ours = await LoadGenerator.StartAsync(service.Address, Questions.Of(service, head, QuestionCount, 2, kind), Connections);
        using var baseline = await LoadGenerator.StartAsync(
            service.Address, Questions.Of(service, head, QuestionCount, 2, (_, company, _, _) => BenchmarkService.BaselinePath(name, company)), Connections);
        if (args is ["profile", var time])
        {
            // For a profiler to look at this process.
            Console.WriteLine($"process {Environment.ProcessId}, {await ours.RateAsync(double.Parse(time, CultureInfo.InvariantCulture)):N0} answers/s");
            return;
        }

        var rounds = await Rounds.TakeTurnsAsync(RoundCount, () => ours.RateAsync(Seconds), () => baseline.RateAsync(Seconds));
        rounds.Print($"{name}: {Companies:N0} companies, {Connections} connections", "answers/s", reach);
    }
}
