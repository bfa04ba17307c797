using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ComplianceTracker.Benchmarks.Service;

/// <summary>
/// From the start of the built program to its first answered question on an existing database, and the memory it holds with the
/// corpus and many companies after some thousand questions.
/// </summary>
internal static class StartBenchmark
{
    private const int Companies = 10_000;
    private const int Starts = 7;
    private const double ReachSeconds = 2;
    private const double ReachMegabytes = 300;

    /// <summary>Takes, if given, how many companies there are and the program to start instead of the one built with the benchmark.</summary>
    public static async Task RunAsync(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : Companies;
        var path = args.Length > 1 ? args[1] : Path.Combine(AppContext.BaseDirectory, "ComplianceTracker.Api.dll");
        await using var database = await DurableDatabase.StartAsync();
        await database.PrintSettingsAsync();
        List<string> now, past;
        await using (var service = await BenchmarkService.StartAsync(database.ConnectionString, count))
        {
            now = Questions.Of(service, await service.HeadAsync(), 20_000, 3, Questions.Now);
            past = Questions.Of(service, await service.HeadAsync(), 20_000, 4, Questions.Past);
        }

        // One start that does not count: files must be in the system's cache.
        var times = new List<double>();
        var used = new List<double>();
        for (var start = 0; start <= Starts; start++)
        {
            using var program = await Started.FirstAnswerAsync(path, database.ConnectionString, now[start]);
            times.Add(program.Seconds);
            used.Add(program.ProcessorSeconds);
            if (start < Starts)
            {
                continue;
            }

            Console.WriteLine($"resident after the first answer {program.ResidentMegabytes():0} MB");
            await AskAsync(program, now);
            Console.WriteLine($"resident after the newest {program.ResidentMegabytes():0} MB");
            await AskAsync(program, past);
            Print("start: resident after questions of all kinds", program.ResidentMegabytes(), "MB", ReachMegabytes);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"processor time to the first answer {Rounds.Median(used.Skip(1)):0.00} s"));
        Print($"start: median of {Starts}, {times.Skip(1).Min():0.00} to {times.Skip(1).Max():0.00} s", Rounds.Median(times.Skip(1)), "s", ReachSeconds);
    }

    private static async Task AskAsync(Started program, List<string> questions)
    {
        using var load = await LoadGenerator.StartAsync(program.Address, questions, 16);
        var rate = await load.RateAsync(10);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"asked {rate * 10:N0} questions in 10 s"));
    }

    private static void Print(string name, double value, string unit, double reach) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{name,-50} {value:0.00} {unit}  reach {reach:0} {unit}  {(value <= reach ? "reached" : "NOT REACHED")}"));

    /// <summary>The program as users start it, in a process of its own.</summary>
    private sealed class Started : IDisposable
    {
        private readonly Process process;

        private Started(Process process, Uri address, double seconds)
        {
            (this.process, Address, Seconds) = (process, address, seconds);
            ProcessorSeconds = process.TotalProcessorTime.TotalSeconds;
        }

        public Uri Address { get; }

        /// <summary>How long it took to the first answer.</summary>
        public double Seconds { get; }

        /// <summary>The processor time that the program had used by then: what the machine does besides meets it less.</summary>
        public double ProcessorSeconds { get; }

        public static async Task<Started> FirstAnswerAsync(string path, string connectionString, string question)
        {
            var address = new Uri($"http://127.0.0.1:{FreePort()}");
            var start = new ProcessStartInfo("dotnet", [path, "--urls", address.ToString()])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["ConnectionStrings__ComplianceTracker"] = connectionString;
            using var client = new HttpClient { BaseAddress = address };
            var begun = Stopwatch.GetTimestamp();
            var process = Process.Start(start)!;
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            while (true)
            {
                try
                {
                    using var answer = await client.GetAsync(question);
                    if (answer.IsSuccessStatusCode)
                    {
                        return new Started(process, address, Stopwatch.GetElapsedTime(begun).TotalSeconds);
                    }
                }
                catch (HttpRequestException) when (!process.HasExited)
                {
                    await Task.Delay(5);
                }
            }
        }

        public double ResidentMegabytes() => File.ReadLines($"/proc/{process.Id}/status")
            .Where(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Select(l => double.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024)
            .Single();

        public void Dispose()
        {
            using (var kill = Process.Start("kill", [$"{process.Id}"]))
            {
                kill.WaitForExit();
            }

            process.WaitForExit();
            process.Dispose();
        }

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}
