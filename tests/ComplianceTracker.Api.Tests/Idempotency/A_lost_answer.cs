using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;
using Npgsql;
using static ComplianceTracker.Api.Tests.Support.Api;

namespace ComplianceTracker.Api.Tests.Idempotency;

/// <summary>The service dies between the effect of a request and its answer: sent again with its key, the request finds its effect.</summary>
public sealed class A_lost_answer(Databases databases, DurableServer durable) : IClassFixture<DurableServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Is_given_again_word_for_word_and_nothing_is_done_twice()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        await service.RegisterAsync("acme", new { });
        var law = Development("made", "2020-01-01", [Define("cn-test.a")]);
        var instrument = JsonSerializer.Serialize(new { id = "cn-test", jurisdiction = "CN", kind = "law", title = new { en = "T" }, developments = new[] { law } });
        var development = JsonSerializer.Serialize(Development("more", "2020-02-01", [Enact("cn-test.b", "2020-06-01")]));
        (string Path, string Json)[] requests = [("/instruments", instrument), ("/instruments/cn-test/developments", development), ("/companies/acme/facts", Sending.Facts)];
        var answers = new List<Sent>();
        foreach (var (path, json) in requests)
        {
            answers.Add(await service.PostAsync(path, path, json));
        }

        // More happens to the same streams; what the requests did is behind that, and deciding anew would refuse them.
        await service.DevelopAsync("cn-test", Development("later", "2020-03-01", [Enact("cn-test.a", "2021-06-01")]));
        await service.DoAsync(HttpMethod.Delete, "/companies/acme", null, 200);
        var events = (long)(await service.SqlAsync("select count(*) from mt_events"))!;
        await service.ForgetAnswersAsync();
        for (var i = 0; i < requests.Length; i++)
        {
            answers[i].Status.ShouldBeOneOf(200, 201);
            (await service.PostAsync(requests[i].Path, requests[i].Path, requests[i].Json + " ")).Type.ShouldBe("idempotency-key-reused");
            (await service.PostAsync(requests[i].Path, requests[i].Path, requests[i].Json)).ShouldBe(answers[i], requests[i].Path);
        }

        (await service.SqlAsync("select count(*) from mt_events")).ShouldBe(events);
    }

    [Fact]
    public async Task To_the_skipping_or_retrying_of_a_parked_event_is_given_again_too()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        foreach (var (id, action, body) in new[] { ("one", "skip", """{ "reason": "Written by a broken script." }"""), ("two", "retry", "") })
        {
            await service.RegisterAsync(id, new { });
            var position = (long)(await service.SqlAsync($$"""
                with stream as (update mt_streams set version = version + 1 where id = 'company-default-{{id}}' returning version)
                insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp)
                select nextval('mt_events_sequence'), gen_random_uuid(), 'company-default-{{id}}', version, '{ "facts": 7 }', 'company.facts-declared.v1', now() from stream
                returning seq_id
                """))!;
            await service.UntilAsync($"/api/v1/companies?limit=1&minPosition={position}", r => r.IsSuccessStatusCode);

            var path = $"/operations/parked/Register/{position}/{action}";
            var answer = await service.PostAsync(path, path, body);
            answer.Status.ShouldBe(200);
            await service.ForgetAnswersAsync();
            (await service.PostAsync(path, path, body)).ShouldBe(answer);
            (await service.PostAsync(path, path, body)).IsReplayed.ShouldBeTrue();
            (await service.AskAsync("/operations/parked/log?subscription=Register"))["items"]!.AsArray().Count(e => e!["position"]!.GetValue<long>() == position).ShouldBe(2, action);
        }
    }

    [Fact]
    public async Task After_a_kill_of_the_service_is_given_by_the_next_one()
    {
        using var folder = new SeedFolder();
        var connectionString = await durable.CreateAsync();
        (await ServiceProcess.RunAsync(connectionString, "import", folder.Path)).ExitCode.ShouldBe(0);
        await using var database = new NpgsqlConnection(connectionString + ";Pooling=false");
        await database.OpenAsync(Cancel);
        await SqlAsync(database, "insert into ct_first_import (position) values (0)");
        const string Path = "/instruments/fr-law/developments";
        var json = JsonSerializer.Serialize(Development("made", "2020-01-01", [Enact("fr-law.a", "2020-06-01")]));
        var port = ServiceProcess.FreePort();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        using (var service = ServiceProcess.Start(connectionString, "--urls", client.BaseAddress.ToString()))
        {
            await service.UntilAnswersAsync(client, "/health/ready");

            // A refused request leaves the claim, whose row then keeps the answer from being stored; the effect comes before that.
            (await client.PostAsync(Path, "k", json)).Status.ShouldBe(404);
            (await client.PostAsync("/instruments", null, """{ "id": "fr-law", "jurisdiction": "FR", "kind": "law", "title": "A Law" }""")).Status.ShouldBe(201);
            await using var hold = await database.BeginTransactionAsync(Cancel);
            await SqlAsync(database, "select from ct_idempotency where key = 'k' for update");
            var unanswered = client.PostAsync(Path, "k", json);
            await service.UntilAsync("it had its effect", async () => await EventsAsync(database) == 2);
            await service.KillAsync();
            await Should.ThrowAsync<HttpRequestException>(unanswered);
        }

        using (var service = ServiceProcess.Start(connectionString, "--urls", client.BaseAddress.ToString()))
        {
            await service.UntilAnswersAsync(client, "/health/ready");
            var answer = await client.PostAsync(Path, "k", json);

            (answer.Status, answer.ETag, answer.Location, answer.IsReplayed).ShouldBe((201, "\"2\"", $"/api/v1{Path}", false), answer.Body);
            JsonNode.Parse(answer.Body)!["position"]!.GetValue<long>()
                .ShouldBe((long)(await SqlAsync(database, "select seq_id from mt_events where stream_id = 'instrument-fr-law' and version = 2"))!);
            var again = await client.PostAsync(Path, "k", json);
            again.ShouldBe(answer);
            again.IsReplayed.ShouldBeTrue();
            (await EventsAsync(database)).ShouldBe(2);
        }
    }

    private static async Task<long> EventsAsync(NpgsqlConnection database) =>
        (long)(await SqlAsync(database, "select count(*) from mt_events where stream_id = 'instrument-fr-law'"))!;

    private static async Task<object?> SqlAsync(NpgsqlConnection database, string sql)
    {
        await using var command = new NpgsqlCommand(sql, database);
        return await command.ExecuteScalarAsync(Cancel);
    }
}
