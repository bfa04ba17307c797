using System.Diagnostics;
using System.Diagnostics.Metrics;
using ComplianceTracker.Api.Webhooks.Outbound;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>What deliveries tell of themselves: counts and durations, never addresses or contents.</summary>
internal sealed class DeliveryTelemetry : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "ComplianceTracker.Webhooks";

    private readonly Meter meter = new(Name);
    private readonly Counter<long> attempts;
    private readonly Histogram<double> durations;

    /// <summary>Makes the instruments.</summary>
    public DeliveryTelemetry()
    {
        attempts = meter.CreateCounter<long>("compliancetracker.webhooks.attempts", "{attempt}", "Attempts to deliver, by outcome.");
        durations = meter.CreateHistogram<double>("compliancetracker.webhooks.attempt.duration", "s", "How long attempts to deliver took.");
    }

    /// <summary>An attempt is over.</summary>
    public void Attempted(Exchange exchange)
    {
        var outcome = new TagList { { "outcome", exchange.Succeeded ? "delivered" : exchange.Status is null ? "no-answer" : "refused" } };
        attempts.Add(1, outcome);
        durations.Record(exchange.Duration.TotalSeconds, outcome);
    }

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();
}
