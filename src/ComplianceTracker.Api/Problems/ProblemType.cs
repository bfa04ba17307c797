namespace ComplianceTracker.Api.Problems;

/// <summary>A kind of problem that the API answers with, documented at its <c>type</c> URI.</summary>
/// <param name="Slug">The last segment of the <c>type</c> URI, and the key of the documentation.</param>
/// <param name="Status">The HTTP status it comes with.</param>
/// <param name="Title">What it is, the same for every occurrence.</param>
/// <param name="Meaning">When it happens.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record ProblemType(string Slug, int Status, string Title, string Meaning, string Remedy);
