using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Obligations;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceTracker.Api.Tests.Register;

/// <summary>The list of obligations is written by hand, from parts that are kept: it must say what the serializer says.</summary>
public sealed class The_list_as_written(Databases databases)
{
    private static readonly string[] Companies =
        ["sc01-foreign-carmaker", "sc20-super-app", "sc05-us-saas-200k", "danube-coin", "meridian-health", "atlantic-tools", "nordwind-retail"];

    [Fact]
    public async Task Is_byte_for_byte_what_the_serializer_makes_of_the_same_answers()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        var asker = service.Services.GetRequiredService<CompanyAnswers>();
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var head = await service.Store().HeadAsync(TestContext.Current.CancellationToken);
        var statuses = new HashSet<Status>();

        // Sixty questions, and more where chance has not met enough kinds of answers by then.
        for (var i = 0; i < 60 || (statuses.Count < 7 && i < 2000); i++)
        {
            var position = i % 3 == 0 ? null : $"{random.NextInt64(head - 25, head + 1)}";
            var given = new GivenClocks(Day(random), i % 2 == 0 ? null : Day(random), null, position, i % 5 == 0 ? "Asia/Shanghai" : null);
            var company = Companies[random.Next(Companies.Length)];
            if (await QuestionAsync(asker, company, given) is not { } question)
            {
                continue;
            }

            var query = ObligationQuery.OfStatuses(i % 4 == 0 ? [] : Enum.GetValues<Status>());
            var list = ObligationList.Of(question, query, new Paging("", i % 6 == 0 ? 20 : 1000, null, null));
            statuses.UnionWith(list.Answers.Select(a => a.Status));

            // Twice: the second time every kept part is there already.
            foreach (var _ in Enumerable.Range(0, 2))
            {
                Written(list).ShouldBe(JsonSerializer.Serialize(list.ToBody(), ApiJson.Types.ObligationPage), $"seed {seed}: {company}, {given}");
            }
        }

        statuses.Count.ShouldBeGreaterThanOrEqualTo(7, $"seed {seed}: {string.Join(", ", statuses)}");
    }

    [Fact]
    public async Task Leaves_out_only_what_it_shows_when_every_status_is_asked_for()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        var asker = service.Services.GetRequiredService<CompanyAnswers>();
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var i = 0; i < 40; i++)
        {
            var given = new GivenClocks(Day(random), i % 2 == 0 ? null : Day(random), null, null, null);
            var question = (await QuestionAsync(asker, Companies[i % Companies.Length], given))!;
            Status[] byDefault = [Status.Applicable, Status.Upcoming, Status.Suspended];
            var all = ObligationList.Of(question, ObligationQuery.OfStatuses(Enum.GetValues<Status>()), new Paging("", 1000, null, null)).Answers
                .Where(a => byDefault.Contains(a.Status) || (a.Otherwise is { } otherwise && byDefault.Contains(otherwise)));
            ObligationList.Of(question, ObligationQuery.OfStatuses([]), new Paging("", 1000, null, null)).Answers
                .Select(a => a.History.ObligationId)
                .ShouldBe(all.Select(a => a.History.ObligationId), $"seed {seed}: {given}");
        }
    }

    // A company may not have been registered by the position.
    private static async Task<CompanyQuestion?> QuestionAsync(CompanyAnswers answers, string company, GivenClocks given)
    {
        try
        {
            return await answers.AskAsync(company, given, TestContext.Current.CancellationToken);
        }
        catch (Problems.ApiProblem problem) when (given.Position is not null && problem.Type == Problems.ProblemTypes.CompanyNotFound)
        {
            return null;
        }
    }

    private static string Written(ObligationList list)
    {
        var buffer = new ArrayBufferWriter<byte>();
        new ObligationListWriter(list).Write(buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Day(Random random) =>
        new DateOnly(2008, 1, 1).AddDays(random.Next(24 * 365)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
