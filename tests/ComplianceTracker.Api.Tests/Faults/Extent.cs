namespace ComplianceTracker.Api.Tests.Faults;

/// <summary>
/// How much is tried. The suite tries a few random moments of each fault; <c>COMPLIANCETRACKER_FAULTS=50</c> in the environment makes
/// it fifty, and holds last as long as they do in life.
/// </summary>
internal static class Extent
{
    private static readonly string? Given = Environment.GetEnvironmentVariable("COMPLIANCETRACKER_FAULTS");

    /// <summary>True in the long form.</summary>
    public static bool IsLong => int.TryParse(Given, out _);

    /// <summary>How many moments are tried where the suite tries so many.</summary>
    public static int Points(int inSuite) => int.TryParse(Given, out var points) ? points : inSuite;

    /// <summary>A random seed, written where the test's output goes.</summary>
    public static Random Seeded(ITestOutputHelper output)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Random seed {seed}");
        return new Random(seed);
    }
}
