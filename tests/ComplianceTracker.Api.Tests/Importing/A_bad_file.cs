using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Importing;

/// <summary>A bad file is refused whole, with the place in it and the reason; the others are imported.</summary>
public sealed class A_bad_file(Databases databases) : Importing(databases)
{
    private const string NewLaw = "instruments/xx.json";
    private const string NewCompany = "companies/xx.json";

    private const string GoodLaw = """
        { "id": "de-new", "jurisdiction": "DE", "kind": "law", "title": { "en": "New" },
          "developments": [
            { "id": "d1", "kind": "passed", "date": "2020-01-01", "source": "S", "confidence": "text",
              "effects": [
                { "kind": "define", "obligationId": "de-new-art1", "provision": "Art. 1", "title": { "en": "T" }, "summary": { "en": "S" },
                  "category": "c", "nature": "duty", "condition": "handles_data", "source": "S", "confidence": "text" },
                { "kind": "enact", "obligationId": "de-new-art1", "from": "2021-01-01" } ] },
            { "id": "d2", "kind": "in-force", "date": "2021-01-01", "source": "S", "confidence": "text" } ] }
        """;

    private const string GoodCompany = """{ "id": "beta", "name": "Beta", "facts": { "handles_data": true, "activities": ["shop"] }, "changes": [{ "from": "2022-01-01", "facts": { "staff": 1 } }] }""";

    // What is in place of what, and what the refusal says.
    public static TheoryData<string, string, string, string, string> FailureModes => new()
    {
        { "no JSON", NewLaw, "\"date\": \"2020-01-01\",", "\"date\" \"2020-01-01\",", "not well-formed JSON: line 3" },
        { "cut off", NewLaw, ", \"source\": \"S\", \"confidence\": \"text\" } ] }", "", "not well-formed JSON" },
        { "a comment", NewLaw, "{ \"id\": \"de-new\",", "{ // new\n \"id\": \"de-new\",", "not well-formed JSON: line 1" },
        { "a member twice", NewLaw, "\"kind\": \"law\",", "\"kind\": \"law\", \"kind\": \"plan\",", "kind" },
        { "another root", NewLaw, GoodLaw, "[1]", "" },
        { "null", NewLaw, GoodLaw, "null", "must not be null" },
        { "nothing", NewLaw, GoodLaw, "", "not well-formed JSON" },
        { "a forbidden character", NewLaw, "\"New\"", "\"Ne\\u0000w\"", "U+0000" },
        { "an unknown member", NewLaw, "\"kind\": \"law\",", "\"kind\": \"law\", \"colour\": \"red\",", "'colour' is not a member" },
        { "an unknown member, nearly right", NewLaw, "\"kind\": \"law\",", "\"kind\": \"law\", \"topic\": [],", "Did you mean topics" },
        { "an unknown member of an effect", NewLaw, "\"category\": \"c\",", "\"category\": \"c\", \"colour\": 1,", "/developments/0/effects/0/colour: 'colour' is not a member" },
        { "a member missing", NewLaw, "\"source\": \"S\", \"confidence\": \"text\" } ] }", "\"confidence\": \"text\" } ] }", "/developments/1: Missing: source" },
        { "an effect of no kind", NewLaw, "{ \"kind\": \"enact\", ", "{ ", "/developments/0/effects/1: Missing: kind, one of define" },
        { "an effect of an unknown kind", NewLaw, "\"kind\": \"enact\"", "\"kind\": \"bless\"", "/developments/0/effects/1" },
        { "a development of an unknown kind", NewLaw, "\"kind\": \"in-force\"", "\"kind\": \"rumoured\"", "/developments/1/kind" },
        { "a day that is none", NewLaw, "\"date\": \"2020-01-01\"", "\"date\": \"2020-02-30\"", "/developments/0/date: The value is not a day that exists" },
        { "a day in other writing", NewLaw, "\"from\": \"2021-01-01\"", "\"from\": \"1.1.2021\"", "/developments/0/effects/1/from: The value is not a day" },
        { "a development twice", NewLaw, "\"id\": \"d2\"", "\"id\": \"d1\"", "/developments: The development 'd1' is in the file twice" },
        { "a condition that does not parse", NewLaw, "\"condition\": \"handles_data\"", "\"condition\": \"handles_data &&\"", "/developments/0/effects/0/condition" },
        { "a condition of the wrong type", NewLaw, "\"condition\": \"handles_data\"", "\"condition\": \"staff\"", "/developments/0/effects/0/condition" },
        { "a condition over an unknown fact", NewLaw, "\"condition\": \"handles_data\"", "\"condition\": \"handles_date\"", "line 1, column 1 of the condition" },
        { "a condition over an unknown value", NewLaw, "\"condition\": \"handles_data\"", "\"condition\": \"'shoe' in activities\"", "/developments/0/effects/0/condition" },
        { "a jurisdiction that is none", NewLaw, "\"jurisdiction\": \"DE\"", "\"jurisdiction\": \"Germany\"", "/jurisdiction" },
        { "an id that is none", NewLaw, "\"id\": \"de-new\"", "\"id\": \"DE new\"", "/id" },
        { "an obligation that is another instrument's", NewLaw, "de-new-art1", "de-law-art1", "de-law" },
        { "an unknown fact", NewCompany, "\"staff\"", "\"stuff\"", "/changes/0/facts/stuff" },
        { "a fact of another type", NewCompany, "\"handles_data\": true", "\"handles_data\": \"yes\"", "/facts/handles_data" },
        { "a value not in the vocabulary", NewCompany, "[\"shop\"]", "[\"shoe\"]", "/facts/activities" },
        { "a value that no fact can hold", NewCompany, "[\"shop\"]", "{ \"shop\": true }", "/facts/activities" },
        { "a change without a day", NewCompany, "\"from\": \"2022-01-01\", ", "", "/changes/0: Missing: from" },
        { "a time zone that is none", NewCompany, "\"name\": \"Beta\"", "\"name\": \"Beta\", \"timeZone\": \"Mars/Olympus\"", "/timeZone" },
        { "a company without a name", NewCompany, "\"name\": \"Beta\"", "\"name\": \" \"", "/name" },
    };

