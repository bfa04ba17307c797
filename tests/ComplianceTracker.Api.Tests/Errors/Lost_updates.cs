using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Errors;

public sealed class Lost_updates(SeededService seeded) : IClassFixture<SeededService>
{
    private const string Body = """{"name":"Acme","facts":{}}""";

    [Fact]
    public async Task Are_prevented_by_If_Match()
    {
        const string path = "/companies/matched";
        (await seeded.Service.SendAsync(HttpMethod.Put, path, Body)).Status.ShouldBe(201);

        var absent = await Problem.OfAsync(seeded.Service, "PUT", path, Body);
        (absent.Status, absent.Slug).ShouldBe((428, "precondition-required"));
        absent.Detail.ShouldContain("\"1\"");
        var stale = await Problem.OfAsync(seeded.Service, "PUT", path, Body, headers: ("If-Match", "\"7\""));
        (stale.Status, stale.Slug).ShouldBe((412, "precondition-failed"));
        (await Problem.OfAsync(seeded.Service, "PUT", path, Body, headers: ("If-Match", "W/\"1\""))).Status.ShouldBe(412);
        (await Problem.OfAsync(seeded.Service, "DELETE", path, headers: ("If-Match", "\"7\""))).Status.ShouldBe(412);
        var malformed = await Problem.OfAsync(seeded.Service, "PUT", path, Body, headers: ("If-Match", "1"));
        (malformed.Status, malformed.Parameter).ShouldBe((400, "If-Match"));
        (await seeded.Service.SendAsync(HttpMethod.Put, path, """{"name":"Acme 2","facts":{}}""", ("If-Match", "\"3\", \"1\""))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Nothing_matches_what_is_not_there() =>
        (await Problem.OfAsync(seeded.Service, "PUT", "/companies/never", Body, headers: ("If-Match", "*"))).Status.ShouldBe(412);

    [Fact]
    public async Task What_was_archived_is_410_for_reads_and_writes()
    {
        const string path = "/companies/gone";
        (await seeded.Service.SendAsync(HttpMethod.Put, path, Body)).Status.ShouldBe(201);
        (await seeded.Service.SendAsync(HttpMethod.Delete, path)).Status.ShouldBe(200);

        (await Problem.OfAsync(seeded.Service, "GET", path)).Status.ShouldBe(410);
        (await Problem.OfAsync(seeded.Service, "GET", path + "/facts")).Status.ShouldBe(410);
        (await Problem.OfAsync(seeded.Service, "GET", path + "/obligations", headers: ("Prefer", "wait=10"))).Status.ShouldBe(410);
        (await Problem.OfAsync(seeded.Service, "PUT", path, Body)).Status.ShouldBe(410);
        (await Problem.OfAsync(seeded.Service, "POST", path + "/facts", """[{"fact":"is_ciio","value":true}]""")).Slug.ShouldBe("company-archived");
    }

    [Fact]
    public async Task What_is_there_already_is_409()
    {
        var problem = await Problem.OfAsync(seeded.Service, "POST", "/instruments", """{"id":"cn-pipl","jurisdiction":"CN","kind":"law","title":"x"}""");

        (problem.Status, problem.Slug, problem.Pointer).ShouldBe((409, "instrument-already-registered", "/id"));
    }

    [Theory]
    [InlineData("\"1\"")]
    [InlineData("W/\"1\"")]
    [InlineData("\"9\", \"1\"")]
    [InlineData("*")]
    public async Task A_version_at_hand_is_not_sent_again(string tag) =>
        (await seeded.Service.SendAsync(HttpMethod.Get, "/companies/sc01-foreign-carmaker", null, ("If-None-Match", tag))).Status.ShouldBe(304);
}
