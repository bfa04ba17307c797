using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;
using Npgsql;
using static ComplianceTracker.Api.Tests.Support.Api;

namespace ComplianceTracker.Api.Tests.Idempotency;

public sealed class The_same_key(Databases databases) : IAsyncLifetime
{
    private string connectionString = null!;
    private TestService service = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        connectionString = await databases.CopySeededAsync();
        service = await TestService.StartAsync(connectionString);
        await service.RegisterAsync("acme", new { });
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task Is_answered_identically_for_every_call_that_appends_and_has_one_effect()
    {
        var instrument = JsonSerializer.Serialize(new { id = "cn-test", jurisdiction = "CN", kind = "law", title = new { en = "T" } });
        var development = JsonSerializer.Serialize(Development("made", "2020-01-01", [Define("cn-test.a"), Enact("cn-test.b", "2020-06-01")]));
        foreach (var (path, json, stream, events) in new[]
        {
            ("/instruments", instrument, "instrument-cn-test", 1), ("/instruments/cn-test/developments", development, "instrument-cn-test", 2),
            ("/companies/acme/facts", Sending.Facts, "company-default-acme", 2),
        })
        {
            var first = await service.PostAsync(path, path, json);
            first.Status.ShouldBeOneOf(200, 201);
            first.ETag.ShouldNotBeNull();
            first.IsReplayed.ShouldBeFalse();
            foreach (var key in new[] { path, $"\"{path}\"" })
            {
                var again = await service.PostAsync(path, key, json);
                again.ShouldBe(first);
                again.IsReplayed.ShouldBeTrue();
            }

            (await service.EventsAsync(stream)).ShouldBe(events);
        }

        // Also once the world has moved on; and without the key it is another request.
        var declared = await service.PostAsync("/companies/acme/facts", "later", Sending.Facts.Replace("2024", "2023"));
        await service.DoAsync(HttpMethod.Delete, "/companies/acme", null, 200);
        (await service.PostAsync("/companies/acme/facts", "later", Sending.Facts.Replace("2024", "2023"))).ShouldBe(declared);
        (await service.PostAsync("/companies/acme/facts", null, Sending.Facts)).Status.ShouldBe(410);
    }

    [Fact]
    public async Task With_another_request_is_refused_and_changes_nothing()
    {
        await service.RegisterAsync("other", new { });
        (await service.PostAsync("/companies/acme/facts", "k", Sending.Facts)).Status.ShouldBe(200);
        foreach (var (path, json) in new[]
        {
            ("/companies/acme/facts", Sending.Facts + " "), ("/companies/other/facts", Sending.Facts), ("/companies/acme/facts?limit=1", Sending.Facts),
            ("/instruments", Sending.Facts),
        })
        {
            var refused = await service.PostAsync(path, "k", json);
            (refused.Status, refused.Type).ShouldBe((422, "idempotency-key-reused"), path);
        }

        (await service.EventsAsync("company-default-acme")).ShouldBe(2);
        (await service.EventsAsync("company-default-other")).ShouldBe(1);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    public async Task At_the_same_time_has_one_effect(int senders)
    {
        var sent = await Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(() => service.PostAsync("/companies/acme/facts", "k", Sending.Facts), Cancel)));

