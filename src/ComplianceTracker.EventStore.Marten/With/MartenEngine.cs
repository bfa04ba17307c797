using ComplianceTracker.EventStore.Marten.Messaging;
using ComplianceTracker.EventStore.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

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

    /// <summary>The event store on Marten and the calls on Wolverine, in a process that joins the other nodes of the database when it migrates.</summary>
    /// <param name="tables">As for <see cref="Open"/>.</param>
    /// <param name="clock">Measures pauses.</param>
    /// <param name="services">Where the log of the process is found.</param>
    public static JoinedEngine Join(PostgresEventStore tables, TimeProvider clock, IServiceProvider services)
    {
        var node = new MessagingNode(tables, services.GetRequiredService<ILoggerFactory>());
        return new JoinedEngine(new MartenEventStore(tables, node), new WolverineWorkCalls(node, clock));
    }
}
