namespace ComplianceTracker.Api.Storage;

/// <summary>What became of a write.</summary>
/// <param name="Id">What was written to: the company, the instrument, the development or the fact.</param>
/// <param name="Version">The version of its stream after the write, also the <c>ETag</c>.</param>
/// <param name="Position">The log position of the write; give it as <c>minPosition</c> to read what was written.</param>
public sealed record WriteResult(string Id, long Version, long Position);
