using System.Text;
using ComplianceTracker.Api.Tests.Support;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Idempotency;

/// <summary>What tests of keys say often.</summary>
internal static class Sending
{
    public const string Facts = """[{ "fact": "processes.personal_data", "value": true, "from": "2024-01-01" }]""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Posts JSON with the key to a path under the API's base.</summary>
    public static Task<Sent> PostAsync(this TestService service, string path, string? key, string json) => service.Client.PostAsync(path, key, json);

    /// <summary>Posts JSON with the key to a path under the API's base.</summary>
    public static async Task<Sent> PostAsync(this HttpClient client, string path, string? key, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1" + path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        using var response = await client.SendAsync(request, Cancel);
        return new Sent(
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(Cancel),
            response.Content.Headers.ContentType?.ToString(),
            response.Headers.ETag?.ToString(),
            response.Headers.Location?.ToString())
        {
            IsReplayed = response.Headers.TryGetValues("Idempotency-Replayed", out var replayed) && replayed.Single() == "true",
            RetryAfter = response.Headers.RetryAfter?.Delta,
        };
    }

    /// <summary>Runs a statement and gives its first value.</summary>
    public static async Task<object?> SqlAsync(this TestService service, string sql)
    {
        await using var command = service.Store().DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancel);
    }

    /// <summary>How many events the stream has.</summary>
    public static async Task<long> EventsAsync(this TestService service, string stream) =>
        (long)(await service.SqlAsync($"select count(*) from mt_events where stream_id = '{stream}'"))!;

    /// <summary>Waits until nobody holds the key: the server may notice a closed connection a moment later.</summary>
    public static async Task UntilFreeAsync(this TestService service, string key)
    {
        await using var connection = await service.Store().DataSource.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using var wait = new NpgsqlCommand($"select pg_advisory_xact_lock(hashtextextended('ct_idempotency:default:{key}', 0))", connection, transaction);
        await wait.ExecuteNonQueryAsync(Cancel);
    }

    /// <summary>Forgets the answers, as a service does that dies between effect and answer.</summary>
    public static Task ForgetAnswersAsync(this TestService service) =>
        service.SqlAsync("update ct_idempotency set status = null, media_type = null, etag = null, location = null, body = null");
}

/// <summary>An answer; two are equal when a client could not tell them apart but by <see cref="IsReplayed"/>.</summary>
internal sealed record Sent(int Status, string Body, string? MediaType, string? ETag, string? Location)
{
    public bool IsReplayed { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    public string Type => System.Text.Json.Nodes.JsonNode.Parse(Body)!["type"]!.ToString().Split('/')[^1];

    public bool Equals(Sent? other) => other is not null
        && (Status, Body, MediaType, ETag, Location) == (other.Status, other.Body, other.MediaType, other.ETag, other.Location);

    public override int GetHashCode() => Body.GetHashCode(StringComparison.Ordinal);
}
