using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.EventStore.Postgres;

/// <summary>A connection with the prepared statement that appends one event. One append at a time.</summary>
internal sealed class AppendSession : IDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlCommand command;
    private readonly NpgsqlParameter<string> stream = new() { NpgsqlDbType = NpgsqlDbType.Varchar };
    private readonly NpgsqlParameter<long> expected = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<Guid> id = new() { NpgsqlDbType = NpgsqlDbType.Uuid };
    private readonly NpgsqlParameter<string> type = new() { NpgsqlDbType = NpgsqlDbType.Varchar };
    private readonly NpgsqlParameter<ReadOnlyMemory<byte>> data = new() { NpgsqlDbType = NpgsqlDbType.Jsonb };
    private readonly NpgsqlParameter actor = PostgresEventStore.Text(null, NpgsqlDbType.Varchar);
    private readonly NpgsqlParameter correlation = PostgresEventStore.Text(null, NpgsqlDbType.Varchar);
    private readonly NpgsqlParameter causation = PostgresEventStore.Text(null, NpgsqlDbType.Varchar);
    private readonly NpgsqlParameter headers = PostgresEventStore.Text(null, NpgsqlDbType.Jsonb);

    private AppendSession(NpgsqlConnection connection, string sql)
    {
        this.connection = connection;
        command = new NpgsqlCommand(sql, connection) { Parameters = { stream, expected, id, type, data, actor, correlation, causation, headers } };
    }

    /// <summary>Takes a connection and prepares the statement, which costs a round trip where the connection has not had it yet.</summary>
    public static async Task<AppendSession> OpenAsync(NpgsqlDataSource appends, string sql, CancellationToken cancellationToken)
    {
        var session = new AppendSession(await appends.OpenConnectionAsync(cancellationToken), sql);
        try
        {
            await session.command.PrepareAsync(cancellationToken);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Appends the one event of the stream; what the function drew.</summary>
    public Task<long[]> AppendAsync(StreamAppend append, AppendMetadata metadata, CancellationToken cancellationToken)
    {
        var @event = append.Events[0];
        stream.TypedValue = append.StreamId;
        expected.TypedValue = append.Expected.Value;
        id.TypedValue = @event.Id;
        type.TypedValue = @event.Type;
        data.TypedValue = @event.Data;
        actor.Value = (object?)metadata.Actor ?? DBNull.Value;
        correlation.Value = (object?)metadata.CorrelationId ?? DBNull.Value;
        causation.Value = (object?)metadata.CausationId ?? DBNull.Value;
        headers.Value = (object?)Headers.ToJson(metadata.Headers) ?? DBNull.Value;
        return PostgresEventStore.DrawnAsync(command, cancellationToken);
    }

    /// <summary>Gives the connection back to its pool, which sends nothing; a broken one is closed there.</summary>
    public void Dispose()
    {
        command.Dispose();
        connection.Dispose();
    }
}
