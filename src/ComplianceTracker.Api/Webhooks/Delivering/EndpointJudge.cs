using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Webhooks.Endpoints;
using ComplianceTracker.EventStore;
using Npgsql;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>Decides from how deliveries fare whether an endpoint is failing, has recovered or is disabled, and says so in the log.</summary>
internal sealed partial class EndpointJudge(
    NpgsqlDataSource database,
    EndpointDirectory endpoints,
    EndpointStore store,
    EndpointHealth health,
    IDeliveryQueue queue,
    IEventStore log,
    EventTypes types,
    WebhookSettings settings,
    ILogger<EndpointJudge> logger) : IDisposable
{
    // A move takes two connections: many at once, each with one in its hands, would wait for each other.
    private readonly SemaphoreSlim moving = new(1);

    /// <summary>Takes note of attempts that are stored.</summary>
    /// <param name="sentTo">The endpoint as it was when they were made: of what was changed since they say nothing.</param>
    /// <param name="attempts">The attempts.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task JudgeAsync(WebhookEndpoint sentTo, IReadOnlyList<AttemptReport> attempts, CancellationToken cancellationToken)
    {
        var endpointId = sentTo.Id;
        // What somebody asked for says nothing of the endpoint's health.
        var counted = attempts.Where(a => a.Delivery.Kind == DeliveryKind.Event).ToList();
        if (counted.Count == 0 || endpoints.Find(endpointId) is not { } endpoint || endpoint.Version != sentTo.Version)
        {
            return;
        }

        var lastSuccess = counted.FindLastIndex(a => a.Exchange.Succeeded);
        var failed = counted.Count - 1 - lastSuccess;
        if (failed == 0 && endpoint.State == EndpointState.Active && !endpoints.IsAiling(endpointId))
        {
            return;
        }

        var asked = counted[^1] is { Exchange.Succeeded: false } last ? RetrySchedule.Asked(settings, last.Exchange) : null;
        var failures = await health.CountAsync(
            endpointId, failed, lastSuccess >= 0, failed > 0 && endpoint.State == EndpointState.Failing ? settings.ProbePause : null, asked, cancellationToken);
        endpoints.SetAiling(endpointId, failures > 0);
        await MoveAsync(endpoint, counted, failures, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => moving.Dispose();

    private async Task MoveAsync(WebhookEndpoint endpoint, List<AttemptReport> attempts, int failures, CancellationToken cancellationToken)
    {
        var last = attempts[^1];
        if (endpoint.State is not (EndpointState.Active or EndpointState.Failing))
        {
            return;
        }

        if (failures == 0)
        {
            // Only then need what waited for another attempt wait no longer: one delivery that fails while others succeed keeps its schedule.
            if (endpoint.State == EndpointState.Failing)
            {
                await MoveAsync(endpoint, EndpointState.Active, "A delivery succeeded again.", failures, cancellationToken);
            }
        }
        else if (last.Exchange.Status == RetrySchedule.Gone)
        {
            await MoveAsync(endpoint, EndpointState.Disabled, "It answered 410 Gone.", failures, cancellationToken);
        }
        else if (!last.Exchange.Succeeded && last.Delivery.Attempts + 1 >= settings.Schedule.Length)
        {
            await MoveAsync(
                endpoint, EndpointState.Disabled, $"A delivery failed {settings.Schedule.Length} times, the last time with: {last.Exchange.Error}", failures, cancellationToken);
        }
        else if (failures >= settings.FailuresToTrip && endpoint.State == EndpointState.Active)
        {
            await MoveAsync(endpoint, EndpointState.Failing, $"{failures} deliveries in a row failed, the last one with: {last.Exchange.Error}", failures, cancellationToken);
        }
    }

    // Said while the move is held open, under an id of its own: what is not moved is not said, and whoever dies in between says the same again.
    private async Task MoveAsync(WebhookEndpoint endpoint, EndpointState to, string reason, int failures, CancellationToken cancellationToken)
    {
        object said = to switch
        {
            EndpointState.Active => new EndpointRecovered(endpoint.Id, endpoint.StateSince),
            EndpointState.Failing => new EndpointFailing(endpoint.Id, reason, failures),
            _ => new EndpointDisabled(endpoint.Id, reason, failures),
        };
        var stream = StreamIds.Endpoint(endpoint.Tenant, endpoint.Id);
        var eventId = EndpointMoves.IdOf(endpoint, to);
        await moving.WaitAsync(cancellationToken);
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (!await store.MoveAsync(endpoint.Tenant, endpoint.Id, to, reason, endpoint.Version, connection, cancellationToken))
            {
                await endpoints.ReloadAsync(cancellationToken);
                return;
            }

            if (to == EndpointState.Active)
            {
                await queue.ReleaseAsync(transaction, endpoint.Id, countAnew: false, cancellationToken);
            }

            await log.AppendAsync(
                [new StreamAppend(stream, ExpectedVersion.Any, [types.Encode(eventId, said)])], RequestMetadata.Webhooks(endpoint.Tenant), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        finally
        {
            moving.Release();
        }

        LogMoved(logger, endpoint.Id, to, reason);
        await endpoints.ReloadAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Endpoint {Endpoint} is {State}: {Reason}")]
    private static partial void LogMoved(ILogger logger, string endpoint, EndpointState state, string reason);
}
