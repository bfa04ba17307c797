using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>Runs one program to its end and keeps what it said.</summary>
internal static class Command
{
    /// <summary>
    /// Runs <paramref name="file"/> and returns its exit code and its output (both streams). A program that cannot be
    /// started gives exit code -1 and the reason. When the token is cancelled the program is killed.
    /// </summary>
    public static async Task<CommandResult> RunAsync(
        string file, IReadOnlyList<string> arguments, string? userName, string workingDirectory, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = Prepare(file, arguments, userName, workingDirectory) };
        var output = new StringBuilder();
        DataReceivedEventHandler keep = (_, line) =>
        {
            lock (output)
            {
                output.AppendLine(line.Data);
            }
        };
        process.OutputDataReceived += keep;
        process.ErrorDataReceived += keep;
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return new CommandResult(-1, e.Message);
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await WaitAsync(process, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        lock (output)
        {
            return new CommandResult(process.ExitCode, output.ToString().Trim());
        }
    }

    private static ProcessStartInfo Prepare(string file, IReadOnlyList<string> arguments, string? userName, string workingDirectory)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
        };
        if (userName is not null)
        {
            // On Unix .NET sets the user's groups, group and user between fork and exec: no helper program is needed.
            start.UserName = userName;
            start.Environment.Remove("HOME");
        }

        // PGDATA, PGPORT and their like would steer the server's programs past what they are told; messages are matched in English.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("PG", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["LC_ALL"] = "C";
        return start;
    }

    private static async Task WaitAsync(Process process, CancellationToken cancellationToken)
    {
        // WaitForExitAsync also waits for the end of both streams, which a server started in the background may have
        // inherited (Windows) and never closes. So: the exit, then a moment for the last lines.
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => exited.TrySetResult();
        if (process.HasExited)
        {
            exited.TrySetResult();
        }

        await exited.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        using var moment = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        moment.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            await process.WaitForExitAsync(moment.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The program is gone; only a stream that something else holds is still open.
        }
    }
}
