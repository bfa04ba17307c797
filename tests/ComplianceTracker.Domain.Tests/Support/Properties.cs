using FsCheck;
using FsCheck.Fluent;

namespace ComplianceTracker.Domain.Tests.Support;

/// <summary>Checks a statement for many random values and throws with the smallest it finds against it.</summary>
internal static class Properties
{
    public static void ForAll<T>(Gen<T> values, Action<T> statement, int tests = 300) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(tests), Prop.ForAll(values.ToArbitrary(), statement));
}
