using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.Obligations;

/// <summary>
/// Reasons as JSON in UTF-8, kept by everything that decides their words: many companies are told the same. Bounded; when it is
/// full it begins anew. Safe for concurrent use.
/// </summary>
internal static class ReasonTexts
{
    // A reason has some 700 bytes.
    private const int Most = 20_000;

    private static readonly ConcurrentDictionary<Key, byte[]> Known = new();

    /// <summary>Why the answer is what it is.</summary>
    public static byte[] Of(ObligationAnswer answer, FactVocabulary vocabulary)
    {
        var key = new Key(
            vocabulary, answer.History.Instrument, answer.Content, answer.History.EnactedOn, Reasons.ProposedOn(answer), answer.Stage, answer.Applies,
            answer.From, answer.To, answer.FromLatest, answer.SuspendedUntil, answer.EnforcementPaused, answer.MissingFacts);
        if (Known.TryGetValue(key, out var known))
        {
            return known;
        }

        if (Known.Count >= Most)
        {
            Known.Clear();
        }

        var text = JsonSerializer.SerializeToUtf8Bytes(Reasons.Because(answer, vocabulary), ApiJson.Types.LangText);
        Known[key] = text;
        return text;
    }

    // Vocabulary, instrument and content are large and never change: the same object says the same, and nothing else is asked.
    private sealed record Key(
        FactVocabulary Vocabulary,
        InstrumentIdentity Instrument,
        ObligationContent Content,
        DateOnly? EnactedOn,
        DateOnly? ProposedOn,
        Stage Stage,
        Truth Applies,
        DateOnly? From,
        DateOnly? To,
        DateOnly? FromLatest,
        DateOnly? SuspendedUntil,
        bool EnforcementPaused,
        ImmutableArray<string> MissingFacts)
    {
        public bool Equals(Key? other) =>
            other is not null
            && ReferenceEquals(Content, other.Content)
            && ReferenceEquals(Instrument, other.Instrument)
            && ReferenceEquals(Vocabulary, other.Vocabulary)
            && (Stage, Applies, EnforcementPaused) == (other.Stage, other.Applies, other.EnforcementPaused)
            && (EnactedOn, ProposedOn, From, To, FromLatest, SuspendedUntil)
                == (other.EnactedOn, other.ProposedOn, other.From, other.To, other.FromLatest, other.SuspendedUntil)
            && MissingFacts.AsSpan().SequenceEqual(other.MissingFacts.AsSpan());

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(RuntimeHelpers.GetHashCode(Content));
            hash.Add(Stage);
            hash.Add(Applies);
            hash.Add(From);
            foreach (var fact in MissingFacts)
            {
                hash.Add(fact, StringComparer.Ordinal);
            }

            return hash.ToHashCode();
        }
    }
}
