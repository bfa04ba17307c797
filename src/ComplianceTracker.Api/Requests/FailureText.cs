using System.Data.Common;

namespace ComplianceTracker.Api.Requests;

/// <summary>Tells an exception without its message, which may hold what a client sent or the database keeps.</summary>
internal static class FailureText
{
    /// <summary>The kinds of the exception and of those behind it, with the database's error code where there is one.</summary>
    public static string Kind(Exception failure) => string.Join(" <- ", Chain(failure).Select(KindOfOne));

    /// <summary>The kinds, each with where it was thrown.</summary>
    public static string Stack(Exception failure) => string.Join(" <- ", Chain(failure).Select(e => $"{KindOfOne(e)} {e.StackTrace}"));

    private static string KindOfOne(Exception e) => e is DbException { SqlState: { } state } ? $"{e.GetType().Name} {state}" : e.GetType().Name;

    private static IEnumerable<Exception> Chain(Exception failure)
    {
        for (Exception? e = failure; e is not null; e = e.InnerException)
        {
            yield return e;
        }
    }
}
