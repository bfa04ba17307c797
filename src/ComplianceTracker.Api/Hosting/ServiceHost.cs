using ComplianceTracker.Api.BulkImport;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Companies;
using ComplianceTracker.Api.Consequences;
using ComplianceTracker.Api.Facts;
using ComplianceTracker.Api.Feed;
using ComplianceTracker.Api.Health;
using ComplianceTracker.Api.Impact;
using ComplianceTracker.Api.Idempotency;
using ComplianceTracker.Api.Importing;
using ComplianceTracker.Api.Instruments;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Obligations.Changes;
using ComplianceTracker.Api.Obligations.Questions;
using ComplianceTracker.Api.Parked;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Requests;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Webhooks.Endpoints;
using ComplianceTracker.Api.Webhooks.EventCatalogue;
using ComplianceTracker.Api.Webhooks.Delivering;
using ComplianceTracker.Api.WhatIf;
using ComplianceTracker.EventStore;
using ComplianceTracker.EventStore.Marten;
using ComplianceTracker.EventStore.Postgres;
using ComplianceTracker.EventStore.Work;
using Microsoft.Extensions.Logging.Console;

namespace ComplianceTracker.Api.Hosting;

/// <summary>Puts the service together. It only wires.</summary>
internal static class ServiceHost
{
    private const string DeliveryQueueName = "webhook";

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
        builder.Services.Configure<SimpleConsoleFormatterOptions>(console => console.SingleLine = true);
        builder.WebHost.UseSetting("urls", builder.Configuration["urls"] ?? ServiceSettings.DefaultUrls);
        builder.WebHost.ConfigureKestrel(kestrel => SizeLimits.Set(kestrel.Limits));
        builder.Services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        AddEventStore(builder.Services, settings, IsMarten(builder.Configuration["engine"]));
        builder.Services
            .AddSingleton(settings.Time)
            .AddSingleton(settings)
            .AddSingleton(RequestSettings.From(builder.Configuration))
            .AddSingleton<Admission>()
            .AddSingleton<RequestLog>()
            .AddSingleton<Readiness>()
            .AddSingleton<StoreProbe>()
            .AddSingleton<SettledLog>()
            .AddSingleton<ClockReader>()
            .AddSingleton<ReadBarrier>()
            .AddSingleton<IdempotencyStore>()
            .AddInstruments()
            .AddCompanies()
            .AddBulkImport()
            .AddObligations()
            .AddChanges()
            .AddImpact()
            .AddImporting()
            .AddConsequences(builder.Configuration)
            .AddFeed(builder.Configuration)
            .AddWebhookEndpoints(builder.Configuration)
            .AddDelivering(builder.Configuration)
            .AddApiDocument()
            .AddHostedService<TelemetryExport>()
            .AddHostedService<StartUp>()
            .AddHostedService<StoreWatch>();

        var app = builder.Build();
        var log = app.Services.GetRequiredService<RequestLog>();
        app.Use((HttpContext context, RequestDelegate next) => log.RunAsync(context, next));
        app.UseProblems();
        app.UseHeadRequests();
        app.UseApiDocument();
        app.UseRouting();
        app.UseRequestDeadline();
        app.UseAdmission();
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
        api.MapQuestionEndpoints();
        api.MapChangeEndpoints();
        api.MapImpactEndpoints();
        api.MapWhatIfEndpoints();
        api.MapFeedEndpoints();
        api.MapParkedEndpoints();
        api.MapDeliveryEndpoints();
        api.MapWebhookEndpoints();
        api.MapEventTypeEndpoints();
        return app;
    }

    private static void AddEventStore(IServiceCollection services, ServiceSettings settings, bool isMarten)
    {
        services
            .AddSingleton<EventTypes>()
            .AddSingleton<Writer>()
            .AddSingleton(_ => new PostgresEventStore(
                new PostgresEventStoreOptions { ConnectionString = settings.ConnectionString, ThrowAwayDatabase = settings.IsThrowaway },
                TimeProvider.System))
            .AddSingleton(provider => provider.GetRequiredService<PostgresEventStore>().DataSource);
        if (isMarten && settings.IsNode)
        {
            services
                .AddSingleton(provider => MartenEngine.Join(provider.GetRequiredService<PostgresEventStore>(), settings.Time, provider))
                .AddSingleton(provider => provider.GetRequiredService<JoinedEngine>().Store)
                .AddSingleton(provider => provider.GetRequiredService<JoinedEngine>().Calls);
        }
        else
        {
            services
                .AddSingleton(provider => isMarten
                    ? MartenEngine.Open(provider.GetRequiredService<PostgresEventStore>())
                    : provider.GetRequiredService<PostgresEventStore>())
                .AddSingleton<IWorkCalls>(_ => new PostgresWorkCalls(settings.ConnectionString, DeliveryQueueName, settings.Time));
        }
    }

    // A build without the engine's packages says so before anything is started.
    private static bool IsMarten(string? engine) => engine switch
    {
        null or "postgres" => false,
        "marten" when MartenEngine.IsCompiled => true,
        "marten" => throw new EventStoreStartupException(MartenEngine.HowToGetIt),
        var other => throw new InvalidOperationException($"--engine is postgres or marten, not '{other}'."),
    };
}
