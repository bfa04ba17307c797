using ComplianceTracker.Domain.Common;
using Npgsql;

namespace ComplianceTracker.Api.Consequences;

/// <summary>How long before a day that matters somebody wants to be told.</summary>
internal interface ILeadTimes
{
    /// <summary>Every lead time in use, each once.</summary>
    /// <param name="connection">A connection to ask on, perhaps within a transaction.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    Task<IReadOnlyCollection<CalendarOffset>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken);
}

/// <summary>The lead times of the subscribers' endpoints.</summary>
internal sealed class EndpointLeadTimes : ILeadTimes
{
    /// <inheritdoc/>
    public async Task<IReadOnlyCollection<CalendarOffset>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select distinct unnest(lead_times) from ct_webhook_endpoint where not deleted", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var leadTimes = new HashSet<CalendarOffset>();
        while (await reader.ReadAsync(cancellationToken))
        {
            if (CalendarOffset.TryParse(reader.GetString(0), out var leadTime))
            {
                leadTimes.Add(leadTime);
            }
        }

        return leadTimes;
    }
}
