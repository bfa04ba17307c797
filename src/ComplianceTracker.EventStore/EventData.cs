namespace ComplianceTracker.EventStore;

/// <summary>An event as a writer hands it to the store.</summary>
/// <param name="Id">The event's id, chosen by the writer, unique in the whole store. A retry of the same append uses the same ids.</param>
/// <param name="Type">The stored name with its version, for example <c>instrument.passed.v1</c>; 1 to 500 characters.</param>
/// <param name="Data">The body: one JSON value in UTF-8, free of U+0000 and lone surrogates (<see cref="JsonText"/>).</param>
public sealed record EventData(Guid Id, string Type, ReadOnlyMemory<byte> Data);
