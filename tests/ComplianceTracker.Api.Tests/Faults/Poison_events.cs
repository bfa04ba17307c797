using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Faults;

/// <summary>
/// Events that the projection cannot handle while clients write: one on which the handler throws, one that cannot be decoded, one of a
/// type that nobody knows.
/// </summary>
[Collection(nameof(SharedServer))]
public sealed class Poison_events(DurableServer server, ITestOutputHelper output)
{
    private const string Sound = """{ "facts": [{ "fact": "staff", "value": { "type": "int", "value": 7 }, "days": { "from": null, "to": null } }] }""";

    [Fact]
    public async Task Hold_up_their_stream_and_no_other_until_they_are_mended()
    {
        await using var site = await FaultSite.OnAsync(await server.CreateAsync());
        await using var database = await site.ConnectAsync();

        // Two ledgers: who reads what others wrote would be told that the poisoned streams cannot be read.
        var (ledger, others) = (new Ledger(), new Ledger());
        await using (var load = Load.Start(site.Client, others, 1, Extent.Seeded(output)))
        {
            for (var point = 0; point < Extent.Points(1); point++)
            {
                await ThrowsAsync(site, database, ledger);
                await CannotBeDecodedAsync(site, database, ledger);
                await IsOfAnUnknownTypeAsync(site, database, ledger);
            }

            await load.StopAsync(CancellationToken.None);
        }

        (await site.Client.GetStringAsync("/api/v1/operations/parked?subscription=Register", TestContext.Current.CancellationToken)).ShouldContain("\"items\":[]");
        await Evidence.HoldsAsync(site, ledger);
        await Evidence.HoldsAsync(site, others);
        output.WriteLine($"{ledger}; {others}");
    }

    // What the handler writes is refused by the read model itself.
    private static async Task ThrowsAsync(FaultSite site, NpgsqlConnection database, Ledger ledger)
    {
        var (company, poison) = (Load.Marker(), Load.Marker());
        await FaultSite.ExecuteAsync(database, $"alter table ct_company add constraint no_poison check (name <> '{poison}')");
        await SendAsync(site, ledger, Load.Registration(company));
        var failing = await SendAsync(site, ledger, Load.Registration(company, null, poison) with { IfMatch = 1, Marker = poison });
        var waiting = await SendAsync(site, ledger, Load.Declaration(company, Load.Marker(), 2));

        await OthersGoOnAsync(site, ledger);
        await ParkedAsync(site, [(failing.Position, "failed"), (waiting.Position, "waiting")], "no_poison");
        (await RetryAsync(site, failing.Position))["failing"]!["position"]!.GetValue<long>().ShouldBe(failing.Position);
        await FaultSite.ExecuteAsync(database, "alter table ct_company drop constraint no_poison");
        (await RetryAsync(site, failing.Position))["handled"]!.GetValue<int>().ShouldBe(2);
    }

    // Past the service, which refuses to decide on a stream that it cannot read.
    private static async Task CannotBeDecodedAsync(FaultSite site, NpgsqlConnection database, Ledger ledger)
    {
        var company = Load.Marker();
        await SendAsync(site, ledger, Load.Registration(company));
        var failing = await FaultSite.AppendAsync(database, $"company-default-{company}", "company.facts-declared.v1", """{ "facts": 7 }""");
        var waiting = await FaultSite.AppendAsync(database, $"company-default-{company}", "company.facts-declared.v1", Sound);

        await OthersGoOnAsync(site, ledger);
        await ParkedAsync(site, [(failing, "failed"), (waiting, "waiting")], "JsonException");
        await FaultSite.ExecuteAsync(database, $"update mt_events set data = '{Sound}' where seq_id = {failing}");
        (await RetryAsync(site, failing))["handled"]!.GetValue<int>().ShouldBe(2);
    }

    // A newer release wrote it: no poison, so nothing is parked, and nothing is passed either, until somebody knows the type.
    private static async Task IsOfAnUnknownTypeAsync(FaultSite site, NpgsqlConnection database, Ledger ledger)
    {
        var company = Load.Marker();
        await SendAsync(site, ledger, Load.Registration(company));
        var unknown = await FaultSite.AppendAsync(database, $"company-default-{company}", "company.merged.v7", Sound);

        await site.UntilAsync("it said what it does not know", async () =>
            await site.HealthAsync() is (503, var problem) && problem["detail"]!.ToString().Contains("company.merged.v7", StringComparison.Ordinal));
        (await ParkedAsync(site)).ShouldBeEmpty();
        (await SendAsync(site, ledger, Load.Registration(Load.Marker()))).Position.ShouldBeGreaterThan(unknown);
        await FaultSite.ExecuteAsync(database, $"update mt_events set type = 'company.facts-declared.v1' where seq_id = {unknown}");
        await site.UntilAsync("it went on by itself", async () => (await site.HealthAsync()).Status == 200);
        await OthersGoOnAsync(site, ledger);
    }

    private static async Task OthersGoOnAsync(FaultSite site, Ledger ledger)
    {
        var position = (await SendAsync(site, ledger, Load.Registration(Load.Marker()))).Position;
        await site.UntilAsync($"the register reached {position}", async () =>
        {
            using var response = await site.Client.GetAsync($"/api/v1/companies?limit=1&minPosition={position}", TestContext.Current.CancellationToken);
            return response.IsSuccessStatusCode;
        });
    }

    private static async Task ParkedAsync(FaultSite site, (long Position, string State)[] expected, string reason)
    {
        var parked = await ParkedAsync(site);
        parked.Select(p => (p!["position"]!.GetValue<long>(), p["state"]!.ToString())).ShouldBe(expected);
        (parked[0]!["attempts"]!.GetValue<int>(), parked[0]!["reason"]!.ToString()).ShouldSatisfyAllConditions(
            p => p.Item1.ShouldBe(3), p => p.Item2.ShouldContain(reason));
    }

    private static async Task<JsonArray> ParkedAsync(FaultSite site) =>
        JsonNode.Parse(await site.Client.GetStringAsync("/api/v1/operations/parked?subscription=Register", TestContext.Current.CancellationToken))!["items"]!.AsArray();

    private static async Task<JsonNode> RetryAsync(FaultSite site, long position)
    {
        using var response = await site.Client.PostAsync($"/api/v1/operations/parked/Register/{position}/retry", null, TestContext.Current.CancellationToken);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }

    private static async Task<Entry> SendAsync(FaultSite site, Ledger ledger, Write write)
    {
        var entry = await ledger.SendAsync(site.Client, write, CancellationToken.None);
        entry.Fate.ShouldBe(Fate.Acknowledged);
        return entry;
    }
}
