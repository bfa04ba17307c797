using System.Reflection;
using System.Xml.Linq;
using ComplianceTracker.Api.Hosting;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.EventStore.Marten;

namespace ComplianceTracker.Api.Tests.House;

/// <summary>The arrows of docs/architecture.md, read off the compiled assemblies.</summary>
public sealed class Dependencies
{
    private const string Ours = "ComplianceTracker.";

    [Theory]
    [InlineData("ComplianceTracker.Domain")]
    [InlineData("ComplianceTracker.EventStore")]
    [InlineData("ComplianceTracker.EventStore.Postgres", "ComplianceTracker.EventStore")]
    [InlineData("ComplianceTracker.EventStore.Marten", "ComplianceTracker.EventStore", "ComplianceTracker.EventStore.Postgres")]
    [InlineData("ComplianceTracker.EmbeddedPostgres")]
    [InlineData(
        "ComplianceTracker.Api",
        "ComplianceTracker.Domain", "ComplianceTracker.EventStore", "ComplianceTracker.EventStore.Postgres", "ComplianceTracker.EventStore.Marten",
        "ComplianceTracker.EmbeddedPostgres")]
    public void A_project_references_only_the_rooms_it_may(string project, params string[] allowed)
    {
        References(project).Where(r => r.StartsWith(Ours, StringComparison.Ordinal)).Except(allowed).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ComplianceTracker.Domain")]
    [InlineData("ComplianceTracker.EventStore")]
    public void The_core_uses_no_package(string project)
    {
        // System.Data.Common carries DbTransaction, the one type of .NET that lets a projection write beside its checkpoint.
        References(project).Where(r => !IsOfTheFramework(r)).ShouldBeEmpty();
    }

    [Fact]
    public void Only_the_engine_and_the_read_models_know_the_database_driver()
    {
        References("ComplianceTracker.Domain").ShouldNotContain("Npgsql");
        References("ComplianceTracker.EventStore").ShouldNotContain("Npgsql");
    }

    [Theory]
    [InlineData("ComplianceTracker.Domain")]
    [InlineData("ComplianceTracker.EventStore")]
    [InlineData("ComplianceTracker.EventStore.Postgres")]
    [InlineData("ComplianceTracker.EmbeddedPostgres")]
    [InlineData("ComplianceTracker.Api")]
    [InlineData("ComplianceTracker.Testing")]
    [InlineData("ComplianceTracker.Api.Tests")]
    public void Only_the_second_engine_names_Marten_or_Wolverine(string project)
    {
        References(project).Where(IsOfTheSecondEngine).ShouldBeEmpty();
    }

    [Fact]
    public void The_second_engine_names_Marten_exactly_where_it_is_compiled()
    {
        References("ComplianceTracker.EventStore.Marten").Any(IsOfTheSecondEngine).ShouldBe(MartenEngine.IsCompiled);
    }

    [Fact]
    public void No_other_project_asks_for_the_packages_of_the_second_engine()
    {
        var asking = new[] { "src", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.csproj", SearchOption.AllDirectories))
            .Where(project => XDocument.Load(project).Descendants("PackageReference").Any(p => IsOfTheSecondEngine((string)p.Attribute("Include")!)));

        asking.Select(p => Path.GetFileNameWithoutExtension(p)).ShouldBe(["ComplianceTracker.EventStore.Marten"]);
    }

    [Fact]
    public void The_domain_touches_no_file_network_or_task()
    {
        string[] forbidden = ["System.Net.", "System.IO.FileSystem", "System.Data.", "System.Threading.Tasks", "System.Diagnostics.Process"];

        References("ComplianceTracker.Domain").Where(r => forbidden.Any(f => r.StartsWith(f, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    [Fact]
    public void Features_share_no_internals_of_the_engine()
    {
        var engineTypes = typeof(ServiceHost).Assembly.GetTypes()
            .Where(t => t.Namespace is { } ns && ns.StartsWith("ComplianceTracker.Api.", StringComparison.Ordinal) && ns != "ComplianceTracker.Api.Hosting")
            .SelectMany(t => t.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).SelectMany(c => c.GetParameters()))
            .Where(p => p.ParameterType.Namespace?.StartsWith("ComplianceTracker.EventStore.Postgres", StringComparison.Ordinal) == true);

        engineTypes.ShouldBeEmpty();
    }

    private static string[] References(string project) =>
        [..Assembly.Load(project).GetReferencedAssemblies().Select(a => a.Name!)];

    private static bool IsOfTheSecondEngine(string assembly) =>
        new[] { "Marten", "Wolverine", "WolverineFx", "JasperFx", "Weasel" }.Any(vendor => assembly == vendor || assembly.StartsWith(vendor + ".", StringComparison.Ordinal));

    private static bool IsOfTheFramework(string assembly) =>
        assembly.StartsWith("System.", StringComparison.Ordinal) || assembly is "System" or "netstandard" or "mscorlib";
}
