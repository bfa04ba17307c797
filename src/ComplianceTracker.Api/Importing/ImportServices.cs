namespace ComplianceTracker.Api.Importing;

/// <summary>Adds the importer.</summary>
internal static class ImportServices
{
    /// <summary>Adds what imports need.</summary>
    public static IServiceCollection AddImporting(this IServiceCollection services) => services
        .AddSingleton<ImportAppend>()
        .AddSingleton<VocabularyImport>()
        .AddSingleton<InstrumentImport>()
        .AddSingleton<CompanyImport>()
        .AddSingleton<SeedImporter>()
        .AddSingleton<FirstImport>();
}
