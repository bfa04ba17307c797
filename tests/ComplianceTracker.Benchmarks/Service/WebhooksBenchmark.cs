using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using ComplianceTracker.Api.Hosting;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Webhooks.Endpoints;
using ComplianceTracker.Api.Webhooks.Outbound;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.EventStore;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceTracker.Benchmarks.Service;

/// <summary>
/// The real service, durable, in this process, and receivers beside it: how many deliveries a second against a bare loop that posts the
/// same signed bodies with the same concurrency, how soon after an append one arrives, what a receiver that hangs does to the others,
/// and a hundred thousand deliveries after a pause.
/// </summary>
internal sealed class WebhooksBenchmark : IAsyncDisposable
{
    private const int Endpoints = 50;
    private const int Instruments = 40;
    private const int Concurrency = 8;
    private const int EventsARound = 200;
    private const int Rounds = 5;
    private const int Samples = 300;
    private const int Queued = 100_000;

    // Its connections stay open from round to round, as ours do.
    private readonly HttpClient bare = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
    private readonly WebApplication app;
    private readonly WebhookReceivers receivers;
    private readonly IEventStore store;
    private readonly EventTypes types;
    private readonly EndpointStore endpoints;
    private readonly EndpointSecrets secrets;
    private int recorded;

    private WebhooksBenchmark(WebApplication app, WebhookReceivers receivers)
    {
        (this.app, this.receivers) = (app, receivers);
        store = app.Services.GetRequiredService<IEventStore>();
        types = app.Services.GetRequiredService<EventTypes>();
        endpoints = app.Services.GetRequiredService<EndpointStore>();
        secrets = app.Services.GetRequiredService<EndpointSecrets>();
    }

    /// <summary>All of it, or what the argument names: <c>rate</c>, <c>latency</c>, <c>hanging</c> or <c>queue</c>.</summary>
    public static async Task RunAsync(string[] args)
    {
        await using var database = await DurableDatabase.StartAsync();
        await database.PrintSettingsAsync();
        var parts = new (string Name, Func<WebhooksBenchmark, Task> Run)[]
        {
            ("rate", b => b.RateAsync()), ("latency", b => b.LatencyAsync()), ("hanging", b => b.HangingAsync()), ("queue", b => b.QueueAsync()),
        };
        foreach (var (name, run) in parts.Where(p => args.Length == 0 || args.Contains(p.Name)))
        {
            await using var benchmark = await StartAsync(await database.CreateAsync());
            await run(benchmark);
        }
    }

    public async ValueTask DisposeAsync()
    {
        bare.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        await receivers.DisposeAsync();
    }

