using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Operations;

/// <summary>A transaction that holds a position of the log open is seen, named, and does not stay unnoticed.</summary>
public sealed class A_stalled_log(Databases databases)
{
    [Fact]
    public async Task Is_shown_with_the_process_that_causes_it_while_the_service_is_still_ready()
    {
        var connectionString = await databases.CopySeededAsync();
        await using var service = await TestService.StartAsync(connectionString);
        await using var holder = await HoldAsync(connectionString);
        await AppendAsync(service);

        var health = await BodyAsync(await service.UntilAsync("/health/ready", r => r.IsSuccessStatusCode));
        var stall = health["stall"].ShouldNotBeNull();
        stall["position"]!.GetValue<long>().ShouldBe(health["head"]!.GetValue<long>() + 1);
        stall["processIds"]!.AsArray().Select(p => p!.GetValue<int>()).ShouldBe([holder.ProcessID]);
        DateTimeOffset.Parse(stall["since"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(DateTimeOffset.UnixEpoch);

        await ExecuteAsync(holder, "rollback");
        (await BodyAsync(await service.UntilAsync("/health/ready", r => r.IsSuccessStatusCode)))["stall"].ShouldBeNull();
    }

    [Fact]
    public async Task Makes_the_service_not_ready_when_it_lasts_and_names_the_process_to_end()
    {
        var connectionString = await databases.CopySeededAsync();
        await using var service = await TestService.StartAsync(connectionString, longestStall: TimeSpan.FromMilliseconds(50));
        await using var holder = await HoldAsync(connectionString);
        await AppendAsync(service);

        var problem = await BodyAsync(await service.UntilAsync("/health/ready", r => (int)r.StatusCode == 503));
        problem["detail"]!.GetValue<string>().ShouldContain($"process {holder.ProcessID} ");
        await ExecuteAsync(holder, "rollback");
        await service.UntilAsync("/health/ready", r => r.IsSuccessStatusCode);
    }

    private static async Task<NpgsqlConnection> HoldAsync(string connectionString)
    {
        var holder = new NpgsqlConnection(connectionString + ";Pooling=false");
        await holder.OpenAsync();
        await ExecuteAsync(holder, "begin");
        await ExecuteAsync(holder, "select nextval('mt_events_sequence')");
        return holder;
    }

    private static async Task AppendAsync(TestService service)
    {
        var (status, _, _) = await service.SendAsync(HttpMethod.Put, "/companies/behind", """{ "name": "Behind", "facts": {} }""");
        status.ShouldBe(201);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<JsonNode> BodyAsync(HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
}
