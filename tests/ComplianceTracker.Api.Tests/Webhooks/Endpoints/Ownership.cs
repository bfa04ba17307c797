using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Api.Tests.Webhooks.Support;
using ComplianceTracker.Api.Webhooks.Outbound;
using Microsoft.AspNetCore.Http;

namespace ComplianceTracker.Api.Tests.Webhooks.Endpoints;

/// <summary>An endpoint gets nothing before it consents, or echoes a signed challenge.</summary>
public sealed class Ownership(SubscribedService subscribed) : IClassFixture<SubscribedService>, IAsyncLifetime
{
    private Receiver receiver = null!;

    public async ValueTask InitializeAsync() => receiver = await Receiver.StartAsync();

    public ValueTask DisposeAsync() => receiver.DisposeAsync();

    [Theory]
    [InlineData("*", true)]
    [InlineData("compliancetracker", true)]
    [InlineData("other.example, ComplianceTracker", true)]
    [InlineData("other.example", false)]
    [InlineData("", false)]
    public async Task Consent_is_an_allowed_origin_that_names_us_whatever_the_status(string allowed, bool consents)
    {
        receiver.EchoesChallenges = false;
        receiver.Handles = (context, _) =>
        {
            context.Response.StatusCode = consents ? 405 : 200;
            context.Response.Headers["WebHook-Allowed-Origin"] = allowed;
            return Task.CompletedTask;
        };

        var created = await CreateAsync();

        ((string)created["state"]!).ShouldBe(consents ? "active" : "pending");
        var handshake = receiver.Requests[0];
        (handshake.Method, handshake.Target, handshake.Headers["WebHook-Request-Origin"]).ShouldBe(("OPTIONS", "/hook", "compliancetracker"));
        receiver.Requests.Count.ShouldBe(consents ? 1 : 2);
    }

    [Fact]
    public async Task A_challenge_is_a_signed_event_and_its_echo_as_text_or_JSON_is_a_proof()
    {
        receiver.AllowedOrigin = null;
        var created = await CreateAsync(new { url = receiver.Url, headers = new { Authorization = "Bearer t" } });

        ((string)created["state"]!).ShouldBe("active");
        var challenge = receiver.Requests[^1];
        var e = challenge.Json;
        ((string)e["type"]!, (string)e["specversion"]!, (string)e["id"]!).ShouldBe(("endpoint.challenge", "1.0", challenge.WebhookId));
        ((string)e["dataschema"]!).ShouldEndWith("/api/v1/webhooks/event-types/endpoint.challenge/v1");
        ((string)e["data"]!["endpointId"]!).ShouldBe((string)created["id"]!);
        challenge.Headers["Authorization"].ShouldBe("Bearer t");
        StandardWebhooks.Sign((string)created["secret"]!, challenge.WebhookId, long.Parse(challenge.Headers["webhook-timestamp"]), challenge.Body)
            .ShouldBe(challenge.Headers["webhook-signature"]);

        receiver.EchoesChallenges = false;
        foreach (var form in (string[])["{\"challenge\":\"$\"}", "\"$\"", " $\n"])
        {
            receiver.Answers = _ => throw new InvalidOperationException("Only challenges are expected.");
            receiver.Handles = (context, request) => request.Challenge is { } asked ? context.Response.WriteAsync(form.Replace("$", asked, StringComparison.Ordinal)) : Task.CompletedTask;
            ((bool)(await VerifyAsync(created))["verified"]!).ShouldBeTrue(form);
        }
    }

    [Theory]
    [InlineData(200, "ok")]
    [InlineData(200, "")]
    [InlineData(200, "{\"challenge\": 7}")]
    [InlineData(200, "{\"challenge\": \"x\", \"challenge\": \"y\"}")]
    [InlineData(401, "$")]
    [InlineData(302, "$")]
    [InlineData(500, "$")]
    public async Task Anything_else_is_no_proof_and_says_why(int status, string body)
    {
        receiver.Handles = (context, request) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/elsewhere";
            return context.Response.WriteAsync(body.Replace("$", request.Challenge, StringComparison.Ordinal));
        };

        var created = await CreateAsync();

        ((string)created["state"]!).ShouldBe("pending");
        created["sincePosition"].ShouldBeNull();
        created["verifiedAt"].ShouldBeNull();
        ((string)created["stateReason"]!).ShouldContain($"{status}");
        receiver.Requests.ShouldAllBe(r => r.Target == "/hook");
        var again = await VerifyAsync(created);
        ((bool)again["verified"]!).ShouldBeFalse();
        ((string)again["reason"]!).ShouldBe((string)created["stateReason"]!);
    }

    [Fact]
    public async Task An_endpoint_that_nobody_answers_at_stays_pending_and_says_so()
    {
        var gone = await Receiver.StartAsync();
        await gone.DisposeAsync();

        ((string)(await CreateAsync(new { url = gone.Url }))["stateReason"]!).ShouldContain("Connection refused");
        ((string)(await CreateAsync(new { url = "https://hooks.acme.invalid/" }))["stateReason"]!).ShouldContain("does not resolve");
    }

    [Fact]
    public async Task A_proof_that_fails_later_takes_nothing_from_an_active_endpoint()
    {
        var created = await CreateAsync();
        receiver.Handles = (context, _) =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };

        var again = await VerifyAsync(created);

        ((bool)again["verified"]!).ShouldBeFalse();
        ((string)again["endpoint"]!["state"]!).ShouldBe("active");
        again["endpoint"]!["verifiedAt"]!.ToString().ShouldBe(created["verifiedAt"]!.ToString());
    }

    private Task<JsonNode> CreateAsync(object? body = null) => subscribed.Service.DoAsync(HttpMethod.Post, "/webhooks/endpoints", body ?? new { url = receiver.Url }, 201);

    private Task<JsonNode> VerifyAsync(JsonNode endpoint) => subscribed.Service.DoAsync(HttpMethod.Post, $"/webhooks/endpoints/{endpoint["id"]}/verify", null, 200);
}
