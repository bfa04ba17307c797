using System.Text.Json;
using System.Text.Json.Nodes;

namespace ComplianceTracker.Api.Companies;

/// <summary>A company to register, or the whole profile that replaces the one there is.</summary>
public sealed record CompanyBody
{
    /// <summary>The name people use.</summary>
    public required string Name { get; init; }

    /// <summary>IANA time zone whose today is the default day of its questions; left out: UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Facts by name, holding always; null and left out mean unknown.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Facts { get; init; }
}

/// <summary>Facts of a company that hold from a day on.</summary>
public sealed record CompanyChangeBody
{
    /// <summary>The first day on which they hold.</summary>
    public required DateOnly From { get; init; }

    /// <summary>Facts by name; null means unknown again.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Facts { get; init; }
}

/// <summary>A fact declared for some days.</summary>
public sealed record FactDeclarationBody
{
    /// <summary>The fact's name.</summary>
    public required string Fact { get; init; }

    /// <summary>The value, or null: unknown again.</summary>
    public required JsonElement? Value { get; init; }

    /// <summary>The first day on which it holds; left out: always.</summary>
    public DateOnly? From { get; init; }

    /// <summary>The first day on which it no longer holds; left out: until further notice.</summary>
    public DateOnly? To { get; init; }
}

/// <summary>A company profile.</summary>
/// <param name="Id">The company's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="TimeZone">Its IANA time zone, or null: UTC.</param>
/// <param name="Facts">What is known on <c>asOf</c>, by fact name; what is not listed is unknown.</param>
/// <param name="AsOf">The day on which the facts hold.</param>
/// <param name="RecordedAt">Only what was recorded by this instant counts.</param>
/// <param name="Version">The version of the profile, also the <c>ETag</c>.</param>
/// <param name="Position">The log position that the answer shows.</param>
public sealed record CompanyAnswer(
    string Id,
    string Name,
    string? TimeZone,
    IReadOnlyDictionary<string, JsonNode?> Facts,
    DateOnly AsOf,
    DateTimeOffset? RecordedAt,
    long Version,
    long Position);

/// <summary>A company in a list.</summary>
/// <param name="Id">The company's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="TimeZone">Its IANA time zone, or null: UTC.</param>
/// <param name="Version">The version of its profile.</param>
public sealed record CompanyItem(string Id, string Name, string? TimeZone, long Version);

/// <summary>A page of companies.</summary>
/// <param name="Items">The companies, by id.</param>
/// <param name="Next">The cursor of the next page, or null.</param>
/// <param name="Position">The log position that the list shows.</param>
public sealed record CompanyPage(IReadOnlyList<CompanyItem> Items, string? Next, long Position);

/// <summary>A fact of a company with the days on which it holds.</summary>
/// <param name="Fact">The fact's name.</param>
/// <param name="Value">The value; null: declared unknown.</param>
/// <param name="From">The first day on which it holds; null: always.</param>
/// <param name="To">The first day on which it no longer holds; null: until further notice.</param>
public sealed record FactItem(string Fact, JsonNode? Value, DateOnly? From, DateOnly? To);

/// <summary>A page of a company's facts.</summary>
/// <param name="Items">The facts by name, then by day.</param>
/// <param name="Next">The cursor of the next page, or null.</param>
/// <param name="CompanyId">The company.</param>
/// <param name="RecordedAt">Only what was recorded by this instant counts.</param>
/// <param name="Version">The version of the profile.</param>
/// <param name="Position">The log position that the answer shows.</param>
public sealed record FactPage(
    IReadOnlyList<FactItem> Items, string? Next, string CompanyId, DateTimeOffset? RecordedAt, long Version, long Position);
