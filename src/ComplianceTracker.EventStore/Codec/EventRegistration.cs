using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;

namespace ComplianceTracker.EventStore.Codec;

/// <summary>One CLR type and the stored names it is written under.</summary>
/// <param name="Names">The stored names; at least one.</param>
/// <param name="NameOf">The name for an event; one of <paramref name="Names"/>.</param>
/// <param name="Json">How the type is written and read.</param>
internal sealed record EventRegistration(ImmutableArray<string> Names, Func<object, string> NameOf, JsonTypeInfo Json);
