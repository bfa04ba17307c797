using Npgsql;

namespace ComplianceTracker.EmbeddedPostgres.Tests;

/// <summary>A server that somebody else runs.</summary>
public sealed class OtherServerFixture : IAsyncLifetime
{
    public RunningPostgres Other { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Other = await PostgresServer.StartAsync(new PostgresServerOptions { Throwaway = true });

    public ValueTask DisposeAsync() => Other.DisposeAsync();
}

public sealed class A_configured_server(OtherServerFixture fixture) : IClassFixture<OtherServerFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Beats_everything_else()
    {
        await using var configured = await PostgresServer.StartAsync(
            new PostgresServerOptions { ConnectionString = fixture.Other.ConnectionString, Throwaway = true }, Cancel);

        configured.ConnectionString.ShouldBe(fixture.Other.ConnectionString);
        configured.ProcessId.ShouldBeNull();
        configured.Version.Major.ShouldBe(fixture.Other.Version.Major);
    }

    [Fact]
    public async Task Goes_on_when_we_end()
    {
        await using (await PostgresServer.StartAsync(new PostgresServerOptions { ConnectionString = fixture.Other.ConnectionString, Throwaway = true }, Cancel))
        {
        }

        (await Sql.AskAsync(fixture.Other.ConnectionString, "SELECT 1", Cancel)).ShouldBe(1);
    }

    [Fact]
    public async Task Is_refused_when_it_may_lose_what_it_acknowledged()
    {

        var error = await RefusalAsync(fixture.Other.ConnectionString);

        error.Message.ShouldContain("fsync, full_page_writes, synchronous_commit is off");
    }

    [Fact]
    public async Task That_does_not_answer_is_named_without_its_password()
    {
        var error = await RefusalAsync("Host=127.0.0.1;Port=1;Username=me;Password=hush-hush;Database=mine;Timeout=2");

        error.Message.ShouldContain("127.0.0.1:1, database 'mine', user 'me'");
        error.ToString().ShouldNotContain("hush-hush");
    }

    [Fact]
    public async Task With_a_wrong_password_is_refused_without_showing_it()
    {
        var wrong = new NpgsqlConnectionStringBuilder(fixture.Other.ConnectionString) { Password = "hush-hush" };

        var error = await RefusalAsync(wrong.ConnectionString);

        error.Message.ShouldContain("password authentication failed");
        error.ToString().ShouldNotContain("hush-hush");
    }

    [Theory]
    [InlineData("Host=db;Password=hush;hush=1")]
    [InlineData("Host=db;Port=hush")]
    [InlineData("hush")]
    public async Task That_cannot_be_read_is_not_quoted(string connectionString)
    {
        var error = await RefusalAsync(connectionString);

        error.Message.ShouldContain("ConnectionStrings:ComplianceTracker");
        error.ToString().ShouldNotContain("hush");
    }

    private static Task<PostgresUnavailableException> RefusalAsync(string connectionString) =>
        Should.ThrowAsync<PostgresUnavailableException>(
            () => PostgresServer.StartAsync(new PostgresServerOptions { ConnectionString = connectionString }, Cancel));
}
