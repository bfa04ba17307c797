using System.CommandLine;
using ComplianceTracker.Api.BulkImport;
using ComplianceTracker.Api.Importing;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.EmbeddedPostgres;
using ComplianceTracker.EventStore;
using Npgsql;

namespace ComplianceTracker.Api.Hosting;

/// <summary>The command line: run the service, import a folder, rebuild a projection, or say where the database is.</summary>
internal static class Commands
{
    // What shells give for a program ended by Ctrl+C.
    private const int Interrupted = 130;

    // Half a minute for the requests, and what the private database's fast and immediate shutdown may take.
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(80);

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "Where the private PostgreSQL cluster keeps its data; a per-user folder by default.",
        Recursive = true,
    };

    /// <summary>Parses and runs.</summary>
    public static Task<int> RunAsync(string[] args)
    {
        var folder = new Argument<string>("folder") { Description = "A folder laid out as seeds/ is." };
        var import = new Command("import", "Import instruments, vocabulary and companies from a folder; what is on record already is left alone.") { folder };
        import.SetAction((parsed, cancellationToken) => IsMistyped(parsed) ? Task.FromResult(1) :
            WithDatabaseAsync(parsed, (database, log, ct) => ImportCommand.RunAsync(parsed.GetRequiredValue(folder), database, parsed.UnmatchedTokens, log, ct), cancellationToken));

        var file = new Argument<string>("file") { Description = "Company profiles: .jsonl or .ndjson (JSON Lines), or .csv." };
        var existing = new Option<string>("--existing") { Description = "What becomes of a company on record with another profile.", DefaultValueFactory = _ => "refuse" };
        existing.AcceptOnlyFromAmong("refuse", "replace");
        var key = new Option<string?>("--key") { Description = "A name of your choice for this import: interrupted, it goes on where it was when run again with it." };
        var importCompanies = new Command("import-companies", "Import company profiles, any number of them.") { file, existing, key };
        importCompanies.SetAction((parsed, cancellationToken) => IsMistyped(parsed) ? Task.FromResult(1) :
            BesideServiceAsync(
                parsed,
                (database, log, ct) => ImportCompaniesCommand.RunAsync(
                    parsed.GetRequiredValue(file), parsed.GetValue(existing) == "replace", parsed.GetValue(key), database, parsed.UnmatchedTokens, log, ct),
                cancellationToken));

        var name = new Argument<string>("name") { Description = "The projection: register." };
        var rebuild = new Command("rebuild", "Compute a projection anew beside the one that answers questions, and put it in its place. Interrupted, it goes on where it was.") { name };
        rebuild.SetAction((parsed, cancellationToken) => IsMistyped(parsed) ? Task.FromResult(1) :
            BesideServiceAsync(parsed, (database, log, ct) => RebuildCommand.RunAsync(parsed.GetRequiredValue(name), database, parsed.UnmatchedTokens, log, ct), cancellationToken));

        var where = new Command("database", "Print where the private PostgreSQL cluster is reached, for pg_dump and the like. When no service runs it, it is started for as long as this command runs.");
        where.SetAction((parsed, cancellationToken) =>
            IsMistyped(parsed) ? Task.FromResult(1) : BesideServiceAsync(parsed, DatabaseCommand.RunAsync, cancellationToken));

        var root = new RootCommand("ComplianceTracker: what applies to this company on this date, as known then, and why.")
        {
            Data,
            import,
            importCompanies,
            rebuild,
            where,
        };
        // What is not ours belongs to the host: --urls, --environment, --Logging:LogLevel:Default=Debug.
        root.TreatUnmatchedTokensAsErrors = false;
        root.SetAction((parsed, cancellationToken) => IsMistyped(parsed) ? Task.FromResult(1) :
            WithDatabaseAsync(parsed, (database, log, ct) => ServeCommand.RunAsync(parsed.UnmatchedTokens, database, log, ct), cancellationToken));
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = LongestStop });
    }

    // An option of the host may have a value; a word before all such options is meant as a command or an argument of ours.
    private static bool IsMistyped(ParseResult parsed)
    {
        var mistyped = parsed.UnmatchedTokens is [var first, ..] && !first.StartsWith('-') && !first.StartsWith('/') && !first.Contains('=');
        if (mistyped)
        {
            Console.Error.WriteLine($"'{parsed.UnmatchedTokens[0]}' is not understood. The commands are import <folder>, import-companies <file>, rebuild <name> and database; without one the service runs. --help says more.");
        }

        return mistyped;
    }

    private static Task<int> WithDatabaseAsync(
        ParseResult parsed, Func<RunningPostgres, Action<string>, CancellationToken, Task<int>> run, CancellationToken cancellationToken) =>
        WithDatabaseAsync(parsed, static options => options, run, cancellationToken);

    // As long as a service runs the private cluster, its server is used like one that somebody else runs.
    private static Task<int> BesideServiceAsync(
        ParseResult parsed, Func<RunningPostgres, Action<string>, CancellationToken, Task<int>> run, CancellationToken cancellationToken) =>
        WithDatabaseAsync(
            parsed, static options => options with { ConnectionString = options.ConnectionString ?? PostgresServer.FindRunning(options) }, run, cancellationToken);

    private static async Task<int> WithDatabaseAsync(
        ParseResult parsed,
        Func<PostgresServerOptions, PostgresServerOptions> which,
        Func<RunningPostgres, Action<string>, CancellationToken, Task<int>> run,
        CancellationToken cancellationToken)
    {
        static void Log(string line) => Console.Error.WriteLine(line);
        try
        {
            var configuration = WebApplication.CreateBuilder([..parsed.UnmatchedTokens]).Configuration;
            var options = which(new PostgresServerOptions
            {
                ConnectionString = configuration.GetConnectionString("ComplianceTracker"),
                DataDirectory = parsed.GetValue(Data),
                Log = Log,
            });
            await using var database = await PostgresServer.StartAsync(options, cancellationToken);
            return await run(database, Log, cancellationToken);
        }
        catch (PostgresUnavailableException e)
        {
            Log(e.Message);
            return 1;
        }
        catch (EventStoreStartupException e)
        {
            Log(e.Message);
            return 1;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Log("Stopped before it was done. What was done by then stays.");
            return Interrupted;
        }
    }
}
