namespace ComplianceTracker.EventStore;

/// <summary>What the writer believes about a stream when it appends: nothing, that it has no events, or its exact version.</summary>
public readonly record struct ExpectedVersion
{
    private ExpectedVersion(long value) => Value = value;

    /// <summary>-1 for <see cref="Any"/>, 0 for <see cref="NoStream"/>, else the version of the stream's last event.</summary>
    public long Value { get; }

    /// <summary>Append whatever the stream's version is.</summary>
    public static ExpectedVersion Any { get; } = new(-1);

    /// <summary>Append only when the stream has no events yet.</summary>
    public static ExpectedVersion NoStream => default;

    /// <summary>Append only when the stream's last event has this version; 0 is the same as <see cref="NoStream"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The version is negative.</exception>
    public static ExpectedVersion Exact(long version)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(version);
        return new(version);
    }

    /// <summary>True when a stream whose last event has this version (0: no events) is what the writer expected.</summary>
    public bool Allows(long actual) => Value == -1 || Value == actual;

    /// <summary><c>any</c>, <c>no stream</c> or the version.</summary>
    public override string ToString() => Value switch { -1 => "any", 0 => "no stream", _ => Value.ToString() };
}
