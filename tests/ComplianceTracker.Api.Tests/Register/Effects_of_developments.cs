using ComplianceTracker.Api.Tests.Support;
using static ComplianceTracker.Api.Tests.Support.Api;

namespace ComplianceTracker.Api.Tests.Register;

public sealed class Effects_of_developments(Databases databases)
{
    [Fact]
    public async Task Are_seen_in_the_companys_obligations()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        await service.RegisterAsync("acme", new { });
        const string Id = "cn-test.a";
        await service.LegislateAsync("cn-test", Development("draft", "2020-01-01", [Define(Id), new { kind = "propose", obligationId = Id }], "draft-published"));
        var step = 0;

        async Task ShouldBeAsync(string asOf, string member, string? value, object? effect = null, string date = "2020-02-01")
        {
            long? position = effect is null ? null : (await service.DevelopAsync("cn-test", Development($"step-{++step}", date, [effect], "announced")))["position"]!.GetValue<long>();
            (await service.ItemAsync("acme", "cn-test", Id, $"asOf={asOf}", position))![member]?.ToString().ShouldBe(value, $"after step {step}, {effect}");
        }

        await ShouldBeAsync("2020-01-01", "status", "proposed");
        await ShouldBeAsync("2020-02-01", "status", "lapsed", new { kind = "lapse", obligationId = Id });
        await ShouldBeAsync("2020-02-02", "status", "upcoming", new { kind = "enact", obligationId = Id, latestBy = "2021-01-01" }, "2020-02-02");
        await ShouldBeAsync("2020-02-02", "fromLatest", "2021-01-01");
        await ShouldBeAsync("2020-07-01", "status", "applicable", new { kind = "reschedule", obligationId = Id, from = "2020-06-01" }, "2020-02-03");
        await ShouldBeAsync("2020-07-01", "status", "suspended", new { kind = "suspend", obligationId = Id, order = "court", from = "2020-07-01" }, "2020-02-04");
        await ShouldBeAsync("2020-08-01", "status", "applicable", new { kind = "lift", obligationId = Id, order = "court", on = "2020-08-01" }, "2020-02-05");
        await ShouldBeAsync("2020-09-01", "enforcementPaused", "true", new { kind = "pause-enforcement", obligationId = Id, from = "2020-09-01" }, "2020-02-06");
        await ShouldBeAsync("2020-10-01", "enforcementPaused", "false", new { kind = "resume-enforcement", obligationId = Id, on = "2020-10-01" }, "2020-02-07");
        await ShouldBeAsync("2020-11-01", "provision", "Art. 7", new { kind = "renumber", obligationId = Id, provision = "Art. 7", from = "2020-11-01" }, "2020-02-08");
        await ShouldBeAsync("2020-10-31", "provision", "Art. 1");
        await ShouldBeAsync("2020-12-01", "status", "undetermined", new { kind = "revise", obligationId = Id, from = "2020-12-01", condition = "processes.personal_data" }, "2020-02-09");
        await ShouldBeAsync("2020-11-30", "status", "applicable");
        await ShouldBeAsync("2020-11-30", "status", "ended", new { kind = "end", obligationId = Id, to = "2020-11-30", replacedBy = new[] { "cn-test.b" } }, "2020-02-10");
        (await service.AskAsync("/instruments/cn-test"))["version"]!.GetValue<long>().ShouldBe(2 + step);
    }

    [Fact]
    public async Task On_what_nothing_defines_are_kept_and_reported_and_take_hold_with_the_definition()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        await service.RegisterAsync("acme", new { });
        await service.LegislateAsync("cn-test", Development("made", "2020-01-01", []));
        var early = await service.DevelopAsync("cn-test", Development("early", "2020-01-02", [Enact("cn-test.a", "2020-06-01")]));
        early["unresolved"]!.AsArray().Select(o => o!.ToString()).ShouldBe(["cn-test.a"]);
        (await service.AskAsync("/instruments/cn-test"))["unresolved"]!.AsArray().Count.ShouldBe(1);
        var unresolved = early["position"]!.GetValue<long>();
        (await service.ItemAsync("acme", "cn-test", "cn-test.a", "asOf=2021-01-01", unresolved)).ShouldBeNull();

        var defined = await service.DevelopAsync("cn-test", Development("late", "2020-01-03", [Define("cn-test.a")]));
        defined["unresolved"]!.AsArray().ShouldBeEmpty();
        (await service.AskAsync("/instruments/cn-test"))["unresolved"]!.AsArray().ShouldBeEmpty();
        (await service.AskAsync($"/instruments/cn-test?position={unresolved}"))["unresolved"]!.AsArray().Count.ShouldBe(1);
        (await service.ItemAsync("acme", "cn-test", "cn-test.a", "asOf=2021-01-01", defined["position"]!.GetValue<long>()))!["status"]!.ToString().ShouldBe("applicable");
    }

    [Fact]
    public async Task On_an_obligation_of_another_instrument_are_refused_until_its_definition_there_is_corrected_away()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        await service.LegislateAsync("cn-one", Development("made", "2020-01-01", [Define("cn-one.a")]));
        await service.LegislateAsync("cn-two", Development("made", "2020-01-01", []));
        var theft = Development("theft", "2020-01-02", [Enact("cn-one.a", "2020-06-01")]);
        var problem = await service.DoAsync(HttpMethod.Post, "/instruments/cn-two/developments", theft, 422);
        problem["expected"]!.AsArray().Select(e => e!.ToString()).ShouldBe(["cn-one"]);

        await service.DevelopAsync("cn-one", Development("not-ours", "2020-01-03", [], "corrected", corrects: "made"));
        await service.DevelopAsync("cn-two", Development("defined", "2020-01-02", [Define("cn-one.a"), Enact("cn-one.a", "2020-06-01")]));
        await service.DoAsync(HttpMethod.Post, "/instruments/cn-one/developments", theft, 422);
    }

    [Fact]
    public async Task That_define_one_obligation_twice_in_a_race_leave_it_to_the_first_instrument_by_id()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        await service.RegisterAsync("acme", new { });
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => service.SendAsync(
            HttpMethod.Post,
            "/instruments",
            System.Text.Json.JsonSerializer.Serialize(new
            {
                id = $"cn-race-{(char)('z' - i)}",
                jurisdiction = "CN",
                kind = "law",
                title = new { en = "A race" },
                developments = new[] { Development("made", "2020-01-01", [Define("cn-race.a"), Enact("cn-race.a", $"{2001 + i}-01-01")]) },
            }))));

        answers.ShouldAllBe(a => a.Status == 201 || a.Status == 422);
        var made = answers.Where(a => a.Status == 201).ToList();
        var owner = made.Select(a => a.Body!["id"]!.ToString()).Order(StringComparer.Ordinal).First();
        var last = made.Max(a => a.Body!["position"]!.GetValue<long>());
        var item = await service.AskAsync($"/companies/acme/obligations/cn-race.a?minPosition={last}", 200, ("Prefer", "wait=30"));
        item["instrumentId"]!.ToString().ShouldBe(owner);
        foreach (var id in made.Select(a => a.Body!["id"]!.ToString()))
        {
            var (status, _, _) = await service.SendAsync(
                HttpMethod.Post,
                $"/instruments/{id}/developments",
                System.Text.Json.JsonSerializer.Serialize(Development("later", "2020-02-01", [new { kind = "end", obligationId = "cn-race.a", to = "2150-01-01" }])));
            status.ShouldBe(id == owner ? 201 : 422, id);
        }
    }
}
