using FsCheck;
using FsCheck.Fluent;

namespace ComplianceTracker.Domain.Tests.Conditions;

/// <summary>Runs properties from plain facts.</summary>
internal static class Properties
{
    /// <summary>Checks a thousand generated cases; the first that fails is thrown, with the seed that repeats it.</summary>
    public static void Hold<T>(Gen<T> cases, Action<T> check) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(Arb.From(cases), check));
}
