using System.Runtime.InteropServices;

namespace ComplianceTracker.Benchmarks;

/// <summary>What a figure depends on besides the code.</summary>
internal static class Machine
{
    public static void Print()
    {
        Console.WriteLine($"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores ({ProcessorName()}), {RuntimeInformation.FrameworkDescription}");
        Console.WriteLine($"load average {Load()}");
    }

    /// <summary>The load averages of the last 1, 5 and 15 minutes, where the system tells them.</summary>
    public static string Load() =>
        File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3)) : "unknown";

    private static string ProcessorName() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown"
        : "unknown";
}
