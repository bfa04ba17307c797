using ComplianceTracker.Api.Hosting;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.EmbeddedPostgres;
using ComplianceTracker.EventStore;
using Npgsql;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ComplianceTracker.Api.Obligations;

/// <summary>Rebuilds a projection from the command line, while services go on answering from the one there is.</summary>
internal static class RebuildCommand
{
    private const string Register = "register";

    /// <summary>Rebuilds; 0 when the new one is in its place.</summary>
    public static async Task<int> RunAsync(string name, RunningPostgres database, IReadOnlyList<string> hostArguments, Action<string> log, CancellationToken cancellationToken)
    {
        if (!name.Equals(Register, StringComparison.OrdinalIgnoreCase))
        {
            log($"There is no projection '{name}'. The one there is: {Register}.");
            return 1;
        }

        await using var app = await CommandHost.OpenAsync(database, hostArguments, cancellationToken);
        var rebuild = app.Services.GetRequiredService<RegisterRebuild>();
        try
        {
            if (Console.IsOutputRedirected)
            {
                await rebuild.RunAsync(new Lines(), cancellationToken);
            }
            else
            {
                await AnsiConsole.Progress()
                    .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RateColumn(), new RemainingTimeColumn())
                    .StartAsync(bars => rebuild.RunAsync(new Bars(bars), cancellationToken));
            }

            Console.WriteLine("The register was rebuilt and is in its place.");
            return 0;
        }
        catch (RebuildException e)
        {
            log(e.Message);
            return 1;
        }
        catch (NpgsqlException e)
        {
            log($"The rebuild stopped because the database does not answer: {e.Message} Run it again: it goes on where it was.");
            return 1;
        }
    }

    /// <summary>Companies first, then the log that was written meanwhile.</summary>
    private sealed class Bars(ProgressContext bars) : IProgress<RebuildProgress>
    {
        private readonly ProgressTask companies = bars.AddTask("Companies", autoStart: false);
        private readonly ProgressTask following = bars.AddTask("Following the log", autoStart: false);

        public void Report(RebuildProgress value)
        {
            if (value is { Companies: { } done, OfCompanies: { } of })
            {
                Move(companies, done, of);
                return;
            }

            companies.Value = companies.MaxValue;
            companies.StopTask();
            Move(following, value.Position, value.OfPosition);
        }

        // What was done before an interruption is set before the clock starts: rate and time left are of this run.
        private static void Move(ProgressTask bar, long done, long of)
        {
            bar.MaxValue = Math.Max(of, 1);
            bar.Value = of == 0 ? 1 : done;
            if (!bar.IsStarted)
            {
                bar.StartTask();
            }
        }
    }

    /// <summary>For a file or a pipe: a line for each tenth.</summary>
    private sealed class Lines : IProgress<RebuildProgress>
    {
        private long said = -1;

        public void Report(RebuildProgress value)
        {
            if (value is { Companies: { } done, OfCompanies: { } of } && (of == 0 ? 10 : done * 10 / of) is var tenth && tenth > said)
            {
                said = tenth;
                Console.WriteLine($"{done} of {of} companies");
            }
        }
    }

    /// <summary>How much is done in a second.</summary>
    private sealed class RateColumn : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(task.Speed is { } speed ? $"{speed:N0}/s" : "", Style.Plain);
    }
}
