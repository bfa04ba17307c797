namespace ComplianceTracker.EventStore.Tests.Postgres;

public sealed class NotificationTests(PostgresServer server) : PostgresTests(server)
{
    [Fact]
    public async Task Another_processes_append_wakes_a_reader_that_hardly_ever_polls()
    {
        await using var reader = PostgresServer.Open(ConnectionString, pollInterval: TimeSpan.FromHours(1));
        for (var i = 0; i < 3; i++)
        {
            var waiting = reader.WaitForEventsAsync(await Store.HeadAsync(Cancel), Cancel);
            var appended = await AppendAsync("s");
            (await waiting.WaitAsync(Patience, Cancel)).ShouldBe(appended.Position);
        }
    }
}
