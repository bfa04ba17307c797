using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ComplianceTracker.EventStore.Tests.Postgres;

/// <summary>
/// A network between a store and its server that can fall silent: connections stay open, and nothing passes in either direction,
/// as when a cable is pulled or the client's machine freezes.
/// </summary>
internal sealed class HangingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task accepting;
    private TaskCompletionSource open = new();

    public HangingProxy(string connectionString)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        listener.Start();
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)listener.LocalEndpoint).Port,
        }.ConnectionString;
        open.SetResult();
        accepting = Task.Run(() => AcceptAsync(target.Host!, target.Port));
    }

    /// <summary>The connection string of the same database through this network.</summary>
    public string ConnectionString { get; }

    /// <summary>Nothing passes any more.</summary>
    public void Hang() => Volatile.Write(ref open, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>What was held up passes, and what comes.</summary>
    public void GoOn() => Volatile.Read(ref open).TrySetResult();

    public async ValueTask DisposeAsync()
    {
        GoOn();
        await stop.CancelAsync();
        listener.Dispose();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task AcceptAsync(string host, int port)
    {
        var connections = new List<Task>();
        while (!stop.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(stop.Token);
            connections.Add(Task.Run(async () =>
            {
                using var here = client;
                using var there = new TcpClient();
                await there.ConnectAsync(host, port, stop.Token);
                await Task.WhenAny(PumpAsync(here, there), PumpAsync(there, here));
            }));
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[65536];
        while (await from.GetStream().ReadAsync(buffer, stop.Token) is var read and > 0)
        {
            await Volatile.Read(ref open).Task;
            await to.GetStream().WriteAsync(buffer.AsMemory(0, read), stop.Token);
        }

        // The end of a connection is not seen either while the network is silent.
        await Volatile.Read(ref open).Task;
    }
}
