using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.BulkImport;

/// <summary>Profiles to import, and imports.</summary>
internal static class Profiles
{
    public const string JsonLines = "application/jsonl";
    public const string Csv = "text/csv";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The n-th of many companies, as a line of JSON.</summary>
    public static string Line(int n) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"id":"bulk-{{{n}}}","name":"Company {{{n}}}","timeZone":"Asia/Shanghai","facts":{"handles_data":{{{(n % 3 == 0 ? "true" : "false")}}},"staff":{{{n}}},"activities":["shop"]}}""");

    /// <summary>Many companies, each a line with its end.</summary>
    public static string Many(int from, int count) => string.Concat(Enumerable.Range(from, count).Select(n => Line(n) + "\n"));

    /// <summary>Imports a text; the status must be 200.</summary>
    public static async Task<JsonNode> ImportAsync(this HttpClient client, string text, string mediaType = JsonLines, string? key = null, string query = "")
    {
        var (status, body) = await client.TryImportAsync(new ByteArrayContent(Encoding.UTF8.GetBytes(text)), mediaType, key, query);
        status.ShouldBe(200, body.ToJsonString());
        return body;
    }

    /// <summary>Imports a content.</summary>
    public static async Task<(int Status, JsonNode Body)> TryImportAsync(
        this HttpClient client, HttpContent content, string mediaType = JsonLines, string? key = null, string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/companies/import" + query) { Content = content };
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var response = await client.SendAsync(request, Cancel);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!);
    }

    /// <summary>The counts of a report: companies, then what became of them.</summary>
    public static string Counts(this JsonNode report) =>
        $"{report["lines"]}: {report["registered"]} new, {report["replaced"]} replaced, {report["unchanged"]} same, {report["refused"]} refused";

    /// <summary>The problems of a report: line, company, type and pointer.</summary>
    public static IReadOnlyList<string> Problems(this JsonNode report) =>
        [..report["problems"]!.AsArray().Select(p => $"{p!["line"]} {p["id"]?.ToString() ?? "-"} {p["problem"]!["type"]!.ToString().Split('/')[^1]} {p["problem"]!["pointer"]}".TrimEnd())];

    /// <summary>A service on a database with the small folder of seeds.</summary>
    public static async Task<TestService> StartAsync(Databases databases, SeedFolder folder) =>
        await TestService.StartAsync(await databases.CreateEmptyAsync(), folder.Path);

    /// <summary>What a service recorded of companies that were imported.</summary>
    public static async Task<IReadOnlyList<string>> RecordAsync(Npgsql.NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand(
            "select stream_id || ' ' || version || ' ' || type || ' ' || data from mt_events where stream_id like 'company-default-bulk%' order by stream_id collate \"C\", version");
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = new List<string>();
        while (await reader.ReadAsync(Cancel))
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
