using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.EventStore;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceTracker.Api.Tests.Importing;

public sealed class A_second_import(Databases databases) : Importing(databases)
{
    private readonly Databases all = databases;

    [Fact]
    public async Task Of_the_seeds_adds_nothing_and_reports_nothing()
    {
        await using var seeded = await TestService.StartAsync(await all.CopySeededAsync());
        var store = seeded.Services.GetRequiredService<IEventStore>();
        var head = await store.HeadAsync(Cancel);

        var report = await ImportAsync(seeded, Path.Combine(AppContext.BaseDirectory, "seeds"));

        report.Files.Length.ShouldBe(178 + 30 + 2);
        report.Added.ShouldBe(0);
        report.Refused.ShouldBeEmpty();
        report.Differences.ShouldBeEmpty();
        report.ExitCode.ShouldBe(0);
        (await store.HeadAsync(Cancel)).ShouldBe(head);
    }

    [Fact]
    public async Task Of_other_files_in_another_order_gives_the_same_answers()
    {
        // The files of a folder are taken by name: the last becomes the first.
        using var reversed = new SeedFolder(Path.Combine(AppContext.BaseDirectory, "seeds"), Backwards);
        await using var one = await TestService.StartAsync(await all.CopySeededAsync());
        await using var other = await TestService.StartAsync(await all.CreateEmptyAsync(), reversed.Path);
        (await StreamsAsync(other)).ShouldNotBe(await StreamsAsync(one));

        foreach (var question in Questions.All)
        {
            (await Questions.AskAsync(other.Client, question)).ShouldBe(await Questions.AskAsync(one.Client, question), question);
        }

        static string Backwards(string name) => name is "facts.json" or "conventions.json"
            ? name
            : string.Concat(Path.GetFileNameWithoutExtension(name).Select(c => char.IsAsciiLetterLower(c) ? (char)('a' + 'z' - c) : c == '-' ? '~' : c)) + ".json";

        async Task<List<string>> StreamsAsync(TestService service) =>
            [..(await service.Services.GetRequiredService<IEventStore>().ReadAllAsync(0, 5000, cancellationToken: Cancel)).Events.Select(e => e.StreamId).Distinct()];
    }

    [Fact]
    public async Task Records_a_new_development_and_no_more()
    {
        var head = await Store.HeadAsync(Cancel);
        var law = Folder.Read(SeedFolder.Law);
        law["developments"]!.AsArray().Add(JsonNode.Parse("""
            { "id": "de-law-2020-06-01-amended", "kind": "amended", "date": "2020-06-01", "source": "Gazette 2", "confidence": "text",
              "effects": [{ "kind": "reschedule", "obligationId": "de-law-art1", "from": "2023-01-01" }] }
            """));
        Folder.Write(SeedFolder.Law, law.ToJsonString());
        (await StatusAsync("2021-06-01")).ShouldBe("applicable");

        var report = await ImportAsync();

        (report.Added, report.ExitCode).ShouldBe((1, 0));
        (await RecordedAfterAsync(head)).ShouldBe(["instrument-de-law 3 instrument.amended.v1"]);
        (await StatusAsync("2021-06-01")).ShouldBe("upcoming");
        (await ImportAsync()).Added.ShouldBe(0);
    }

    [Fact]
    public async Task Records_a_new_development_wherever_it_stands_in_the_file()
    {
        var head = await Store.HeadAsync(Cancel);
        Folder.Change(SeedFolder.Law, "\"developments\": [", """
            "developments": [ { "id": "de-law-2019-01-01-announced", "kind": "announced", "date": "2019-01-01", "source": "News", "confidence": "known" },
            """);

        (await ImportAsync()).ExitCode.ShouldBe(0);

        (await RecordedAfterAsync(head)).ShouldBe(["instrument-de-law 3 instrument.announced.v1"]);
    }

    [Fact]
    public async Task Registers_a_new_instrument_and_a_new_company()
    {
        var head = await Store.HeadAsync(Cancel);
        Folder.Write("instruments/de-other.json", """{ "id": "de-other", "jurisdiction": "DE", "kind": "law", "title": { "en": "Another" } }""");
        Folder.Write("companies/zeta.json", """{ "id": "zeta", "name": "Zeta", "facts": { "staff": 3 } }""");

        (await ImportAsync()).ExitCode.ShouldBe(0);

        (await RecordedAfterAsync(head)).ShouldBe(["instrument-de-other 1 instrument.registered.v1", "company-default-zeta 1 company.registered.v1"]);
    }

