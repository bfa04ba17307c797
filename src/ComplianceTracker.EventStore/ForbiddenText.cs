namespace ComplianceTracker.EventStore;

/// <summary>A character that the store cannot keep, and its place.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Pointer">The JSON Pointer (RFC 6901) of the value or of the member whose name holds it; empty for a text that is not JSON.</param>
public sealed record ForbiddenText(ForbiddenTextKind Kind, string Pointer)
{
    /// <summary>For a message: <c>U+0000 at /note/en</c>.</summary>
    public override string ToString()
    {
        var what = Kind switch
        {
            ForbiddenTextKind.Null => "U+0000",
            ForbiddenTextKind.LoneSurrogate => "a lone surrogate",
            ForbiddenTextKind.InvalidUtf8 => "bytes that are not UTF-8",
            _ => throw new InvalidOperationException($"Unknown kind {Kind}."),
        };
        return Pointer.Length == 0 ? what : $"{what} at {Pointer}";
    }
}

/// <summary>What a store cannot keep in a text.</summary>
public enum ForbiddenTextKind
{
    /// <summary>The character U+0000.</summary>
    Null,

    /// <summary>Half of a surrogate pair.</summary>
    LoneSurrogate,

    /// <summary>Bytes that are not UTF-8.</summary>
    InvalidUtf8,
}
