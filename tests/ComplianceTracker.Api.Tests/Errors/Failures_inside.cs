using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Testing;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Errors;

public sealed class Failures_inside(Databases databases)
{
    [Fact]
    public async Task Are_500_without_a_word_about_the_cause()
    {
        var connectionString = await databases.CopySeededAsync();
        await using var service = await TestService.StartAsync(connectionString);
        await using (var database = NpgsqlDataSource.Create(connectionString))
        await using (var drop = database.CreateCommand("drop table ct_company cascade"))
        {
            await drop.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var problem = await Problem.OfAsync(service, "GET", "/companies");

        (problem.Status, problem.Slug).ShouldBe((500, "internal-error"));
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_503()
    {
        TestService service;
        await using (var server = await ThrowAwayPostgres.StartAsync())
        {
            service = await TestService.StartAsync(await server.CreateDatabaseAsync());
        }

        await using (service)
        {
            foreach (var path in new[] { "/companies", "/companies/acme", "/events", "/companies/acme/obligations" })
            {
                var problem = await Problem.OfAsync(service, "GET", path);

                (problem.Status, problem.Slug).ShouldBe((503, "unavailable"), path);
                problem.Response.Headers.RetryAfter.ShouldNotBeNull();
            }

            (await Problem.OfAsync(service, "PUT", "/companies/acme", """{"name":"Acme","facts":{}}""")).Status.ShouldBe(503);
            (await service.Client.GetAsync("/health/live", TestContext.Current.CancellationToken)).IsSuccessStatusCode.ShouldBeTrue();
        }
    }
}
