using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Npgsql;

namespace ComplianceTracker.EmbeddedPostgres.Tests;

/// <summary>One durable cluster for the tests that only look at it.</summary>
public sealed class PrivateClusterFixture : IAsyncLifetime
{
    private readonly Scratch _scratch = new();

    public RunningPostgres Postgres { get; private set; } = null!;

    public string DataDirectory => _scratch.Path("data");

    public async ValueTask InitializeAsync() =>
        Postgres = await PostgresServer.StartAsync(new PostgresServerOptions { DataDirectory = DataDirectory });

    public async ValueTask DisposeAsync()
    {
        await Postgres.DisposeAsync();
        _scratch.Dispose();
    }
}

public sealed class A_private_cluster(PrivateClusterFixture fixture) : IClassFixture<PrivateClusterFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RunningPostgres Postgres => fixture.Postgres;

    [Theory]
    [InlineData("fsync", "on")]
    [InlineData("synchronous_commit", "on")]
    [InlineData("full_page_writes", "on")]
    [InlineData("data_checksums", "on")]
    [InlineData("listen_addresses", "127.0.0.1")]
    [InlineData("unix_socket_directories", "")]
    [InlineData("password_encryption", "scram-sha-256")]
    [InlineData("server_encoding", "UTF8")]
    public async Task Is_durable_and_closed_to_others(string setting, string value) =>
        (await Sql.AskAsync(Postgres.ConnectionString, "SHOW " + setting, Cancel)).ShouldBe(value);

    [Fact]
    public async Task Has_its_database() =>
        (await Sql.AskAsync(Postgres.ConnectionString, "SELECT current_database()", Cancel)).ShouldBe("compliance_tracker");

    [Fact]
    public void Is_no_throwaway_unless_asked_for() => Postgres.IsThrowaway.ShouldBeFalse();

    [Fact]
    public async Task Demands_the_password()
    {
        foreach (var password in (string?[])[null, "", "wrong"])
        {
            var builder = new NpgsqlConnectionStringBuilder(Postgres.ConnectionString) { Password = password };
            await Should.ThrowAsync<NpgsqlException>(() => Sql.AskAsync(builder.ConnectionString, "SELECT 1", Cancel));
        }
    }

    [Fact]
    public async Task Does_not_listen_on_the_addresses_of_the_network()
    {
        var addresses = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address))
            .ToList();
        Assert.SkipWhen(addresses.Count == 0, "This machine has no address but loopback.");

        foreach (var address in addresses)
        {
            using var client = new TcpClient();
            await Should.ThrowAsync<SocketException>(() => client.ConnectAsync(address, Postgres.Port!.Value, Cancel).AsTask());
        }
    }

    [Fact]
    public async Task Does_not_run_as_root()
    {
        Assert.SkipUnless(ServerAccount.IsRoot && OperatingSystem.IsLinux(), "Only root has privileges to drop.");

        var status = await File.ReadAllLinesAsync($"/proc/{Postgres.ProcessId}/status", Cancel);

        foreach (var line in status.Where(line => line.StartsWith("Uid:", StringComparison.Ordinal) || line.StartsWith("Gid:", StringComparison.Ordinal)))
        {
            line.Split('\t').Skip(1).ShouldNotContain("0");
        }
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Keeps_its_password_to_its_owner()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes; the directory is the user's own.");
        var file = Path.Combine(fixture.DataDirectory, "postgres", "identity.json");

        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Is_refused_to_a_second_service()
    {
        var error = await Should.ThrowAsync<PostgresUnavailableException>(
            () => PostgresServer.StartAsync(new PostgresServerOptions { DataDirectory = fixture.DataDirectory }, Cancel));

        error.Message.ShouldContain("Another running service");
        error.Message.ShouldContain($"process {Environment.ProcessId}");
        error.Message.ShouldContain(fixture.DataDirectory);
        (await Sql.AskAsync(Postgres.ConnectionString, "SELECT 1", Cancel)).ShouldBe(1);
    }
}
