using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Faults;

/// <summary>
/// A client behind a load balancer: it changes a company on one node, and asks the others with the position that it was told. Each change turns
/// the answer about one obligation over, so that an answer from before the write shows.
/// </summary>
internal sealed class AcrossNodes : IAsyncDisposable
{
    /// <summary>The company that it alone writes.</summary>
    public const string Company = "across";

    /// <summary>The obligation that applies to it after every other change.</summary>
    public const string Obligation = "de-law-art1";

    private readonly IReadOnlyList<FaultSite> sites;
    private readonly Random random;
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;
    private FaultSite? down;

    private AcrossNodes(IReadOnlyList<FaultSite> sites, Random random)
    {
        (this.sites, this.random) = (sites, random);
        running = Task.Run(RunAsync);
    }

    /// <summary>How many changes were read on the other nodes.</summary>
    public int Changes { get; private set; }

    /// <summary>The longest that a node took to answer as of a write on another.</summary>
    public TimeSpan Slowest { get; private set; }

    public static AcrossNodes Start(IReadOnlyList<FaultSite> sites, Random random) => new(sites, random);

    /// <summary>From now on this node may fail to answer; no other may.</summary>
    public void Loses(FaultSite site) => Volatile.Write(ref down, site);

    /// <summary>Ends after the change that it is about; throws what went wrong.</summary>
    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await running;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        for (var applies = true; !stop.IsCancellationRequested; applies = !applies)
        {
            var (writer, position) = await WriteAsync(applies);
            foreach (var site in sites.Where(s => s != writer))
            {
                await ReadAsync(site, position, applies);
            }

            Changes++;
        }
    }

    private async Task<(FaultSite Writer, long Position)> WriteAsync(bool applies)
    {
        var body = JsonSerializer.Serialize(new { name = Company, facts = new { handles_data = applies, activities = new[] { "shop" } } });
        while (true)
        {
            var site = sites[random.Next(sites.Count)];
            using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/companies/{Company}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            if (Changes > 0)
            {
                request.Headers.TryAddWithoutValidation("If-Match", "*");
            }

            if (await SendAsync(site, request) is var (status, answer))
            {
                ((int)status).ShouldBeOneOf([200, 201], answer.ToJsonString());
                return (site, answer["position"]!.GetValue<long>());
            }
        }
    }

    private async Task ReadAsync(FaultSite site, long position, bool applies)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"/api/v1/companies/{Company}/obligations?minPosition={position}"));
        request.Headers.Add("Prefer", "wait=30");
        var asked = Stopwatch.GetTimestamp();
        if (await SendAsync(site, request) is var (status, answer))
        {
            Slowest = Stopwatch.GetElapsedTime(asked) is var took && took > Slowest ? took : Slowest;
            status.ShouldBe(HttpStatusCode.OK, answer.ToJsonString());
            answer["position"]!.GetValue<long>().ShouldBeGreaterThanOrEqualTo(position);
            answer["items"]!.AsArray().Any(o => o!["obligationId"]!.ToString() == Obligation).ShouldBe(applies, $"as of position {position}: {answer}");
        }
    }

    // Null: the node is the one that went down.
    private async Task<(HttpStatusCode Status, JsonNode Body)?> SendAsync(FaultSite site, HttpRequestMessage request)
    {
        try
        {
            using var response = await site.Client.SendAsync(request, CancellationToken.None);
            return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(CancellationToken.None))!);
        }
        catch (Exception e) when (e is HttpRequestException or IOException && site == Volatile.Read(ref down))
        {
            return null;
        }
    }
}
