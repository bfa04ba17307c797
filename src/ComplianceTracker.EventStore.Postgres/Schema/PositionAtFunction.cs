namespace ComplianceTracker.EventStore.Postgres.Schema;

/// <summary>
/// The last position up to a bound that was recorded at or before an instant. Stamps never decrease along positions, so the
/// primary key is searched by halves; an index on the stamp would cost every append.
/// </summary>
internal static class PositionAtFunction
{
    public static string Sql(string schema) => $"""
        create function {schema}.ct_position_at(p_instant timestamptz, p_bound bigint) returns bigint
        language plpgsql stable as $$
        declare
            found_position bigint := 0;
            low bigint := 1;
            high bigint := p_bound;
            probe record;
        begin
            while low <= high loop
                -- The first event at or after the middle stands for the middle: positions have gaps.
                select seq_id, timestamp into probe from {schema}.mt_events
                where seq_id >= low + (high - low) / 2 and seq_id <= high order by seq_id limit 1;
                if not found or probe.timestamp > p_instant then
                    high := low + (high - low) / 2 - 1;
                else
                    found_position := probe.seq_id;
                    low := probe.seq_id + 1;
                end if;
            end loop;
            return found_position;
        end
        $$;
        """;
}
