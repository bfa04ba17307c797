using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceTracker.Api.Tests.Acceptance;

/// <summary>The net record holds against what the service folds of the seeds: nothing of it was lost on the way into events.</summary>
public sealed class The_net_record(SeededService seeded) : IClassFixture<SeededService>
{
    private const int MostShown = 20;

    private TestService Service => seeded.Service;

    [Fact]
    public async Task Says_the_same_of_every_obligation_around_every_day_it_names_as_known_around_every_such_day()
    {
        var log = await Service.Services.GetRequiredService<InstrumentCatalogue>().HeadAsync(TestContext.Current.CancellationToken);
        var wrong = new List<string>();
        var (obligations, questions) = (0, 0);
        foreach (var file in Corpus.InstrumentFiles)
        {
            var net = Corpus.Instrument(file);
            var record = log.Instruments[file];
            var public_ = Around(net["developments"]!.AsArray().Select(d => Corpus.Day((d!["publicOn"] ?? d["date"])!)));
            var known = new Dictionary<DateOnly, ImmutableDictionary<string, LegalHistory>>();
            foreach (var obligation in net["obligations"]!.AsArray().Select(o => new NetObligation(o!.AsObject())))
            {
                obligations++;
                List<DateOnly> days = [..Around(obligation.Days).Union(public_)];
                foreach (var knownOn in days)
                {
                    if (!known.TryGetValue(knownOn, out var histories))
                    {
                        histories = known[knownOn] = LegalHistoryFold.Fold(record.Identity, Counting.Count(record.Developments, knownOn, long.MaxValue))
                            .Histories.ToImmutableDictionary(h => h.ObligationId);
                    }

                    questions += days.Count;
                    Compare(obligation, histories.GetValueOrDefault(obligation.Id), days, knownOn, wrong);
                }
            }
        }

        obligations.ShouldBe(511);
        questions.ShouldBeGreaterThan(100_000);
        wrong.Take(MostShown).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("2019-01-01", "2019-01-01")]
    [InlineData("2021-06-10", "2021-06-10")]
    [InlineData("2021-11-01", "2021-10-31")]
    [InlineData("2022-09-01", "2022-09-01")]
    [InlineData("2024-12-24", "2024-12-24")]
    [InlineData("2025-03-26", "2025-03-25")]
    [InlineData("2025-12-23", "2025-12-23")]
    [InlineData("2026-02-01", "2026-01-07")]
    [InlineData("2026-11-10", "2026-11-09")]
    [InlineData("2026-11-21", "2026-11-21")]
    [InlineData("2030-01-01", "2026-11-21")]
    [InlineData("2021-01-01", "2026-11-21")]
    public async Task Is_what_a_company_of_which_nothing_is_known_is_told(string asOf, string knownOn)
    {
        var body = $$"""{ "asOf": "{{asOf}}", "knownOn": "{{knownOn}}", "limit": 1000, "status": {{Corpus.EveryStatusWord.ToJsonString()}} }""";
        var (code, page, _) = await Service.SendAsync(HttpMethod.Post, "/applicability", body);
        code.ShouldBe(200);

        var told = page!["items"]!.AsArray().ToDictionary(i => (string)i!["obligationId"]!, i => string.Join(
            " | ", Members.Select(m => $"{m}={i![m]}")));

        var (asOfDay, knownDay) = (DateOnly.Parse(asOf), DateOnly.Parse(knownOn));
        var net = Corpus.InstrumentFiles
            .SelectMany(f => Corpus.Instrument(f)["obligations"]!.AsArray())
            .Select(o => new NetObligation(o!.AsObject()))
            .Select(o => (o.Id, Answer: o.On(asOfDay, knownDay)))
            .Where(o => o.Answer is not null)
            .ToDictionary(o => o.Id, o => Line(o.Answer!));
        told.Except(net).Concat(net.Except(told)).OrderBy(p => p.Key).Take(MostShown).ShouldBeEmpty();
    }

    private static string[] Members => ["stage", "from", "to", "fromLatest", "suspendedUntil", "enforcementPaused"];

    private static string Line(NetAnswer a) =>
        $"stage={a.Stage} | from={a.From:yyyy-MM-dd} | to={a.To:yyyy-MM-dd} | fromLatest={a.FromLatest:yyyy-MM-dd} | suspendedUntil={a.SuspendedUntil:yyyy-MM-dd} | enforcementPaused={(a.EnforcementPaused ? "true" : "false")}";

    private static List<DateOnly> Around(IEnumerable<DateOnly> days) =>
        [..days.SelectMany(d => new[] { d.AddDays(-1), d, d.AddDays(1) }).Distinct()];

    private static void Compare(NetObligation obligation, LegalHistory? history, List<DateOnly> days, DateOnly knownOn, List<string> wrong)
    {
        // A company whose fact lies where it matters, beside one that has no such fact.
        List<DateOnly?> earliest = [null];
        if (obligation.RelativeFact is not null)
        {
            earliest.AddRange(days.Select(d => (DateOnly?)obligation.Relative(d)));
        }

        foreach (var own in earliest)
        {
            ImmutableArray<ApplicabilityInterval> always = [new(Days.Always, Truth.Yes, [], own)];
            foreach (var asOf in days)
            {
                var folded = history is null ? null : ObligationAnswer.On(history, always, asOf);
                var answer = folded is null ? null : new NetAnswer(
                    Words.Of(folded.Stage), folded.From, folded.To, folded.FromLatest, folded.SuspendedUntil, folded.EnforcementPaused, folded.Content.Condition);
                var expected = obligation.On(asOf, knownOn, own);
                if (expected != answer)
                {
                    wrong.Add($"{obligation.Id} as of {asOf:yyyy-MM-dd} known on {knownOn:yyyy-MM-dd} start {own:yyyy-MM-dd}: net {expected?.ToString() ?? "nothing"}, folded {answer?.ToString() ?? "nothing"}");
                }
            }
        }
    }
}