    [Fact]
    public async Task Records_a_new_fact_and_a_new_value_of_the_vocabulary_and_what_is_declared_in_them()
    {
        var head = await Store.HeadAsync(Cancel);
        Folder.Change(SeedFolder.Facts, """{ "value": "shop", "label": { "en": "Shop" } }""", """{ "value": "shop", "label": { "en": "Shop" } }, { "value": "bank" }""");
        Folder.Change(SeedFolder.Facts, "\"facts\": [", "\"facts\": [ { \"name\": \"listed\", \"type\": \"bool\", \"description\": { \"en\": \"Listed.\" } },");
        Folder.Change(SeedFolder.Company, "\"handles_data\": true", "\"handles_data\": true, \"listed\": true, \"staff\": 12");

        var report = await ImportAsync();

        report.Differences.ShouldBeEmpty();
        report.ExitCode.ShouldBe(0);
        (await RecordedAfterAsync(head)).ShouldBe(["vocabulary 5 fact.defined.v1", "vocabulary 6 fact.values-added.v1", "company-default-acme 2 company.facts-declared.v1"]);
        (await ImportAsync()).Added.ShouldBe(0);
    }

    [Theory]
    [InlineData(SeedFolder.Law, "\"A Law\"", "\"The Law\"", "instruments/de-law.json: the instrument itself is described otherwise on record")]
    [InlineData(SeedFolder.Law, "\"2021-01-01\"", "\"2021-02-02\"", "instruments/de-law.json: /developments/0 (de-law-2020-01-01-passed) is recorded otherwise; put it right with a development of kind 'corrected'")]
    [InlineData(SeedFolder.Law, "Gazette 1, Art. 1", "Gazette 1, page 3", "instruments/de-law.json: /developments/0 (de-law-2020-01-01-passed) is recorded otherwise; put it right with a development of kind 'corrected'")]
    [InlineData(SeedFolder.Company, "\"Acme\"", "\"Acme AG\"", "companies/acme.json: name or time zone are otherwise on record")]
    [InlineData(SeedFolder.Company, "[\"shop\"]", "[]", "companies/acme.json: 'activities' is declared otherwise on record")]
    [InlineData(SeedFolder.Company, "2022-01-01", "2023-01-01", "companies/acme.json: 'handles_data' is declared otherwise on record")]
    public async Task Reports_what_differs_and_leaves_it_as_it_is_on_record(string file, string old, string @new, string difference)
    {
        var head = await Store.HeadAsync(Cancel);
        Folder.Change(file, old, @new);

        var report = await ImportAsync();

        report.Differences.Select(d => $"{d.File}: {d.Difference}").ShouldBe([difference]);
        (report.Added, report.ExitCode).ShouldBe((0, 2));
        (await Store.HeadAsync(Cancel)).ShouldBe(head);
    }

    [Fact]
    public async Task Leaves_a_demo_company_as_its_user_made_it()
    {
        // The user says something else of one fact, no longer says anything of another, and adds a third.
        var (status, _, _) = await Service.SendAsync(
            HttpMethod.Put, "/companies/acme", """{ "name": "Mine", "facts": { "handles_data": false, "staff": 7 } }""", ("If-Match", "*"));
        status.ShouldBe(200);
        var head = await Store.HeadAsync(Cancel);

        var report = await ImportAsync();

        report.Differences.Select(d => d.Difference).ShouldBe(
            ["name or time zone are otherwise on record", "'activities' is declared otherwise on record", "'handles_data' is declared otherwise on record"], ignoreOrder: true);
        report.ExitCode.ShouldBe(2);
        (await Store.HeadAsync(Cancel)).ShouldBe(head);
        var facts = (await Service.GetAsync("/companies/acme"))["facts"]!.AsObject();
        facts.ToJsonString().ShouldBe("""{"handles_data":false,"staff":7}""");
    }

    [Fact]
    public async Task Does_not_bring_back_an_archived_company()
    {
        await Service.SendAsync(HttpMethod.Delete, "/companies/acme");
        var head = await Store.HeadAsync(Cancel);

        var report = await ImportAsync();

        report.Differences.ShouldHaveSingleItem().Difference.ShouldBe("the company is archived on record");
        (await Store.HeadAsync(Cancel)).ShouldBe(head);
    }
}
