using Npgsql;

namespace ComplianceTracker.Api.Storage;

/// <summary>What statements of several rooms are made of.</summary>
internal static class Sql
{
    /// <summary>
    /// Creates an index where there is none of that name. Asked first: <c>create index if not exists</c> locks the table before it looks,
    /// and so a service that starts would wait for an open transaction of another one, which may be frozen.
    /// </summary>
    /// <param name="name">The index's name.</param>
    /// <param name="on">The table and what is indexed of it.</param>
    public static string Index(string name, string on) => IfMissing(name, $"create index {name} on {on}");

    /// <summary>As <see cref="Index"/>, with no two rows alike.</summary>
    public static string UniqueIndex(string name, string on) => IfMissing(name, $"create unique index {name} on {on}");

    /// <summary>Adds a statement with its values.</summary>
    public static NpgsqlBatchCommand Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = batch.CreateBatchCommand();
        command.CommandText = sql;
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        batch.BatchCommands.Add(command);
        return command;
    }

    private static string IfMissing(string name, string statement) =>
        $"do $do$ begin if to_regclass('{name}') is null then {statement}; end if; end $do$;";
}
