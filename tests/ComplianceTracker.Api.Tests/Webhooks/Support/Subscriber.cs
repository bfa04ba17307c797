using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Api.Webhooks.Endpoints;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceTracker.Api.Tests.Webhooks.Support;

/// <summary>Somebody with an endpoint, and developments for it to hear of.</summary>
internal static class Subscriber
{
    private static readonly EndpointFilter Everything = new([], [], [], [], [], [], null, []);

    /// <summary>Registers a verified endpoint for what is recorded from now on.</summary>
    public static async Task<string> AddEndpointAsync(
        this TestService service, Uri url, EndpointFilter? filter = null, bool ordered = true, int? rateLimit = null, EndpointState state = EndpointState.Active,
        string? endpointId = null)
    {
        var id = endpointId ?? $"ep-{Guid.NewGuid():N}";
        var secrets = service.Services.GetRequiredService<EndpointSecrets>();
        var now = DateTimeOffset.UtcNow;
        var endpoint = new WebhookEndpoint
        {
            Tenant = StreamIds.DefaultTenant,
            Id = id,
            Url = url,
            Description = null,
            Filter = filter ?? Everything,
            RateLimit = rateLimit,
            Ordered = ordered,
            State = state,
            StateSince = now,
            StateReason = null,
            Since = await service.Store().HeadAsync(TestContext.Current.CancellationToken),
            Version = 1,
            CreatedAt = now,
            ProtectedSecrets = secrets.Protect(StreamIds.DefaultTenant, id, ImmutableArray.Create(new EndpointSecret(EndpointSecrets.Generate(), null, null))),
            ProtectedHeaders = null,
        };
        await service.Services.GetRequiredService<EndpointStore>().InsertAsync(endpoint, "test", TestContext.Current.CancellationToken);
        return id;
    }

    /// <summary>Records developments of an instrument, one after the other; what they are is told by their numbers.</summary>
    public static async Task RecordAsync(this TestService service, string instrument, params IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
        {
            var (status, body, _) = await service.SendAsync(
                HttpMethod.Post, $"/instruments/{instrument}/developments", RemoteSubscriber.News(instrument, number));
            status.ShouldBe(201, body?.ToJsonString());
        }
    }

    /// <summary>The numbers of the developments that were delivered, in order of arrival.</summary>
    public static IReadOnlyList<int> Numbers(this IEnumerable<ReceivedRequest> deliveries) => [..deliveries.Select(d => d.Number())];

    /// <summary>The number of the development that was delivered.</summary>
    public static int Number(this ReceivedRequest delivery)
    {
        var id = (string)delivery.Json["data"]!["development"]!["id"]!;
        return int.Parse(id[(id.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>Every delivery to the endpoint, the newest first, once they are as wanted.</summary>
    public static async Task<JsonArray> DeliveriesAsync(this TestService service, string endpoint, Func<JsonArray, bool> wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            var items = (await service.GetAsync($"/webhooks/endpoints/{endpoint}/deliveries?limit=1000"))["items"]!.AsArray();
            if (wanted(items))
            {
                return items;
            }

            await Task.Delay(10, limit.Token);
        }
    }
}
