using ComplianceTracker.EventStore.Postgres;

namespace ComplianceTracker.EventStore.Marten;

/// <summary>The second engine, in a build without its packages: it says how to get one that has them.</summary>
public static class MartenEngine
{
    /// <summary>What somebody is told who asks a build without the engine for it.</summary>
    public const string HowToGetIt =
        "This build holds no Marten engine: build with -p:UseMarten=true where the package feed has Marten, or leave out --engine marten.";

    /// <summary>Whether this build holds the engine.</summary>
    public static bool IsCompiled => false;

    /// <summary>Does not open anything.</summary>
    /// <exception cref="EventStoreStartupException">Always.</exception>
    public static IEventStore Open(PostgresEventStore tables) => throw new EventStoreStartupException(HowToGetIt);

    /// <summary>Does not join anything.</summary>
    /// <exception cref="EventStoreStartupException">Always.</exception>
    public static JoinedEngine Join(PostgresEventStore tables, TimeProvider clock, IServiceProvider services) =>
        throw new EventStoreStartupException(HowToGetIt);
}