        var answered = sent.Where(s => s.Status == 200).ToList();
        answered.ShouldNotBeEmpty();
        answered.Distinct().Count().ShouldBe(1);
        sent.Except(answered).ShouldAllBe(s => s.Status == 409 && s.Type == "idempotency-key-in-use");
        (await service.EventsAsync("company-default-acme")).ShouldBe(2);
        (await service.PostAsync("/companies/acme/facts", "k", Sending.Facts)).ShouldBe(answered[0]);
    }

    [Fact]
    public async Task While_its_request_is_under_way_says_so_and_when_to_ask_again()
    {
        await using var holder = new NpgsqlConnection(connectionString + ";Pooling=false");
        await holder.OpenAsync(Cancel);
        await using (var hold = new NpgsqlCommand("select pg_advisory_lock(hashtextextended('ct_idempotency:default:k', 0))", holder))
        {
            await hold.ExecuteNonQueryAsync(Cancel);
        }

        var busy = await service.PostAsync("/companies/acme/facts", "k", Sending.Facts);
        (busy.Status, busy.Type, busy.RetryAfter).ShouldBe((409, "idempotency-key-in-use", TimeSpan.FromSeconds(1)));
        (await service.PostAsync("/companies/acme/facts", "k", "[]")).Type.ShouldBe("idempotency-key-reused");
        (await service.PostAsync("/companies/acme/facts", "other", "[]")).Status.ShouldBe(200);
        (await service.EventsAsync("company-default-acme")).ShouldBe(1);

        await holder.CloseAsync();
        await service.UntilFreeAsync("k");
        (await service.PostAsync("/companies/acme/facts", "k", Sending.Facts)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Of_a_refused_request_lets_the_request_try_again()
    {
        var refused = await service.PostAsync("/companies/nobody/facts", "k", Sending.Facts);
        refused.Status.ShouldBe(404);
        await service.RegisterAsync("nobody", new { });

        var accepted = await service.PostAsync("/companies/nobody/facts", "k", Sending.Facts);
        (accepted.Status, accepted.IsReplayed).ShouldBe((200, false));
        (await service.PostAsync("/companies/nobody/facts", "k", Sending.Facts)).ShouldBe(accepted);
    }

    [Fact]
    public async Task Is_free_after_a_day_and_what_is_older_goes()
    {
        (await service.PostAsync("/companies/acme/facts", "k", Sending.Facts)).Status.ShouldBe(200);
        (await service.PostAsync("/companies/acme/facts", "old", "[]")).Status.ShouldBe(200);
        await service.SqlAsync("update ct_idempotency set created_at = now() - interval '23 hours 59 minutes'");
        (await service.PostAsync("/companies/acme/facts", "k", "[]")).Status.ShouldBe(422);
        await service.SqlAsync("update ct_idempotency set created_at = now() - interval '24 hours 1 minute'");

        var another = await service.PostAsync("/companies/acme/facts", "k", Sending.Facts.Replace("2024", "2022"));
        (another.Status, another.IsReplayed).ShouldBe((200, false));
        (await service.EventsAsync("company-default-acme")).ShouldBe(3);
        (await service.SqlAsync("select string_agg(key, ' ') from ct_idempotency")).ShouldBe("k");
    }

    [Fact]
    public async Task Must_be_a_key()
    {
        using var client = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8 }) { BaseAddress = service.Client.BaseAddress };
        foreach (var key in (string[])["", "two words", "ключ", "\"", "\"open", "\"a\"b", "\"a\\b\"", "\"\""])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/companies/acme/facts") { Content = new StringContent("[]", null, "application/json") };
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key).ShouldBeTrue();
            using var response = await client.SendAsync(request, Cancel);

            ((int)response.StatusCode).ShouldBe(400, key);
            JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["parameter"]!.ToString().ShouldBe("Idempotency-Key");
        }
    }

    [Fact]
    public async Task May_be_long_and_hold_any_visible_character_but_not_longer_nor_two()
    {
        var longest = new string('!', 254) + "~";
        (await service.PostAsync("/companies/acme/facts", longest, "[]")).Status.ShouldBe(200);
        (await service.PostAsync("/companies/acme/facts", longest + "~", "[]")).Status.ShouldBe(400);
        (await service.PostAsync("/companies/acme/facts", "a\"b\\", "[]")).Status.ShouldBe(200);
        (await service.PostAsync("/companies/acme/facts", "\"a\\\"b\\\\\"", "[]")).IsReplayed.ShouldBeTrue();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/companies/acme/facts")
        {
            Content = new StringContent("[]", null, "application/json"),
            Headers = { { "Idempotency-Key", ["a", "b"] } },
        };
        using var response = await service.Client.SendAsync(request, Cancel);
        ((int)response.StatusCode).ShouldBe(400);
    }

    [Fact]
    public async Task Lets_a_body_of_the_largest_size_pass()
    {
        (await service.PostAsync("/companies/acme/facts", "k", new string(' ', (1024 * 1024) - 2) + "[]")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Held_by_many_leaves_connections_for_what_they_do()
    {
        var sent = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(
            () => service.PostAsync("/companies/acme/facts", $"k{i}", Sending.Facts.Replace("2024", $"{1950 + i}")), Cancel)));

        sent.ShouldAllBe(s => s.Status == 200 || (s.Status == 503 && s.Type == "overloaded"));
        sent.ShouldContain(s => s.Status == 200);
    }
}
