using ComplianceTracker.EventStore.Postgres;
using JasperFx;
using JasperFx.Events;
using Marten;

namespace ComplianceTracker.EventStore.Marten;

/// <summary>Marten's store on the tables that both engines keep their events in, with the settings that a compliance record needs.</summary>
internal static class Documents
{
    /// <summary>Makes the store; connects only when it is used.</summary>
    public static DocumentStore Open(PostgresEventStore tables) => DocumentStore.For(store =>
    {
        store.Connection(tables.DataSource);
        store.DatabaseSchemaName = tables.Options.Schema;

        // The tables are ours to make and to change, in numbered steps; Marten adds its functions when it is told to.
        store.AutoCreateSchemaObjects = AutoCreate.None;
        store.Events.DatabaseSchemaName = tables.Options.Schema;
        store.Events.StreamIdentity = StreamIdentity.AsString;
        store.Events.MetadataConfig.CausationIdEnabled = true;
        store.Events.MetadataConfig.CorrelationIdEnabled = true;
        store.Events.MetadataConfig.HeadersEnabled = true;
        store.Events.MetadataConfig.UserNameEnabled = true;
        store.Events.AddEventType<JsonBody>();
        store.Events.EnableUniqueIndexOnEventId = true;
        store.Events.EnableBigIntEvents = true;

        // Position, version and stamp of an event are known before it is written: see MartenEventStore's append.
        store.Events.AppendMode = EventAppendMode.Rich;
        store.UseSystemTextJsonForSerialization(configure: json => json.Converters.Add(new JsonBody.Converter()));

        // Nothing is skipped because it fails. (By default the running daemon leaves out what a projection throws at.)
        foreach (var errors in new[] { store.Projections.Errors, store.Projections.RebuildErrors })
        {
            errors.SkipApplyErrors = false;
            errors.SkipSerializationErrors = false;
            errors.SkipUnknownEvents = false;
        }

        // A unit of work is tried again by who knows what it holds; tried again inside its failed transaction it would only wait.
        store.ConfigurePolly(_ => { });
        store.ConfigureWritePolly(_ => { });
    });
}
