using System.Collections.Frozen;
using System.Text.Json;
using Wolverine.Persistence.Durability;
using Wolverine.Persistence.Durability.DeadLetterManagement;

namespace ComplianceTracker.EventStore.Marten.Messaging;

/// <summary>The calls that Wolverine has given up: its dead letters.</summary>
internal sealed class DeadCalls(MessagingNode node)
{
    private const int PageSize = 1000;

    private FrozenSet<string> known = FrozenSet<string>.Empty;

    private IDeadLetters Letters => node.Runtime.Storage.DeadLetters;

    /// <summary>All of them, by the event they are about.</summary>
    public async Task<IReadOnlyList<DeadCall>> ListAsync(CancellationToken cancellationToken)
    {
        var calls = new List<DeadCall>();
        for (var page = 1; ; page++)
        {
            var found = await Letters.QueryAsync(new DeadLetterEnvelopeQuery { PageNumber = page, PageSize = PageSize }, cancellationToken);
            calls.AddRange(found.Envelopes.Where(e => !e.Replayable && e.Envelope.Data is not null).Select(Read));
            if (found.Envelopes.Count < PageSize)
            {
                known = calls.Select(c => c.Call.Key).ToFrozenSet(StringComparer.Ordinal);
                return [..calls.OrderBy(c => c.Call.Position).ThenBy(c => c.Call.Key, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Whether there is one for the same key and event already.</summary>
    public async Task<bool> ContainsAsync(Call call, CancellationToken cancellationToken) =>
        (await ListAsync(cancellationToken)).Any(d => d.Call.Key == call.Key && d.Call.Position == call.Position);

    /// <summary>Forgets those of a key whose work went well; asks the database only where there were any when it was last read.</summary>
    public async Task ClearAsync(string key, CancellationToken cancellationToken)
    {
        if (known.Contains(key))
        {
            await DiscardAsync([..(await ListAsync(cancellationToken)).Where(d => d.Call.Key == key)], cancellationToken);
        }
    }

    /// <summary>Forgets them.</summary>
    public Task DiscardAsync(IReadOnlyList<DeadCall> calls, CancellationToken cancellationToken) =>
        calls.Count == 0
            ? Task.CompletedTask
            : Letters.DiscardAsync(new DeadLetterEnvelopeQuery([..calls.Select(c => c.Id)]), cancellationToken);

    private static DeadCall Read(DeadLetterEnvelope letter) => new(
        letter.Id,
        JsonSerializer.Deserialize<Call>(letter.Envelope.Data!, JsonSerializerOptions.Web)!,
        $"{letter.ExceptionType}: {letter.ExceptionMessage}",
        letter.Envelope.Attempts,
        letter.SentAt);
}

/// <summary>A call that was given up.</summary>
/// <param name="Id">The message's id.</param>
/// <param name="Call">What it called for.</param>
/// <param name="Reason">The exception.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="FailedAt">When it first failed on this event.</param>
internal sealed record DeadCall(Guid Id, Call Call, string Reason, int Attempts, DateTimeOffset FailedAt);
