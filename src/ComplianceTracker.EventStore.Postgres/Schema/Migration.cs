namespace ComplianceTracker.EventStore.Postgres.Schema;

/// <summary>One step of the engine's own tables. A released step never changes; a new one is added.</summary>
/// <param name="Version">1, 2, 3 …</param>
/// <param name="Name">What it brings.</param>
/// <param name="Sql">The statements, given the schema's name.</param>
internal sealed record Migration(int Version, string Name, Func<string, string> Sql)
{
    /// <summary>All steps in order.</summary>
    public static IReadOnlyList<Migration> All { get; } =
    [
        new(1, "event tables in Marten's layout", MartenTables.Sql),
        new(2, "append function", AppendFunction.Sql),
        new(3, "position of an instant", PositionAtFunction.Sql),
        new(4, "parked events and leases", ParkedTables.Sql),
        new(5, "requests in the log of parked events", ParkedTables.RequestsSql),
        new(6, "leases spread over nodes", ParkedTables.NodesSql),
        new(7, "append begun here, written by the caller", AppendFunction.BeginSql),
    ];
}
