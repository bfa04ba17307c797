using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace ComplianceTracker.Domain.Tests.Support;

/// <summary>
/// Checks a statement for many random values and throws with the smallest it finds against it, and the seed that repeats it. What fails
/// once in ten thousand is looked for by <c>COMPLIANCETRACKER_PROPERTIES=50 dotnet test tests/ComplianceTracker.Domain.Tests</c>: fifty
/// times as many values.
/// </summary>
internal static class Properties
{
    private static readonly int Times =
        int.TryParse(Environment.GetEnvironmentVariable("COMPLIANCETRACKER_PROPERTIES"), NumberStyles.None, CultureInfo.InvariantCulture, out var times) ? times : 1;

    public static void ForAll<T>(Gen<T> values, Action<T> statement, int tests = 300) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(tests * Times), Prop.ForAll(values.ToArbitrary(), statement));

    /// <summary>The same for a thousand values.</summary>
    public static void Hold<T>(Gen<T> values, Action<T> statement) => ForAll(values, statement, 1000);
}
