using ComplianceTracker.Api.BulkImport;
using ComplianceTracker.Api.Consequences;
using ComplianceTracker.Api.Idempotency;
using ComplianceTracker.Api.Importing;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Webhooks.Delivering;
using ComplianceTracker.Api.Webhooks.Endpoints;
using Npgsql;

namespace ComplianceTracker.Api.Storage;

/// <summary>Creates the tables of the read models, and what else the service keeps beside the events, once, whoever else starts at the same time.</summary>
internal static class ReadModels
{
    private const long Lock = 0x43545F524D; // "CT_RM"

    /// <summary>Creates what is not there yet.</summary>
    public static async Task CreateAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            $"select pg_advisory_xact_lock({Lock}); {RegisterTables.Upgrade} {RegisterTables.Live.Schema} {RebuildState.Schema} {FirstImport.Schema} {IdempotencyStore.Schema} {ImportSessions.Schema} {ConsequenceSubscription.Schema} {WebhookTables.Schema} {PostgresDeliveryQueue.Schema} {EndpointHealth.Schema}",
            connection, transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
