using ComplianceTracker.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.Benchmarks;

/// <summary>An event of a stream of its own, as <see cref="PlainAppender"/> stores it.</summary>
internal sealed record PlainRow(string StreamId, long Version, Guid Id, string Type, byte[] Data);

/// <summary>
/// Appends as a programmer would who needs no promise beyond the transaction: on a kept connection, two prepared statements (the
/// stream rows, then the events) sent in one round trip, which PostgreSQL runs as one transaction. Nobody checks what the
/// versions were, ids are only unique, stamps are the transaction's, and no position is given back.
/// </summary>
internal sealed class PlainAppender : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlBatch batch;
    private readonly bool many;

    private PlainAppender(NpgsqlConnection connection, NpgsqlBatch batch, bool many) =>
        (this.connection, this.batch, this.many) = (connection, batch, many);

    public static async Task<PlainAppender> ConnectAsync(string connectionString, string schema, int events)
    {
        var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        var batch = events == 1 ? One(connection, schema) : Many(connection, schema);
        await batch.PrepareAsync();
        return new PlainAppender(connection, batch, events > 1);
    }

    public async Task AppendAsync(PlainRow[] rows, AppendMetadata metadata)
    {
        var (streams, events) = (batch.BatchCommands[0].Parameters, batch.BatchCommands[1].Parameters);
        if (many)
        {
            Set(streams[0], Array.ConvertAll(rows, r => r.StreamId));
            Set(streams[1], Array.ConvertAll(rows, r => r.Version));
            Set(events[0], Array.ConvertAll(rows, r => r.Id));
            Set(events[1], Array.ConvertAll(rows, r => r.StreamId));
            Set(events[2], Array.ConvertAll(rows, r => r.Version));
            Set(events[3], Array.ConvertAll(rows, r => r.Data));
            Set(events[4], Array.ConvertAll(rows, r => r.Type));
        }
        else
        {
            Set(streams[0], rows[0].StreamId);
            Set(streams[1], rows[0].Version);
            Set(events[0], rows[0].Id);
            Set(events[1], rows[0].StreamId);
            Set(events[2], rows[0].Version);
            Set(events[3], rows[0].Data);
            Set(events[4], rows[0].Type);
        }

        events[5].Value = (object?)metadata.CorrelationId ?? DBNull.Value;
        events[6].Value = (object?)metadata.CausationId ?? DBNull.Value;
        Set(events[7], """{"tenant":"acme"}""");
        events[8].Value = (object?)metadata.Actor ?? DBNull.Value;
        await batch.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await batch.DisposeAsync();
        await connection.DisposeAsync();
    }

    private static void Set<T>(NpgsqlParameter parameter, T value) => ((NpgsqlParameter<T>)parameter).TypedValue = value;

    private static NpgsqlBatch One(NpgsqlConnection connection, string schema) => new(connection)
    {
        BatchCommands =
        {
            new($"""
                insert into {schema}.mt_streams (id, version) values ($1, $2)
                on conflict (id) do update set version = excluded.version, timestamp = now()
                """)
            {
                Parameters = { Of<string>(NpgsqlDbType.Varchar), Of<long>(NpgsqlDbType.Bigint) },
            },
            new($"""
                insert into {schema}.mt_events (seq_id, id, stream_id, version, data, type, timestamp,
                    correlation_id, causation_id, headers, user_name)
                values (nextval('{schema}.mt_events_sequence'), $1, $2, $3, $4, $5, now(), $6, $7, $8, $9)
                """)
            {
                Parameters =
                {
                    Of<Guid>(NpgsqlDbType.Uuid), Of<string>(NpgsqlDbType.Varchar), Of<long>(NpgsqlDbType.Bigint), Of<byte[]>(NpgsqlDbType.Jsonb),
                    Of<string>(NpgsqlDbType.Varchar), Text(), Text(), Of<string>(NpgsqlDbType.Jsonb), Text(),
                },
            },
        },
    };

    private static NpgsqlBatch Many(NpgsqlConnection connection, string schema) => new(connection)
    {
        BatchCommands =
        {
            new($"""
                insert into {schema}.mt_streams (id, version) select * from unnest($1, $2)
                on conflict (id) do update set version = excluded.version, timestamp = now()
                """)
            {
                Parameters = { Of<string[]>(NpgsqlDbType.Array | NpgsqlDbType.Varchar), Of<long[]>(NpgsqlDbType.Array | NpgsqlDbType.Bigint) },
            },
            new($"""
                insert into {schema}.mt_events (seq_id, id, stream_id, version, data, type, timestamp,
                    correlation_id, causation_id, headers, user_name)
                select nextval('{schema}.mt_events_sequence'), e.id, e.stream, e.version, e.data, e.type, now(), $6, $7, $8, $9
                from unnest($1, $2, $3, $4, $5) as e(id, stream, version, data, type)
                """)
            {
                Parameters =
                {
                    Of<Guid[]>(NpgsqlDbType.Array | NpgsqlDbType.Uuid), Of<string[]>(NpgsqlDbType.Array | NpgsqlDbType.Varchar),
                    Of<long[]>(NpgsqlDbType.Array | NpgsqlDbType.Bigint), Of<byte[][]>(NpgsqlDbType.Array | NpgsqlDbType.Jsonb),
                    Of<string[]>(NpgsqlDbType.Array | NpgsqlDbType.Varchar), Text(), Text(), Of<string>(NpgsqlDbType.Jsonb), Text(),
                },
            },
        },
    };

    private static NpgsqlParameter<T> Of<T>(NpgsqlDbType type) => new() { NpgsqlDbType = type };

    // May be null, which a typed parameter cannot say before its value is there.
    private static NpgsqlParameter Text() => new() { NpgsqlDbType = NpgsqlDbType.Varchar };
}
