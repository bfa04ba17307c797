using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceTracker.EventStore.Postgres;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Support;

/// <summary>What tests of the API say often.</summary>
internal static class Api
{
    /// <summary>The service's event store.</summary>
    public static PostgresEventStore Store(this TestService service) => (PostgresEventStore)service.Services.GetService(typeof(PostgresEventStore))!;

    /// <summary>Sends a value as JSON; the answer must have the status.</summary>
    public static async Task<JsonNode> DoAsync(this TestService service, HttpMethod method, string path, object? body, int expected, params (string, string)[] headers)
    {
        var (status, answer, response) = await service.SendAsync(method, path, body is null ? null : JsonSerializer.Serialize(body), headers);
        response.Dispose();
        status.ShouldBe(expected, $"{method} {path}: {answer}");
        return answer!;
    }

    /// <summary>Asks a path that must answer with the status.</summary>
    public static Task<JsonNode> AskAsync(this TestService service, string path, int expected = 200, params (string, string)[] headers) =>
        service.DoAsync(HttpMethod.Get, path, null, expected, headers);

    /// <summary>Registers a company; the position of its registration.</summary>
    public static async Task<long> RegisterAsync(this TestService service, string company, object facts, string? timeZone = null) =>
        (await service.DoAsync(HttpMethod.Put, $"/companies/{company}", new { name = company, timeZone, facts }, 201))["position"]!.GetValue<long>();

    /// <summary>Registers an instrument with one development; the position of the last event.</summary>
    public static async Task<long> LegislateAsync(this TestService service, string id, object development) => (await service.DoAsync(
        HttpMethod.Post,
        "/instruments",
        new { id, jurisdiction = "CN", kind = "law", title = new { en = id }, developments = new[] { development } },
        201))["position"]!.GetValue<long>();

    /// <summary>Records a development; the answer.</summary>
    public static Task<JsonNode> DevelopAsync(this TestService service, string instrument, object development) =>
        service.DoAsync(HttpMethod.Post, $"/instruments/{instrument}/developments", development, 201);

    /// <summary>A development's body.</summary>
    public static object Development(string id, string date, object[] effects, string kind = "passed", string? publicOn = null, string? corrects = null, object? restated = null) =>
        new { id, kind, date, publicOn, source = "a test", confidence = "known", corrects, restated, effects };

    /// <summary>The definition of an obligation.</summary>
    public static object Define(string obligationId, string condition = "true", object? relativeStart = null) => new
    {
        kind = "define",
        obligationId,
        provision = "Art. 1",
        title = new { en = "T" },
        summary = new { en = "S" },
        category = "data-protection",
        nature = "duty",
        condition,
        source = "a test",
        confidence = "known",
        relativeStart,
    };

    /// <summary>The enactment of an obligation.</summary>
    public static object Enact(string obligationId, string? from) => new { kind = "enact", obligationId, from };

    /// <summary>One obligation as the list shows it, or null: not listed.</summary>
    public static async Task<JsonNode?> ItemAsync(this TestService service, string company, string instrument, string obligation, string clocks, long? minPosition = null)
    {
        var page = await service.AskAsync(
            $"/companies/{company}/obligations?status=applicable,upcoming,suspended,undetermined,not-applicable,ended,lapsed,proposed&instrument={instrument}&{clocks}{(minPosition is null ? "" : $"&minPosition={minPosition}")}",
            200,
            ("Prefer", "wait=30"));
        return page["items"]!.AsArray().SingleOrDefault(i => i!["obligationId"]!.ToString() == obligation);
    }

    /// <summary>Leaves a position of the log open, as a writer that has not committed yet does, until it is disposed.</summary>
    public static async Task<IAsyncDisposable> HoldLogAsync(this TestService service)
    {
        var connection = await service.Store().DataSource.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var draw = new NpgsqlCommand("select nextval('mt_events_sequence')", connection, transaction);
        await draw.ExecuteScalarAsync();
        return new Held(connection, transaction);
    }

    private sealed class Held(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
