namespace ComplianceTracker.EventStore.Tests.Postgres;

/// <summary>The tables another engine must find as it would have made them.</summary>
public sealed class TableLayoutTests(PostgresServer server) : PostgresTests(server)
{
    [Theory]
    [InlineData("mt_streams", """
        id character varying NO
        type character varying YES
        version bigint YES
        timestamp timestamp with time zone NO
        created timestamp with time zone NO
        tenant_id character varying YES
        is_archived boolean YES
        """)]
    [InlineData("mt_events", """
        seq_id bigint NO
        id uuid NO
        stream_id character varying YES
        version bigint NO
        data jsonb NO
        bdata bytea YES
        type character varying(500) NO
        timestamp timestamp with time zone NO
        tenant_id character varying YES
        mt_dotnet_type character varying YES
        correlation_id character varying YES
        causation_id character varying YES
        headers jsonb YES
        user_name character varying YES
        is_archived boolean YES
        """)]
    [InlineData("mt_event_progression", """
        name character varying NO
        last_seq_id bigint YES
        last_updated timestamp with time zone YES
        """)]
    [InlineData("mt_high_water_skips", """
        ending_sequence bigint NO
        starting_sequence bigint NO
        timestamp timestamp with time zone YES
        """)]
    public async Task Columns_are_as_documented(string table, string expected)
    {
        await using var connection = await ConnectAsync();
        var columns = await ScalarAsync<string>(connection, $"""
            select string_agg(column_name || ' ' || data_type || coalesce('(' || character_maximum_length || ')', '') || ' '
                || is_nullable, E'\n' order by ordinal_position)
            from information_schema.columns where table_schema = 'public' and table_name = '{table}'
            """);
        columns.ShouldBe(expected);
    }

    [Fact]
    public async Task Keys_and_indexes_have_the_documented_names()
    {
        await using var connection = await ConnectAsync();
        var indexes = await ScalarAsync<string>(connection, """
            select string_agg(indexdef, E'\n' order by indexname collate "C") from pg_indexes
            where schemaname = 'public' and tablename like 'mt\_%'
            """);
        indexes.ShouldBe("""
            CREATE UNIQUE INDEX idx_mt_events_event_id ON public.mt_events USING btree (id)
            CREATE UNIQUE INDEX pk_mt_event_progression ON public.mt_event_progression USING btree (name)
            CREATE UNIQUE INDEX pk_mt_events_stream_and_version ON public.mt_events USING btree (stream_id, version)
            CREATE UNIQUE INDEX pkey_mt_events_seq_id ON public.mt_events USING btree (seq_id)
            CREATE UNIQUE INDEX pkey_mt_high_water_skips_ending_sequence ON public.mt_high_water_skips USING btree (ending_sequence)
            CREATE UNIQUE INDEX pkey_mt_streams_id ON public.mt_streams USING btree (id)
            """);
        var foreignKey = await ScalarAsync<string>(
            connection, "select pg_get_constraintdef(oid) from pg_constraint where conname = 'fkey_mt_events_stream_id'");
        foreignKey.ShouldBe("FOREIGN KEY (stream_id) REFERENCES mt_streams(id) ON DELETE CASCADE");
        (await ScalarAsync<string>(connection, "select pg_get_serial_sequence('mt_events', 'seq_id')"))
            .ShouldBe("public.mt_events_sequence");
    }

    [Fact]
    public async Task Tombstones_of_the_other_engine_are_not_read()
    {
        await using var connection = await ConnectAsync();
        await ScalarAsync<object>(connection, """
            insert into mt_streams (id, version) values ('mt_tombstone', 1);
            insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp) values
                (nextval('mt_events_sequence'), gen_random_uuid(), 'mt_tombstone', 1, '{}', 'tombstone', now())
            """);
        (await Store.ReadAllAsync(0, 10, null, Cancel)).ShouldSatisfyAllConditions(
            p => p.Events.ShouldBeEmpty(), p => p.Through.ShouldBe(1));
    }

    [Fact]
    public async Task Losing_writers_draw_no_positions()
    {
        await AppendAsync("s");
        await using var connection = await ConnectAsync();
        var before = await ScalarAsync<long>(connection, "select last_value from mt_events_sequence");
        var @event = new EventData(Guid.NewGuid(), "x.v1", "{}"u8.ToArray());
        (await Store.AppendAsync([new("s", ExpectedVersion.Exact(7), [@event])], AppendMetadata.None, Cancel))
            .ShouldBeOfType<AppendResult.Conflict>();
        (await ScalarAsync<long>(connection, "select last_value from mt_events_sequence")).ShouldBe(before);
    }
}