    [Theory]
    [MemberData(nameof(FailureModes))]
    public async Task Is_refused_whole_and_the_others_are_imported(string what, string file, string old, string @new, string reason)
    {
        var good = file == NewLaw ? GoodLaw : GoodCompany;
        good.ShouldContain(old, Case.Sensitive, what);
        Folder.Write(file, good.Replace(old, @new, StringComparison.Ordinal));
        Folder.Write("instruments/zz.json", GoodLaw.Replace("de-new", "de-zz", StringComparison.Ordinal));
        Folder.Write("companies/zz.json", GoodCompany.Replace("\"beta\"", "\"zz\"", StringComparison.Ordinal));
        var head = await Store.HeadAsync(Cancel);

        var report = await ImportAsync();

        var refused = report.Refused.ShouldHaveSingleItem();
        refused.File.ShouldBe(file.Replace('/', Path.DirectorySeparatorChar));
        var refusal = refused.Refusal.ShouldNotBeNull();
        refusal.ShouldContain(reason, Case.Sensitive, refusal);
        refusal.ShouldNotContain("ComplianceTracker.");
        refusal.ShouldNotContain("System.");
        report.ExitCode.ShouldBe(1);
        (await RecordedAfterAsync(head)).Select(e => e.Split(' ')[0]).Distinct().ShouldBe(["instrument-de-zz", "company-default-zz"]);
    }

