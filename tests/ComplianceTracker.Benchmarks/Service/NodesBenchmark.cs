using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;

namespace ComplianceTracker.Benchmarks.Service;

/// <summary>
/// One, two and three nodes on one database, all on this machine with the database and the clients: answers to the question the product
/// exists for over all nodes, and how long it takes until the others go on where one was killed.
/// </summary>
internal static class NodesBenchmark
{
    private const int Companies = 1000;
    private const int QuestionCount = 20_000;
    private const int Connections = 12;
    private const int RoundCount = 5;
    private const double Seconds = 3;
    private const int Kills = 5;

    // Only what is really held; a node's name is its machine, process and mark.
    private const string Held = """
        select l.name, split_part(l.node, '/', 2)::int from ct_leases l join pg_locks k on k.pid = l.process_id and k.locktype = 'advisory' and k.granted
            and k.objsubid = 1 and (k.classid::bigint << 32) | k.objid::bigint = hashtextextended('ct_subscription:public:' || l.name, 0)
        """;

    public static async Task RunAsync(string[] args)
    {
        await using var database = await DurableDatabase.StartAsync();
        await database.PrintSettingsAsync();
        List<string> questions;
        await using (var service = await BenchmarkService.StartAsync(database.ConnectionString, Companies))
        {
            questions = Questions.Of(service, await service.HeadAsync(), QuestionCount, 2, Questions.Now);
        }

        var nodes = new List<ServiceNode>();
        try
        {
            while (nodes.Count < 3)
            {
                nodes.Add(await ServiceNode.StartAsync(database.ConnectionString));
                await SpreadAsync(database.ConnectionString, nodes.Count);
            }

            await AskAsync(nodes, questions);
            await KillAsync(nodes, database.ConnectionString);
            await nodes[0].DisposeAsync();
            nodes.RemoveAt(0);
            await SpreadAsync(database.ConnectionString, nodes.Count);
            await KillAsync(nodes, database.ConnectionString);
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    // As many clients however many of the nodes they ask, in turn, so that whatever else the machine does meets all alike; who is not
    // asked has nothing to do.
    private static async Task AskAsync(List<ServiceNode> nodes, List<string> questions)
    {
        var asking = new List<(LoadGenerator[] Generators, List<double> Rates)>();
        for (var count = 1; count <= nodes.Count; count++)
        {
            asking.Add((await Task.WhenAll(nodes.Take(count).Select(n => LoadGenerator.StartAsync(n.Address, questions, Connections / count))), []));
        }

        for (var round = -1; round < RoundCount; round++)
        {
            foreach (var (generators, rates) in asking)
            {
                var rate = (await Task.WhenAll(generators.Select(g => g.RateAsync(Seconds)))).Sum();
                if (round >= 0)
                {
                    rates.Add(rate);
                }
            }
        }

        foreach (var (generators, rates) in asking)
        {
            Array.ForEach(generators, g => g.Dispose());
            Say($"nodes: {generators.Length} asked, {Connections} connections: {Rounds.Median(rates):N0} answers/s over all (rounds {rates.Min():N0} to {rates.Max():N0}), load average {Machine.Load()}");
        }
    }

    // Whoever runs the register is killed; then a company is written on another node and asked for on it.
    private static async Task KillAsync(List<ServiceNode> nodes, string connectionString)
    {
        var (taken, answered) = (new List<double>(), new List<double>());
        for (var kill = 0; kill < Kills; kill++)
        {
            var holder = (await HoldersAsync(connectionString))["Register"];
            var victim = nodes.Single(n => n.ProcessId == holder);
            nodes.Remove(victim);
            var begun = Stopwatch.GetTimestamp();
            await victim.DisposeAsync();
            var answering = AnswerAsync(nodes[0], $"killed-{nodes.Count}-{kill}");
            while (!(await HoldersAsync(connectionString)).TryGetValue("Register", out var now) || now == holder)
            {
                await Task.Delay(5);
            }

            taken.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            await answering;
            answered.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            nodes.Add(await ServiceNode.StartAsync(connectionString));
            await SpreadAsync(connectionString, nodes.Count);
        }

        Say($"nodes: one of {nodes.Count} killed, the register run by another after {Rounds.Median(taken):N0} ms ({taken.Min():N0} to {taken.Max():N0})");
        Say($"nodes: one of {nodes.Count} killed, a write on another answered with after {Rounds.Median(answered):N0} ms ({answered.Min():N0} to {answered.Max():N0})");
    }

    private static async Task AnswerAsync(ServiceNode node, string company)
    {
        using var client = new HttpClient { BaseAddress = node.Address };
        using var body = new StringContent("""{ "name": "Written while a node was dead", "facts": {} }""", Encoding.UTF8, "application/json");
        using var written = await client.PutAsync($"/api/v1/companies/{company}", body);
        var position = JsonNode.Parse(await written.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!["position"]!.GetValue<long>();
        using var question = new HttpRequestMessage(
            HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"/api/v1/companies/{company}/obligations?minPosition={position}"));
        question.Headers.Add("Prefer", "wait=30");
        using var answer = await client.SendAsync(question);
        answer.EnsureSuccessStatusCode();
    }

    // Until each node runs what falls to it: three subscriptions, so one each on three.
    private static async Task SpreadAsync(string connectionString, int count)
    {
        var begun = Stopwatch.GetTimestamp();
        while (await HoldersAsync(connectionString) is var holders && (holders.Count < 3 || holders.Values.Distinct().Count() < count))
        {
            await Task.Delay(20);
        }

        Say($"nodes: subscriptions spread over {count} {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s after the last one was ready");
    }

    private static async Task<Dictionary<string, int>> HoldersAsync(string connectionString)
    {
        var holders = new Dictionary<string, int>(StringComparer.Ordinal);
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(Held, connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            holders.Add(reader.GetString(0), reader.GetInt32(1));
        }

        return holders;
    }

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
