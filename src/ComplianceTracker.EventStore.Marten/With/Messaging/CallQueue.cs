using System.Text.Json;
using ComplianceTracker.EventStore.Postgres;
using Npgsql;
using Wolverine;
using Wolverine.Runtime.Serialization;

namespace ComplianceTracker.EventStore.Marten.Messaging;

/// <summary>
/// Writes calls to Wolverine's queue. It is a table of the log's own database, so that what is written in a transaction needs no sending on
/// after its commit: outbox and queue are one. Times are the database's.
/// </summary>
internal sealed class CallQueue(PostgresEventStore tables, string schema)
{
    /// <summary>The queue's name.</summary>
    public const string Name = "calls";

    // Where nobody listens the tables must not grow for ever, and whoever listens again asks the worker first.
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);
    private static readonly Uri Address = new($"postgresql://{Name}");

    private readonly string now = $"""
        insert into {schema}.wolverine_queue_{Name} (id, body, message_type, keep_until)
        select m.id, m.body, '{Call.MessageType}', now() + $3 from unnest($1, $2) as m(id, body)
        """;

    private readonly string later = $"""
        insert into {schema}.wolverine_queue_{Name}_scheduled (id, body, message_type, execution_time, keep_until)
        values ($1, $2, '{Call.MessageType}', now() + $3, now() + $3 + $4)
        """;

    private readonly string trim = $"""
        delete from {schema}.wolverine_queue_{Name} where keep_until < now();
        delete from {schema}.wolverine_queue_{Name}_scheduled where keep_until < now();
        """;

    /// <summary>Calls now, in the transaction that the connection has open.</summary>
    public async Task PostAsync(NpgsqlConnection connection, IEnumerable<Call> calls, CancellationToken cancellationToken)
    {
        var messages = calls.Select(Envelope).ToList();
        await using var command = new NpgsqlCommand(now, connection)
        {
            Parameters =
            {
                new() { Value = messages.Select(m => m.Id).ToArray() },
                new() { Value = messages.Select(EnvelopeSerializer.Serialize).ToArray() },
                new() { Value = Kept },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Calls after a time, or now.</summary>
    public async Task PostAsync(Call call, TimeSpan after, CancellationToken cancellationToken)
    {
        await using var connection = await tables.DataSource.OpenConnectionAsync(cancellationToken);
        if (after <= TimeSpan.Zero)
        {
            await PostAsync(connection, [call], cancellationToken);
            return;
        }

        var message = Envelope(call);
        await using var command = new NpgsqlCommand(later, connection)
        {
            Parameters =
            {
                new() { Value = message.Id },
                new() { Value = EnvelopeSerializer.Serialize(message) },
                new() { Value = after },
                new() { Value = Kept },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Removes calls that nobody took for long.</summary>
    public async Task TrimAsync(CancellationToken cancellationToken)
    {
        await using var command = tables.DataSource.CreateCommand(trim);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Envelope Envelope(Call call) => new()
    {
        Data = JsonSerializer.SerializeToUtf8Bytes(call, JsonSerializerOptions.Web),
        MessageType = Call.MessageType,
        ContentType = EnvelopeConstants.JsonContentType,
        Destination = Address,
        SentAt = DateTimeOffset.UtcNow,
    };
}
