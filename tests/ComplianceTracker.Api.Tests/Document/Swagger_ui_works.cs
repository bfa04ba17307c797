using ComplianceTracker.Api.Tests.Support;
using Microsoft.Playwright;

namespace ComplianceTracker.Api.Tests.Document;

/// <summary>
/// Swagger UI in a real browser. The browser is the machine's Chromium, or the one that <c>CHROMIUM_PATH</c> names; where there is
/// none the test is skipped.
/// </summary>
public sealed class Swagger_ui_works(Databases databases)
{
    [Fact]
    public async Task With_the_example_values_of_the_main_question()
    {
        var chromium = FindChromium();
        Assert.SkipWhen(chromium is null, "No Chromium on this machine: install it (apt-get install chromium) or set CHROMIUM_PATH.");
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        var root = service.Client.BaseAddress!;
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        var page = await browser.NewPageAsync();
        var errors = new List<string>();
        var asked = new List<Uri>();
        page.Console += (_, message) => errors.AddRange(message.Type == "error" ? [message.Text] : []);
        page.PageError += (_, error) => errors.Add(error);
        page.Request += (_, request) => asked.Add(new Uri(request.Url));

        await page.GotoAsync(new Uri(root, "/swagger").ToString());
        var operation = page.Locator("#operations-Obligations-listObligations");
        await operation.Locator(".opblock-summary-control").ClickAsync();
        await operation.GetByRole(AriaRole.Button, new() { Name = "Try it out" }).ClickAsync();
        await operation.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();
        var answer = operation.Locator(".live-responses-table");
        await answer.Locator(".response-col_status").Last.WaitForAsync();

        (await answer.Locator("tbody .response-col_status").First.InnerTextAsync()).ShouldContain("200");
        var body = await answer.InnerTextAsync();
        body.ShouldContain("\"companyId\": \"sc01-foreign-carmaker\"");
        body.ShouldContain("cn-pipl-art38");
        asked.ShouldContain(uri => uri.AbsolutePath == "/api/v1/companies/sc01-foreign-carmaker/obligations" && uri.Query.Contains("asOf=2021-11-01"));
        asked.Where(uri => uri.Scheme is not ("data" or "blob") && uri.Authority != root.Authority).ShouldBeEmpty();
        errors.ShouldBeEmpty();
    }

    private static string? FindChromium() =>
        new[] { Environment.GetEnvironmentVariable("CHROMIUM_PATH"), "/usr/bin/chromium", "/usr/bin/chromium-browser" }
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
                .SelectMany(d => new[] { Path.Combine(d, "google-chrome"), Path.Combine(d, "chromium") }))
            .FirstOrDefault(File.Exists);
}