    private static async Task<WebhooksBenchmark> StartAsync(string connectionString)
    {
        var receivers = await WebhookReceivers.StartAsync();
        var app = ServiceHost.Create(new ServiceSettings
        {
            ConnectionString = connectionString,
            Seeds = null,
            HostArguments =
            [
                "--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Error", "--Webhooks:AllowedNetworks=127.0.0.0/8",
                $"--Webhooks:Concurrency={Concurrency}", "--Webhooks:Deadline=00:00:05", "--Webhooks:Lease=00:00:30",
            ],
        });
        await app.StartAsync();
        using (var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) })
        {
            while (!(await client.GetAsync("/health/ready")).IsSuccessStatusCode)
            {
                await Task.Delay(20);
            }
        }

        var benchmark = new WebhooksBenchmark(app, receivers);
        await benchmark.RegisterInstrumentsAsync();
        return benchmark;
    }

    private async Task RateAsync()
    {
        var all = await AddEndpointsAsync(Endpoints);
        var expected = receivers.Received;
        var bodies = await BodiesAsync(all);
        var rates = await Benchmarks.Rounds.TakeTurnsAsync(
            Rounds,
            async () =>
            {
                var begun = Stopwatch.GetTimestamp();
                await RecordAsync(EventsARound);
                expected += EventsARound * Endpoints;
                await receivers.UntilAsync(expected);
                return EventsARound * Endpoints / Stopwatch.GetElapsedTime(begun).TotalSeconds;
            },
            async () =>
            {
                var rate = await PostAsync(bodies);
                expected += bodies.Count;
                return rate;
            });
        rates.Print($"webhooks: sustained, {Endpoints} endpoints", "deliveries/s", 0.35);
    }

    private async Task LatencyAsync()
    {
        await AddEndpointsAsync(1);
        var came = new ConcurrentDictionary<string, TaskCompletionSource<long>>();
        receivers.Hears = (_, id, at) => came.GetOrAdd(id, _ => New()).TrySetResult(at);
        var (ours, bare) = (new List<double>(), new List<double>());
        using var client = new HttpClient();
        for (var i = -20; i < Samples; i++)
        {
            await Task.Delay(Random.Shared.Next(20, 60));
            var begun = Stopwatch.GetTimestamp();
            var id = (await RecordAsync(1)).Single().ToString();
            var lag = Stopwatch.GetElapsedTime(begun, await came.GetOrAdd(id, _ => New()).Task).TotalMilliseconds;
            await Task.Delay(Random.Shared.Next(20, 60));
            begun = Stopwatch.GetTimestamp();
            using var response = await client.PostAsync(new Uri(receivers.Address, "/bare"), new ByteArrayContent(new byte[1500]));
            var plain = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            if (i >= 0)
            {
                ours.Add(lag);
                bare.Add(plain);
            }
        }

        Print("webhooks: recorded to received, idle, p50", At(ours, 0.5) - At(bare, 0.5), 15);
        Print("webhooks: recorded to received, idle, p99", At(ours, 0.99) - At(bare, 0.99), 60);
    }

    private async Task HangingAsync()
    {
        await AddEndpointsAsync(Endpoints);
        var sent = new ConcurrentDictionary<string, long>();
        var lags = new ConcurrentBag<double>();
        receivers.Hears = (path, id, at) =>
        {
            if (path != "/e0" && sent.TryGetValue(id, out var begun))
            {
                lags.Add(Stopwatch.GetElapsedTime(begun, at).TotalMilliseconds);
            }
        };
        // A p99 of one window scatters: the median of several, after one that does not count.
        var before = await MedianAsync();
        receivers.Hangs = "/e0";
        var during = await MedianAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"p99 of the others {before:0.0} ms before, {during:0.0} ms while one hangs"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"webhooks: one hangs, p99 of the others",-44} {during / before:0.00} × reach ≤ 2 ×  {(during <= 2 * before ? "reached" : "NOT REACHED")}"));

        async Task<double> MedianAsync()
        {
            await LagsAsync(sent, lags);
            var windows = new List<double>();
            for (var i = 0; i < 5; i++)
            {
                windows.Add(await LagsAsync(sent, lags));
            }

            Console.WriteLine($"p99 of each window: {Said(windows)} ms");
            return Benchmarks.Rounds.Median(windows);
        }
    }

    private static string Said(IEnumerable<double> windows) => string.Join(", ", windows.Select(w => w.ToString("0", CultureInfo.InvariantCulture)));

    private async Task<double> LagsAsync(ConcurrentDictionary<string, long> sent, ConcurrentBag<double> lags)
    {
        lags.Clear();
        const int Events = 200;
        for (var i = 0; i < Events; i++)
        {
            var id = Guid.NewGuid();
            sent[id.ToString()] = Stopwatch.GetTimestamp();
            await RecordAsync(id);
            await Task.Delay(25);
        }

        var limit = Stopwatch.StartNew();
        while (lags.Count < Events * (Endpoints - 1) && limit.Elapsed < TimeSpan.FromSeconds(60))
        {
            await Task.Delay(10);
        }

        return At([..lags], 0.99);
    }

    private async Task QueueAsync()
    {
        const int Few = 10;
        var all = await AddEndpointsAsync(Few);
        foreach (var endpoint in all)
        {
            await endpoints.MoveAsync(endpoint.Tenant, endpoint.Id, EndpointState.Paused, null, null, null, CancellationToken.None);
        }

        for (var done = 0; done < Queued / Few; done += 1000)
        {
            await RecordAsync(1000);
        }

        await store.WaitForCheckpointAsync("Webhooks", await store.HeadAsync(), TimeSpan.FromMinutes(10));
        GC.Collect();
        var (memory, resident) = (GC.GetTotalMemory(true), Environment.WorkingSet);
        var peak = memory;
        var begun = Stopwatch.GetTimestamp();
        foreach (var endpoint in all)
        {
            await endpoints.MoveAsync(endpoint.Tenant, endpoint.Id, EndpointState.Active, null, null, null, CancellationToken.None);
        }

        while (receivers.Received < Queued)
        {
            await Task.Delay(200);
            peak = Math.Max(peak, GC.GetTotalMemory(false));
        }

        var took = Stopwatch.GetElapsedTime(begun);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"webhooks: {Queued:N0} queued, drained in {took.TotalSeconds:0.0} s ({Queued / took.TotalSeconds:N0} deliveries/s), out of order {receivers.OutOfOrder}, "
            + $"managed memory {memory / 1e6:0} MB before, {peak / 1e6:0} MB at most, resident {resident / 1e6:0} MB before, {Environment.WorkingSet / 1e6:0} MB after"));
    }

    private async Task RegisterInstrumentsAsync()
    {
        for (var i = 0; i < Instruments; i++)
        {
            var identity = new InstrumentIdentity(
                $"law-{i}", "CN", "law", LangText.English($"Law {i}"), null, [], null, ImmutableSortedDictionary<string, string>.Empty, ["data"], [], null, null, null, null, [], [], null);
            await store.AppendAsync(
                [new StreamAppend(StreamIds.Instrument($"law-{i}"), ExpectedVersion.Any, [types.Encode(Guid.NewGuid(), new InstrumentRegistered(identity))])], RequestMetadata.Import);
        }
    }

    private async Task<List<WebhookEndpoint>> AddEndpointsAsync(int count)
    {
        var added = new List<WebhookEndpoint>();
        for (var i = 0; i < count; i++)
        {
            var id = $"ep_{Guid.NewGuid():N}";
            var endpoint = new WebhookEndpoint
            {
                Tenant = StreamIds.DefaultTenant,
                Id = id,
                Url = new Uri(receivers.Address, $"/e{i}"),
                Description = null,
                Filter = new EndpointFilter([], [], [], [], [], [], null, []),
                RateLimit = null,
                Ordered = true,
                State = EndpointState.Active,
                StateSince = DateTimeOffset.UtcNow,
                StateReason = null,
                Since = await store.HeadAsync(),
                Version = 1,
                CreatedAt = DateTimeOffset.UtcNow,
                VerifiedAt = DateTimeOffset.UtcNow,
                ProtectedSecrets = secrets.Protect(StreamIds.DefaultTenant, id, [new EndpointSecret(EndpointSecrets.Generate(), null, null)]),
                ProtectedHeaders = null,
            };
            await endpoints.InsertAsync(endpoint, "benchmark", CancellationToken.None);
            added.Add(endpoint);
        }

        return added;
    }

    // Spread over the instruments, in one append for each run of events.
    private async Task<List<Guid>> RecordAsync(int count)
    {
        var events = Enumerable.Range(0, count).Select(_ => (Id: Guid.NewGuid(), Number: Interlocked.Increment(ref recorded))).ToList();
        foreach (var some in events.Chunk(200))
        {
            await store.AppendAsync(
                [..some.GroupBy(e => e.Number % Instruments).Select(g => new StreamAppend(
                    StreamIds.Instrument($"law-{g.Key}"), ExpectedVersion.Any, [..g.Select(e => types.Encode(e.Id, News(e.Number)))]))],
                AppendMetadata.None);
        }

        return [..events.Select(e => e.Id)];
    }

    private async Task RecordAsync(Guid id)
    {
        var number = Interlocked.Increment(ref recorded);
        await store.AppendAsync(
            [new StreamAppend(StreamIds.Instrument($"law-{number % Instruments}"), ExpectedVersion.Any, [types.Encode(id, News(number))])], AppendMetadata.None);
    }

    private static DevelopmentRecorded News(int number) => new(new Development(
        $"news-{number}", DevelopmentKind.GuidanceIssued, new DateOnly(2021, 6, 10), null, 0, null,
        LangText.English($"Guidance {number}, issued with the usual words of explanation for those whom it concerns."),
        "https://example.org/gazette/2021/10", Confidence.Known, null, Derived: false, [], [], null, null, []));

    // What a round delivers, signed as the service signs, to the same receivers.
    private async Task<List<(Uri Url, byte[] Body, string Id, string Signature, string Timestamp)>> BodiesAsync(List<WebhookEndpoint> all)
    {
        var before = receivers.Received;
        var seen = new ConcurrentBag<string>();
        receivers.Hears = (_, id, _) => seen.Add(id);
        await RecordAsync(EventsARound);
        await receivers.UntilAsync(before + (EventsARound * Endpoints));
        receivers.Hears = null;
        var events = app.Services.GetRequiredService<Api.Feed.CloudEvents>();
        var head = await store.HeadAsync();
        var page = await store.ReadAllAsync(head - EventsARound, EventsARound, EventFilter.ByStreamPrefix(StreamIds.InstrumentPrefix));
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return
        [
            ..page.Events.SelectMany(e => all.Select(endpoint =>
            {
                var body = events.Render(e);
                return (new Uri(receivers.Address, "/bare" + endpoint.Url.AbsolutePath[1..]), body, e.Id.ToString(), StandardWebhooks.Sign(secrets.SecretsOf(endpoint)[0].Text, e.Id.ToString(), timestamp, body), timestamp.ToString(CultureInfo.InvariantCulture));
            })),
        ];
    }

    private async Task<double> PostAsync(List<(Uri Url, byte[] Body, string Id, string Signature, string Timestamp)> bodies)
    {
        var type = MediaTypeHeaderValue.Parse("application/cloudevents+json; charset=utf-8");
        var begun = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = Endpoints * Concurrency }, async (b, cancellationToken) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, b.Url) { Content = new ByteArrayContent(b.Body) { Headers = { ContentType = type } } };
            request.Headers.TryAddWithoutValidation("webhook-id", b.Id);
            request.Headers.TryAddWithoutValidation("webhook-timestamp", b.Timestamp);
            request.Headers.TryAddWithoutValidation("webhook-signature", b.Signature);
            using var response = await bare.SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
        });
        return bodies.Count / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private static TaskCompletionSource<long> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static double At(List<double> values, double part)
    {
        values.Sort();
        return values[Math.Min(values.Count - 1, (int)(values.Count * part))];
    }

    private static void Print(string name, double value, double reach) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name,-44} + {value:0.0} ms  reach ≤ {reach} ms  {(value <= reach ? "reached" : "NOT REACHED")}"));
}
