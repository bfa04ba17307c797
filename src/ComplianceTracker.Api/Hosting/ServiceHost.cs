using ComplianceTracker.Api.BulkImport;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Companies;
using ComplianceTracker.Api.Facts;
using ComplianceTracker.Api.Feed;
using ComplianceTracker.Api.Health;
using ComplianceTracker.Api.Idempotency;
using ComplianceTracker.Api.Importing;
using ComplianceTracker.Api.Instruments;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Parked;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.WhatIf;
using ComplianceTracker.EventStore;
using ComplianceTracker.EventStore.Postgres;

namespace ComplianceTracker.Api.Hosting;

/// <summary>Puts the service together. It only wires.</summary>
internal static class ServiceHost
{
    /// <summary>The largest request body, in bytes.</summary>
    public const int LargestBody = 1024 * 1024;

    /// <summary>The service on a database, not yet started.</summary>
    public static WebApplication Create(ServiceSettings settings)
    {
        // Reloading watches files, and many services on one machine run out of watchers; nothing here is reloaded.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = ["--hostBuilder:reloadConfigOnChange=false", ..settings.HostArguments],
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.WebHost.UseSetting("urls", builder.Configuration["urls"] ?? ServiceSettings.DefaultUrls);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = LargestBody);
        builder.Services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        AddEventStore(builder.Services, settings);
        builder.Services
            .AddSingleton(TimeProvider.System)
            .AddSingleton(settings)
            .AddSingleton<Readiness>()
            .AddSingleton<SettledLog>()
            .AddSingleton<ClockReader>()
            .AddSingleton<ReadBarrier>()
            .AddSingleton<IdempotencyStore>()
            .AddInstruments()
            .AddCompanies()
            .AddBulkImport()
            .AddObligations()
            .AddImporting()
            .AddApiDocument()
            .AddHostedService<StartUp>();

        var app = builder.Build();
        app.UseProblems();
        app.UseApiDocument();
        app.UseRouting();
        app.UseRequestChecks();
        app.UseIdempotencyKeys();
        app.MapProblemPages();
        app.MapHealthEndpoints();
        var api = app.MapGroup("/api/v1");
        api.MapFactEndpoints();
        api.MapInstrumentEndpoints();
        api.MapCompanyEndpoints();
        api.MapImportEndpoints();
        api.MapObligationEndpoints();
        api.MapWhatIfEndpoints();
        api.MapFeedEndpoints();
        api.MapParkedEndpoints();
        return app;
    }

    private static void AddEventStore(IServiceCollection services, ServiceSettings settings) => services
        .AddSingleton<EventTypes>()
        .AddSingleton<Writer>()
        .AddSingleton(provider => new PostgresEventStore(
            new PostgresEventStoreOptions { ConnectionString = settings.ConnectionString, ThrowAwayDatabase = settings.IsThrowaway },
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<IEventStore>(provider => provider.GetRequiredService<PostgresEventStore>())
        .AddSingleton(provider => provider.GetRequiredService<PostgresEventStore>().DataSource);
}
