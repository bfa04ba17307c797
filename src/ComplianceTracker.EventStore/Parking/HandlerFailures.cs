using System.Data.Common;

namespace ComplianceTracker.EventStore.Parking;

/// <summary>What an exception of a subscription's handler says about the event; for implementations of <see cref="IEventStore"/>.</summary>
public static class HandlerFailures
{
    // SQLSTATE classes that tell of the server, of other sessions or of the deployment, never of the values of one event: connection,
    // transaction state (a primary that became a standby among them), a statement that the session no longer has, rollback, missing tables or
    // rights, resources, locks, the operator, the system.
    private static readonly string[] NotOfTheEvent = ["08", "25", "26", "28", "3D", "40", "42", "53", "55", "57", "58", "XX"];

    /// <summary>Tells whose fault a failure is, from the exception or any that it wraps.</summary>
    public static SubscriptionFailureKind KindOf(Exception failure)
    {
        var kind = SubscriptionFailureKind.Handler;
        for (var e = failure; e is not null; e = e.InnerException)
        {
            if (e is SubscriptionStopException)
            {
                return SubscriptionFailureKind.Stopped;
            }

            if (IsPassing(e))
            {
                kind = SubscriptionFailureKind.Passing;
            }
        }

        return kind;
    }

    /// <summary>An exception with those it wraps, as operators see it.</summary>
    public static string Describe(Exception failure)
    {
        var parts = new List<string>();
        for (var e = failure; e is not null; e = e.InnerException)
        {
            parts.Add($"{e.GetType().Name}: {e.Message}");
        }

        return string.Join(" <- ", parts).Replace('\0', '\uFFFD');
    }

    /// <summary>True when the handler met an event whose stored name this code does not know.</summary>
    public static bool IsUnknownType(Exception failure)
    {
        var e = failure;
        while (e is not (null or Codec.UnknownEventTypeException))
        {
            e = e.InnerException;
        }

        return e is not null;
    }

    // A database error without SQLSTATE is the driver's: no connection, or no answer in time.
    private static bool IsPassing(Exception e) => e switch
    {
        DbException { SqlState: { } state } => NotOfTheEvent.Any(c => state.StartsWith(c, StringComparison.Ordinal)),
        DbException => true,
        _ => e is OperationCanceledException or TimeoutException or IOException or ObjectDisposedException or OutOfMemoryException,
    };
}
