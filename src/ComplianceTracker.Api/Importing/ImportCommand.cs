using ComplianceTracker.Api.Hosting;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.EmbeddedPostgres;
using ComplianceTracker.EventStore;
using Npgsql;
using Spectre.Console;

namespace ComplianceTracker.Api.Importing;

/// <summary>Imports a folder from the command line, with a progress bar where somebody watches, and a summary.</summary>
internal static class ImportCommand
{
    /// <summary>Imports; the exit code is the report's.</summary>
    public static async Task<int> RunAsync(string folder, RunningPostgres database, IReadOnlyList<string> hostArguments, Action<string> log, CancellationToken cancellationToken)
    {
        await using var app = await CommandHost.OpenAsync(database, hostArguments, cancellationToken);
        try
        {
            var importer = app.Services.GetRequiredService<SeedImporter>();
            var report = Console.IsOutputRedirected
                ? await importer.ImportAsync(folder, new Progress<(FileResult, int)>(), cancellationToken)
                : await AnsiConsole.Progress().HideCompleted(false).StartAsync(async bar =>
                {
                    var task = bar.AddTask("Importing");
                    return await importer.ImportAsync(folder, new Bar(task), cancellationToken);
                });
            Summarise(report);
            return report.ExitCode;
        }
        catch (DirectoryNotFoundException e)
        {
            log(e.Message);
            return 1;
        }
        catch (NpgsqlException e)
        {
            log($"The import stopped because the database does not answer: {e.Message} What was imported by then stays; import again for the rest.");
            return 1;
        }
    }

    private static void Summarise(ImportReport report)
    {
        foreach (var refused in report.Refused)
        {
            Console.WriteLine($"refused  {refused.File}: {refused.Refusal}");
        }

        foreach (var (file, difference) in report.Differences)
        {
            Console.WriteLine($"differs  {file}: {difference}");
        }

        Console.WriteLine($"{report.Files.Length} files: {report.Added} events added, {report.Refused.Count()} files refused, {report.Differences.Count()} differences left as the record has them");
    }

    private sealed class Bar(ProgressTask task) : IProgress<(FileResult File, int Of)>
    {
        public void Report((FileResult File, int Of) value)
        {
            task.MaxValue = value.Of;
            task.Increment(1);
        }
    }
}
