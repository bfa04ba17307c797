using ComplianceTracker.Api.Hosting;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.EmbeddedPostgres;
using ComplianceTracker.EventStore;
using Npgsql;
using Spectre.Console;

namespace ComplianceTracker.Api.BulkImport;

/// <summary>Imports company profiles from the command line, with a progress bar where somebody watches, and a summary.</summary>
internal static class ImportCompaniesCommand
{
    /// <summary>Imports; 0 when every line is on record, 1 when one was refused or the import could not be begun or finished.</summary>
    public static async Task<int> RunAsync(
        string file, bool replaces, string? key, RunningPostgres database, IReadOnlyList<string> hostArguments, Action<string> log, CancellationToken cancellationToken)
    {
        if (ImportFormats.OfFile(file) is not { } format)
        {
            log($"'{file}' is neither .jsonl, .ndjson nor .csv.");
            return 1;
        }

        await using var app = await CommandHost.OpenAsync(database, hostArguments, cancellationToken);
        var importer = app.Services.GetRequiredService<CompanyImporter>();
        try
        {
            var order = new ImportOrder(
                format, replaces, key is null ? null : Idempotency.IdempotencyKey.Parse(key), RequestMetadata.Import,
                problem => ProblemWriter.Body("", file, "", problem));
            await using var profiles = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
            var (report, _) = Console.IsOutputRedirected
                ? await importer.RunAsync(order, profiles, new Progress<ImportProgress>(), cancellationToken)
                : await AnsiConsole.Progress()
                    .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
                    .StartAsync(bars => importer.RunAsync(order, profiles, new Bar(bars.AddTask("Importing", maxValue: Math.Max(profiles.Length, 1))), cancellationToken));
            Summarise(report);
            return report.Refused > 0 ? 1 : 0;
        }
        catch (ApiProblem problem)
        {
            log(problem.Line is { } line ? $"line {line}: {problem.Message}" : problem.Message);
            return 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
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

    private static void Summarise(CompanyImportReport report)
    {
        foreach (var (line, id, problem) in report.Problems)
        {
            var place = problem.Pointer is { Length: > 0 } pointer ? $" {pointer}" : "";
            Console.WriteLine($"refused  line {line}{(id is null ? "" : $" ({id})")}{place}: {problem.Detail}");
        }

        if (report.MoreProblems)
        {
            Console.WriteLine($"refused  {report.Refused - report.Problems.Count} more lines");
        }

        Console.WriteLine($"{report.Lines} companies: {report.Registered} registered, {report.Replaced} replaced, {report.Unchanged} unchanged, {report.Refused} refused");
    }

    private sealed class Bar(ProgressTask task) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value)
        {
            task.Value = value.Bytes;
            task.Description = $"{value.Lines} companies";
        }
    }
}
