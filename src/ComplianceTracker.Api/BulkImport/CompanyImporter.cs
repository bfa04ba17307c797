using System.Collections.Immutable;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Companies;
using ComplianceTracker.Api.Idempotency;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.BulkImport;

/// <summary>
/// Imports any number of company profiles off a stream, some hundred lines at a time. Under a key it keeps how far it is, so that an
/// import that was cut off is sent again whole and goes on where it was.
/// </summary>
internal sealed class CompanyImporter(
    CompanyStreams streams, InstrumentCatalogue catalogue, IEventStore store, EventTypes types, ImportSessions sessions) : IDisposable
{
    /// <summary>How many problems a report shows.</summary>
    public const int MostProblems = 1000;

    private const int LinesAtOnce = 500;
    private const int BytesAtOnce = 2 * 1024 * 1024;
    private const int MostTries = 8;
    private const int AtOnce = 2;

    // A short import is done within it; behind two long ones nobody is kept waiting in vain.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

    // Each import keeps a core busy and a connection to itself.
    private readonly SemaphoreSlim places = new(AtOnce);

    /// <summary>Imports the profiles of the stream.</summary>
    /// <param name="order">What is asked.</param>
    /// <param name="body">The profiles.</param>
    /// <param name="progress">Hears how far it is, every some hundred lines.</param>
    /// <param name="cancellationToken">Ends the import; what was done by then stays.</param>
    /// <returns>The report, and whether it is the one of an earlier import with the key.</returns>
    /// <exception cref="ApiProblem">The import cannot be begun, or its key stands for another one.</exception>
    public async Task<(CompanyImportReport Report, bool IsReplayed)> RunAsync(
        ImportOrder order, Stream body, IProgress<ImportProgress> progress, CancellationToken cancellationToken)
    {
        if (!await places.WaitAsync(LongestWait, cancellationToken))
        {
            throw new ApiProblem(ProblemTypes.Overloaded, $"{AtOnce} imports are under way; send this one when they are done.") { RetryAfter = 10 };
        }

        try
        {
            await using var session = order.Key is { } key ? await sessions.OpenAsync(StreamIds.DefaultTenant, key, order, cancellationToken) : null;
            return await RunAsync(order, session, new LineReader(body, order.Format), progress, cancellationToken);
        }
        finally
        {
            places.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => places.Dispose();

    private async Task<(CompanyImportReport Report, bool IsReplayed)> RunAsync(
        ImportOrder order, ImportSession? session, LineReader reader, IProgress<ImportProgress> progress, CancellationToken cancellationToken)
    {
        var request = new KeyedRequest(session?.Nonce ?? Guid.NewGuid());
        var before = session?.Saved ?? ImportTally.Begin(order.Format, order.Replaces);
        var (tally, problems) = (before, session?.Problems.ToList() ?? []);
        var (passed, chain) = (0L, ImportTally.Begin(order.Format, order.Replaces).Chain);
        Func<byte[], PutCompany>? parse = order.Format == ImportFormat.JsonLines ? JsonProfiles.Parse : null;
        var (batch, bytes) = (new List<RawLine>(), 0);
        while (await reader.ReadAsync(cancellationToken) is { } line)
        {
            (passed, chain) = (passed + 1, ImportTally.Link(chain, line.Bytes));
            RequireSame(passed, chain, before);
            if (parse is null)
            {
                parse = CsvProfiles.Under(line, (await catalogue.NewestVocabularyAsync(cancellationToken)).Vocabulary).Parse;
            }
            else if (passed > before.Passed)
            {
                batch.Add(line);
                bytes += line.Bytes.Length;
            }

            if (batch.Count == LinesAtOnce || bytes > BytesAtOnce)
            {
                await ProcessAsync(isDone: false);
                (batch, bytes) = ([], 0);
            }
        }

        if (passed < before.Passed)
        {
            throw ImportSessions.Reused();
        }

        if (parse is null)
        {
            throw new ApiProblem(ProblemTypes.InvalidBody, "The body is empty; the first line of CSV is its header.");
        }

        if (!before.IsDone)
        {
            await ProcessAsync(isDone: true);
        }

        return (
            new CompanyImportReport(
                tally.Lines, tally.Registered, tally.Replaced, tally.Unchanged, tally.Refused, problems, tally.Refused > problems.Count, tally.Position),
            before.IsDone);

        async Task ProcessAsync(bool isDone)
        {
            var read = batch.Select(l => ProfileLine.Read(l, parse!)).ToList();
            var numbers = read.ToDictionary(l => request.EventId(l.Number), l => l.Number);
            var outcomes = read.Count == 0 ? [] : await ImportAsync(read, numbers, order, 1, cancellationToken);
            tally = outcomes.Aggregate(tally, (all, outcome) => all.With(outcome)) with { Passed = passed, Chain = chain, IsDone = isDone };
            if (isDone && tally.Position == 0)
            {
                tally = tally with { Position = await store.HeadAsync(cancellationToken) };
            }

            var shown = outcomes.Where(o => o.Problem is not null).Take(MostProblems - problems.Count)
                .Select(o => new LineProblem(o.Line.Number, o.Line.Id, order.Describe(o.Problem!)))
                .ToList();
            problems.AddRange(shown);
            if (session is not null)
            {
                await session.SaveAsync(tally, shown, cancellationToken);
            }

            progress.Report(new ImportProgress(reader.BytesRead, tally.Lines));
        }
    }

    private static void RequireSame(long passed, byte[] chain, ImportTally before)
    {
        if ((passed == before.Passed && !chain.AsSpan().SequenceEqual(before.Chain)) || (before.IsDone && passed > before.Passed))
        {
            throw ImportSessions.Reused();
        }
    }

    // All at once; where somebody else changed one of the companies meanwhile, by halves, so that the others are done with.
    private async Task<IReadOnlyList<LineOutcome>> ImportAsync(
        IReadOnlyList<ProfileLine> lines, IReadOnlyDictionary<Guid, long> numbers, ImportOrder order, int attempt, CancellationToken cancellationToken)
    {
        var vocabulary = (await catalogue.NewestVocabularyAsync(cancellationToken)).Vocabulary;
        var histories = await streams.HistoriesAsync(
            StreamIds.DefaultTenant, lines.Where(l => l.Command is not null).Select(l => l.Command!.CompanyId), cancellationToken);
        var eventOf = numbers.ToDictionary(n => n.Value, n => n.Key);
        var batch = new ImportBatch(histories, vocabulary, order.Replaces, numbers);
        var decided = batch.Decide(lines);
        var appends = decided
            .Where(d => d.Event is not null)
            .GroupBy(d => d.Outcome.Line.Command!.CompanyId, StringComparer.Ordinal)
            .Select(company => new StreamAppend(
                StreamIds.Company(StreamIds.DefaultTenant, company.Key),
                ExpectedVersion.Exact(batch.VersionOf(company.Key)),
                [..company.Select(d => types.Encode(eventOf[d.Outcome.Line.Number], d.Event!))]))
            .ToList();
        if (appends.Count == 0)
        {
            return [..decided.Select(d => d.Outcome)];
        }

        var result = await store.AppendAsync(appends, order.Metadata, cancellationToken);
        if (result is AppendResult.Appended appended)
        {
            return [..decided.Select(d => d.Event is null ? d.Outcome : d.Outcome with { Position = appended.Position })];
        }

        if (lines.Count > 1)
        {
            var half = lines.Count / 2;
            return
            [
                ..await ImportAsync([..lines.Take(half)], numbers, order, 1, cancellationToken),
                ..await ImportAsync([..lines.Skip(half)], numbers, order, 1, cancellationToken),
            ];
        }

        return attempt < MostTries
            ? await ImportAsync(lines, numbers, order, attempt + 1, cancellationToken)
            : [LineOutcome.Refused(lines[0], new ApiProblem(ProblemTypes.ConcurrentChange, "Others kept changing the company while the line was imported."))];
    }
}

/// <summary>What is asked of an import.</summary>
/// <param name="Format">How the profiles are written.</param>
/// <param name="Replaces">True when another profile on record is replaced, false when the line is refused.</param>
/// <param name="Key">The key under which it can be sent again, or null.</param>
/// <param name="Metadata">What is stored beside the events.</param>
/// <param name="Describe">How problems are shown.</param>
internal sealed record ImportOrder(ImportFormat Format, bool Replaces, string? Key, AppendMetadata Metadata, Func<ApiProblem, ProblemBody> Describe);

/// <summary>How far an import is.</summary>
/// <param name="Bytes">How many bytes were read.</param>
/// <param name="Lines">How many companies were dealt with, also by earlier attempts.</param>
internal readonly record struct ImportProgress(long Bytes, long Lines);
