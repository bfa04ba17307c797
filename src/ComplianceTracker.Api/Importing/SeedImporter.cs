using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Instruments;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Importing;

/// <summary>
/// Imports a folder of seeds through ordinary commands: the vocabulary, then the instruments, then the companies. Each file is
/// taken whole or refused whole. What is on record already is left alone; what differs from it is reported.
/// </summary>
internal sealed class SeedImporter(VocabularyImport vocabulary, InstrumentImport instruments, CompanyImport companies)
{
    /// <summary>Imports the folder.</summary>
    /// <param name="folder">The folder, laid out as <c>seeds/</c>.</param>
    /// <param name="progress">Hears of each file after it, with how many there are.</param>
    /// <param name="cancellationToken">Ends the import after the file at hand.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder, or nothing in it.</exception>
    public async Task<ImportReport> ImportAsync(string folder, IProgress<(FileResult File, int Of)> progress, CancellationToken cancellationToken)
    {
        var files = Files(folder);
        var results = ImmutableArray.CreateBuilder<FileResult>(files.Count);
        foreach (var (file, import) in files)
        {
            var result = await ImportAsync(Path.GetRelativePath(folder, file), file, import, cancellationToken);
            results.Add(result);
            progress.Report((result, files.Count));
        }

        return new ImportReport(results.ToImmutable());
    }

    private static async Task<FileResult> ImportAsync(
        string name, string path, Func<byte[], CancellationToken, Task<Imported>> import, CancellationToken cancellationToken)
    {
        try
        {
            var imported = await import(await File.ReadAllBytesAsync(path, cancellationToken), cancellationToken);
            return new FileResult(name, imported.Added, null, imported.Differences, imported.Position);
        }
        catch (ApiProblem problem)
        {
            return new FileResult(name, 0, Reason(problem), [], 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FileResult(name, 0, e.Message, [], 0);
        }
    }

    private static string Reason(ApiProblem problem)
    {
        var place = problem.Pointer is { Length: > 0 } pointer ? $"{pointer}: " : "";
        var position = problem.Line is { } line ? $" (line {line}, column {problem.Column} of the condition)" : "";
        var expected = problem.Expected.IsEmpty ? "" : $" Expected: {string.Join(", ", problem.Expected)}.";
        return $"{place}{problem.Message}{position}{expected}";
    }

    private List<(string File, Func<byte[], CancellationToken, Task<Imported>> Import)> Files(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no folder '{folder}'.");
        }

        var files = new List<(string, Func<byte[], CancellationToken, Task<Imported>>)>();
        Add("vocabulary", "conventions.json", vocabulary.ConventionsAsync);
        Add("vocabulary", "facts.json", vocabulary.FactsAsync);
        Add("instruments", "*.json", instruments.ImportAsync);
        Add("companies", "*.json", companies.ImportAsync);
        return files.Count > 0 ? files : throw new DirectoryNotFoundException(
            $"There is nothing to import in '{folder}': a folder to import has vocabulary/, instruments/ or companies/ with .json files.");

        void Add(string sub, string pattern, Func<byte[], CancellationToken, Task<Imported>> import)
        {
            var path = Path.Combine(folder, sub);
            if (Directory.Exists(path))
            {
                files.AddRange(Directory.EnumerateFiles(path, pattern).Order(StringComparer.Ordinal).Select(f => (f, import)));
            }
        }
    }

    /// <summary>Reads a seed file by the rules of the API; its <c>$schema</c> is for editors.</summary>
    public static T Read<T>(byte[] json, JsonTypeInfo<T> type)
        where T : notnull
    {
        var text = json.AsSpan().StartsWith("\uFEFF"u8) ? json.AsMemory(3) : json;
        var node = JsonNode.Parse(RequestBody.Read(text, ApiJson.Types.JsonElement).GetRawText());
        if (node is JsonObject body)
        {
            body.Remove("$schema");
        }

        return RequestBody.Read(JsonSerializer.SerializeToUtf8Bytes(node, ApiJson.Types.JsonNode), type);
    }
}

/// <summary>What one file did.</summary>
/// <param name="Added">How many events were added.</param>
/// <param name="Differences">What the record holds differently.</param>
/// <param name="Position">The log position after it; 0 when nothing was added.</param>
internal sealed record Imported(int Added, ImmutableArray<string> Differences, long Position);
