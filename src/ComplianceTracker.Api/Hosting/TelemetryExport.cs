using ComplianceTracker.Api.Health;
using ComplianceTracker.Api.Requests;
using ComplianceTracker.Api.Webhooks.Delivering;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ComplianceTracker.Api.Hosting;

/// <summary>
/// Sends traces and metrics to an OpenTelemetry collector, when the standard settings name one; else nothing is made or sent. The
/// settings are read from the whole configuration: the environment (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>) and whatever else it holds.
/// </summary>
internal sealed class TelemetryExport(IConfiguration configuration) : IHostedService, IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // ASP.NET Core's own, the driver's own, the store's and ours.
    private static readonly string[] Sources = ["Microsoft.AspNetCore", "Npgsql", "ComplianceTracker.EventStore", ApiTelemetry.Name];

    private static readonly string[] Meters =
        ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Npgsql", "ComplianceTracker.EventStore", ApiTelemetry.Name, DeliveryTelemetry.Name];

    private TracerProvider? traces;
    private MeterProvider? metrics;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (IsOn("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER"))
        {
            traces = Sdk.CreateTracerProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(configuration))
                .ConfigureResource(Describe).AddSource(Sources).AddOtlpExporter().Build();
        }

        if (IsOn("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_METRICS_EXPORTER"))
        {
            metrics = Sdk.CreateMeterProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(configuration))
                .ConfigureResource(Describe).AddMeter(Meters).AddOtlpExporter().Build();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Sends what is left, for a few seconds at most.</summary>
    public void Dispose()
    {
        traces?.Dispose();
        metrics?.Dispose();
    }

    private bool IsOn(string endpoint, string exporter) =>
        (!string.IsNullOrEmpty(configuration[Endpoint]) || !string.IsNullOrEmpty(configuration[endpoint]))
        && configuration[exporter] is null or "" or "otlp"
        && !string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES go before.
    private static void Describe(ResourceBuilder resource) => resource
        .Clear().AddService("compliance-tracker").AddTelemetrySdk().AddEnvironmentVariableDetector();
}
