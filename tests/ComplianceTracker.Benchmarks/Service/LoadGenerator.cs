using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ComplianceTracker.Benchmarks.Service;

/// <summary>
/// Asks over kept connections, one question after the other on each, in a process of its own so that its memory is not the
/// service's. It does the least there is to do: sends bytes made beforehand and finds the end of each answer. Its processor time
/// counts against both sides alike.
/// </summary>
internal sealed class LoadGenerator : IDisposable
{
    private readonly Process process;

    private LoadGenerator(Process process) => this.process = process;

    /// <summary>Starts the process; it asks the paths of the file, one a line, in an order that goes round.</summary>
    public static async Task<LoadGenerator> StartAsync(Uri address, IEnumerable<string> paths, int connections)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllLinesAsync(file, paths);
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(LoadGenerator).Assembly.Location, "load", $"{address.Port}", $"{connections}", file])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_gcServer"] = "0";
        var process = Process.Start(start)!;
        _ = await process.StandardOutput.ReadLineAsync();
        File.Delete(file);
        return new LoadGenerator(process);
    }

    /// <summary>Answers a second with every connection at work for that long.</summary>
    public async Task<double> RateAsync(double seconds)
    {
        await process.StandardInput.WriteLineAsync(seconds.ToString(CultureInfo.InvariantCulture));
        await process.StandardInput.FlushAsync();
        var answer = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The load generator has ended.");
        return double.TryParse(answer, CultureInfo.InvariantCulture, out var rate) ? rate : throw new InvalidOperationException(answer);
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>The process itself: for each line with a time in seconds, a line with the rate or with what went wrong.</summary>
    public static int Run(string[] args)
    {
        var requests = File.ReadAllLines(args[2])
            .Select(path => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{args[0]}\r\nAccept: application/json\r\n\r\n"))
            .ToArray();
        var connections = Enumerable.Range(0, int.Parse(args[1], CultureInfo.InvariantCulture))
            .Select(_ => new Connection(int.Parse(args[0], CultureInfo.InvariantCulture)))
            .ToArray();
        Console.WriteLine("ready");
        var next = -1;
        while (Console.ReadLine() is { } line)
        {
            var time = TimeSpan.FromSeconds(double.Parse(line, CultureInfo.InvariantCulture));
            var clock = Stopwatch.StartNew();
            var counts = new long[connections.Length];
            string? failure = null;
            var threads = connections.Select((connection, i) => new Thread(() =>
            {
                try
                {
                    for (; clock.Elapsed < time && failure is null; counts[i]++)
                    {
                        connection.Ask(requests[(uint)Interlocked.Increment(ref next) % requests.Length]);
                    }
                }
                catch (Exception e) when (e is InvalidOperationException or SocketException)
                {
                    failure = e.Message.ReplaceLineEndings(" ");
                }
            })).ToArray();
            Array.ForEach(threads, t => t.Start());
            Array.ForEach(threads, t => t.Join());
            Console.WriteLine(failure ?? (counts.Sum() / clock.Elapsed.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        }

        Array.ForEach(connections, c => c.Dispose());
        return 0;
    }

    private sealed class Connection : IDisposable
    {
        private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly byte[] buffer = new byte[1 << 18];

        public Connection(int port) => socket.Connect(IPAddress.Loopback, port);

        public void Dispose() => socket.Dispose();

        /// <summary>Sends the request and reads the answer to its end.</summary>
        public void Ask(byte[] request)
        {
            socket.Send(request);
            var count = 0;
            int body;
            while ((body = buffer.AsSpan(0, count).IndexOf("\r\n\r\n"u8)) < 0)
            {
                count += Receive(count);
            }

            body += 4;
            var head = buffer.AsSpan(0, body);
            if (!head.StartsWith("HTTP/1.1 200"u8))
            {
                throw new InvalidOperationException($"{Encoding.ASCII.GetString(request)} was answered {Encoding.UTF8.GetString(buffer, 0, count)}");
            }

            const string Length = "Content-Length: ";
            var at = head.IndexOf(Encoding.ASCII.GetBytes(Length));
            if (at >= 0)
            {
                var rest = head[(at + Length.Length)..];
                var left = int.Parse(rest[..rest.IndexOf((byte)'\r')], CultureInfo.InvariantCulture) - (count - body);
                while (left > 0)
                {
                    left -= Receive(0);
                }

                return;
            }

            // Chunked: nothing follows the last chunk, so it is at the end of what has come; the end of one read may cut it.
            while (!buffer.AsSpan(0, count).EndsWith("\r\n0\r\n\r\n"u8))
            {
                var tail = Math.Min(count, 7);
                buffer.AsSpan(count - tail, tail).CopyTo(buffer);
                count = tail + Receive(tail);
            }
        }

        private int Receive(int from) => socket.Receive(buffer.AsSpan(from)) is > 0 and var count ? count : throw new InvalidOperationException("The service closed the connection.");
    }
}
