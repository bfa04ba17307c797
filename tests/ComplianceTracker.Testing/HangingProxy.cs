using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ComplianceTracker.Testing;

/// <summary>
/// A network between a store and its server that can fall silent (connections stay open, and nothing passes in either direction, as
/// when a cable is pulled or a machine freezes) or refuse (connections end and none is let in, as when the server is not there).
/// </summary>
public sealed class HangingProxy : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<TcpClient, bool> clients = new();
    private readonly string host;
    private readonly int port;
    private readonly int own;
    private TcpListener listener = new(IPAddress.Loopback, 0);
    private Task accepting;
    private TaskCompletionSource open = new();

    /// <summary>Stands in front of the server that the connection string names.</summary>
    public HangingProxy(string connectionString)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        (host, port) = (target.Host!, target.Port);
        listener.Start();
        own = ((IPEndPoint)listener.LocalEndpoint).Port;
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = own }.ConnectionString;
        open.SetResult();
        accepting = Task.Run(() => AcceptAsync(listener));
    }

    /// <summary>The connection string of the same database through this network.</summary>
    public string ConnectionString { get; }

    /// <summary>Nothing passes any more.</summary>
    public void Hang() => Volatile.Write(ref open, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>What was held up passes, and what comes.</summary>
    public void GoOn() => Volatile.Read(ref open).TrySetResult();

    /// <summary>Ends every connection and lets none in.</summary>
    public async Task RefuseAsync()
    {
        listener.Dispose();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var client in clients.Keys)
        {
            client.Dispose();
        }
    }

    /// <summary>Lets connections in again.</summary>
    public void LetIn()
    {
        listener = new TcpListener(IPAddress.Loopback, own);
        listener.Start();
        accepting = Task.Run(() => AcceptAsync(listener));
    }

    /// <summary>Ends every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        GoOn();
        await stop.CancelAsync();
        await RefuseAsync();
        stop.Dispose();
    }

    private async Task AcceptAsync(TcpListener listening)
    {
        while (!stop.IsCancellationRequested)
        {
            var client = await listening.AcceptTcpClientAsync(stop.Token);
            clients[client] = true;
            _ = Task.Run(() => ServeAsync(client));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var here = client;
        using var there = new TcpClient();
        await there.ConnectAsync(host, port, stop.Token);
        await Task.WhenAny(PumpAsync(here, there), PumpAsync(there, here));
        clients.TryRemove(client, out _);
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
