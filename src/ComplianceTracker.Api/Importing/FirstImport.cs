using ComplianceTracker.Api.Hosting;
using ComplianceTracker.EventStore;
using Npgsql;

namespace ComplianceTracker.Api.Importing;

/// <summary>
/// Imports the seeds once in the life of a database. An import that was interrupted is taken up again at the next start: what it
/// added already is recognised.
/// </summary>
internal sealed partial class FirstImport(
    SeedImporter importer, ServiceSettings settings, IEventStore store, NpgsqlDataSource database, ILogger<FirstImport> logger)
{
    /// <summary>The table that remembers it.</summary>
    public const string Schema = """
        create table if not exists ct_first_import (
            one boolean primary key default true check (one),
            position bigint not null);
        """;

    /// <summary>Imports what is still to be imported and gives the log position after the first import.</summary>
    public async Task<long> RunAsync(CancellationToken cancellationToken)
    {
        if (await DoneAsync(cancellationToken) is { } position)
        {
            return position;
        }

        if (settings.Seeds is { } folder)
        {
            var report = await importer.ImportAsync(folder, new Progress<(FileResult, int)>(), cancellationToken);
            // The reason may quote what a company declares, which has no place in a log.
            foreach (var refused in report.Refused)
            {
                LogRefused(logger, refused.File);
            }

            LogDone(logger, report.Files.Length, report.Added);
        }

        position = await store.HeadAsync(cancellationToken);
        await using var command = database.CreateCommand("insert into ct_first_import (position) values ($1) on conflict do nothing");
        command.Parameters.Add(new() { Value = position });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return position;
    }

    private async Task<long?> DoneAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select position from ct_first_import");
        return (long?)await command.ExecuteScalarAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Not imported: {File}; the command import says why")]
    private static partial void LogRefused(ILogger logger, string file);

    [LoggerMessage(Level = LogLevel.Information, Message = "First import: {Files} files, {Events} events added")]
    private static partial void LogDone(ILogger logger, int files, int events);
}
