using ComplianceTracker.EventStore.Postgres;

namespace ComplianceTracker.EventStore.Marten;

/// <summary>The second engine, in a build that has its packages.</summary>
public static class MartenEngine
{
    /// <summary>What somebody is told who asks a build without the engine for it.</summary>
    public const string HowToGetIt =
        "This build holds no Marten engine: build with -p:UseMarten=true where the package feed has Marten, or leave out --engine marten.";

    /// <summary>Whether this build holds the engine.</summary>
    public static bool IsCompiled => true;

    /// <summary>The event store on Marten.</summary>
    /// <param name="tables">The database, and what both engines do with it in the same way; outlives the store and is disposed by its owner.</param>
    public static IEventStore Open(PostgresEventStore tables) => new MartenEventStore(tables);
}