    [Theory]
    [InlineData(SeedFolder.Facts, "\"type\": \"int\"", "\"type\": \"double\"", "/facts/1/type: 'staff' is a int and stays one")]
    [InlineData(SeedFolder.Facts, "\"type\": \"int\"", "\"type\": \"number\"", "/facts/1/type")]
    [InlineData(SeedFolder.Facts, "\"name\": \"staff\"", "\"name\": \"Staff\"", "/facts/1/name")]
    [InlineData(SeedFolder.Facts, "\"name\": \"staff\", ", "", "/facts/1/name")]
    [InlineData(SeedFolder.Facts, "{ \"value\": \"shop\"", "{ \"word\": \"shop\"", "/facts/2/values/0")]
    [InlineData(SeedFolder.Conventions, "[\"DE\", \"FR\"]", "\"DE, FR\"", "/members/EU")]
    [InlineData(SeedFolder.Conventions, "{ \"value\": \"duty\"", "{ \"word\": \"duty\"", "/natures/0")]
    [InlineData(SeedFolder.Conventions, "{ \"DE\": \"Germany\" }", "{ \"DE\": 49 }", "/fr/DE")]
    [InlineData(SeedFolder.Conventions, "{ \"DE\": \"Germany\" }", "\"Germany\"", "/fr")]
    public async Task Of_the_vocabulary_is_refused_whole_too(string file, string old, string @new, string reason)
    {
        Folder.Change(file, old, @new);
        Folder.Write(NewCompany, GoodCompany);
        var head = await Store.HeadAsync(Cancel);

        var report = await ImportAsync();

        var refused = report.Refused.ShouldHaveSingleItem();
        refused.File.ShouldBe(file.Replace('/', Path.DirectorySeparatorChar));
        refused.Refusal!.ShouldContain(reason, Case.Sensitive, refused.Refusal);
        (await RecordedAfterAsync(head)).ShouldBe(["company-default-beta 1 company.registered.v1"]);
    }

    [Fact]
    public async Task That_is_not_UTF8_is_refused()
    {
        await File.WriteAllBytesAsync(Folder.FileOf(NewCompany), [.."{ \"id\": \"x\", \"name\": \""u8, 0xC3, 0x28, .."\", \"facts\": {} }"u8], Cancel);

        var report = await ImportAsync();

        report.Refused.ShouldHaveSingleItem().File.ShouldBe(NewCompany);
    }

    [Fact]
    public async Task With_a_byte_order_mark_is_good()
    {
        await File.WriteAllBytesAsync(Folder.FileOf(NewCompany), [0xEF, 0xBB, 0xBF, ..System.Text.Encoding.UTF8.GetBytes(GoodCompany)], Cancel);

        (await ImportAsync()).Added.ShouldBe(1);
    }

    [Fact]
    public async Task Among_known_instruments_adds_nothing_of_itself()
    {
        var head = await Store.HeadAsync(Cancel);
        var law = Folder.Read(SeedFolder.Law);
        law["developments"]!.AsArray().Add(System.Text.Json.Nodes.JsonNode.Parse("""{ "id": "good", "kind": "in-force", "date": "2021-01-01", "source": "S", "confidence": "text" }"""));
        law["developments"]!.AsArray().Add(System.Text.Json.Nodes.JsonNode.Parse("""
            { "id": "bad", "kind": "amended", "date": "2021-01-01", "source": "S", "confidence": "text",
              "effects": [{ "kind": "suspend", "obligationId": "de-law-art1", "order": "o", "from": "2021-02-01", "to": "2021-01-01" }] }
            """));
        Folder.Write(SeedFolder.Law, law.ToJsonString());

        var report = await ImportAsync();

        report.Refused.ShouldHaveSingleItem().Refusal!.ShouldStartWith("/developments/2/effects/0");
        (await Store.HeadAsync(Cancel)).ShouldBe(head);
    }

    [Fact]
    public async Task Is_not_the_same_as_a_folder_that_is_none()
    {
        (await Should.ThrowAsync<DirectoryNotFoundException>(() => ImportAsync(Folder.FileOf("absent")))).Message.ShouldStartWith("There is no folder");
        (await Should.ThrowAsync<DirectoryNotFoundException>(() => ImportAsync(Folder.FileOf("instruments")))).Message.ShouldStartWith("There is nothing to import");
    }
}
