using System.Globalization;

namespace ComplianceTracker.Benchmarks;

/// <summary>
/// Measures two things in turn (ours, baseline, ours, baseline …), so that whatever else the machine does meets both alike, and
/// compares their medians.
/// </summary>
internal sealed record Rounds(IReadOnlyList<double> Ours, IReadOnlyList<double> Baseline)
{
    /// <summary>The median of ours divided by the median of the baseline.</summary>
    public double Ratio => Median(Ours) / Median(Baseline);

    /// <summary>One round of each that does not count, to warm up; then the rounds.</summary>
    /// <param name="count">How many rounds of each; at least five.</param>
    /// <param name="ours">Does its work once and gives its rate.</param>
    /// <param name="baseline">Does the same work the other way and gives its rate.</param>
    public static async Task<Rounds> TakeTurnsAsync(int count, Func<Task<double>> ours, Func<Task<double>> baseline)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 5);
        await ours();
        await baseline();
        var rounds = new Rounds(new double[count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            ((double[])rounds.Ours)[i] = await ours();
            ((double[])rounds.Baseline)[i] = await baseline();
        }

        return rounds;
    }

    /// <summary>One line: medians, ratio, the ratios' spread over the rounds, and what it shall reach, where there is such a figure.</summary>
    public void Print(string name, string unit, double? reach)
    {
        var each = Ours.Zip(Baseline, (o, b) => o / b).ToList();
        var reached = reach is null ? "" : string.Create(CultureInfo.InvariantCulture, $"  reach {reach:0.0#}  {(Ratio >= reach ? "reached" : "NOT REACHED")}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-44} ours {Median(Ours),10:N0} {unit}  baseline {Median(Baseline),10:N0} {unit}  ratio {Ratio:0.00} "
            + $"(rounds {each.Min():0.00} to {each.Max():0.00}){reached}"));
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
