using System.Text.Json.Nodes;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Requests;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Search;

namespace ComplianceTracker.Api.Instruments;

/// <summary>Which instruments a client wants to see; every part left out lets all pass.</summary>
/// <param name="Jurisdictions">Exactly as instruments name them.</param>
/// <param name="Topics">One of them must be among the instrument's.</param>
/// <param name="Stages">The stages on <c>asOf</c>.</param>
/// <param name="Search">What their texts must hold, or null: nothing is looked for.</param>
internal sealed record InstrumentFilter(HashSet<string> Jurisdictions, HashSet<string> Topics, HashSet<Stage> Stages, SearchQuery? Search)
{
    private const int LongestText = 200;

    /// <summary>The filter in the query.</summary>
    /// <exception cref="ApiProblem">A jurisdiction or stage that cannot be, or a text too long.</exception>
    public static InstrumentFilter From(IQueryCollection query)
    {
        var jurisdictions = Values(query, "jurisdiction");
        if (jurisdictions.FirstOrDefault(j => !Jurisdiction.IsValid(j)) is { } unknown)
        {
            throw ApiProblem.BadParameter("jurisdiction", $"'{unknown}' is not {Jurisdiction.Description}.");
        }

        var text = query["q"] switch
        {
            [] => null,
            [var one] => one,
            _ => throw ApiProblem.BadParameter("q", "'q' was given more than once."),
        };
        return text is { Length: > LongestText }
            ? throw ApiProblem.BadParameter("q", $"At most {LongestText} characters.")
            : new InstrumentFilter(jurisdictions, Values(query, "topic"), [..Values(query, "stage").Select(ReadStage)], ReadSearch(text));
    }

    /// <summary>True when the instrument itself passes.</summary>
    public bool Wants(InstrumentIdentity instrument) =>
        (Jurisdictions.Count == 0 || Jurisdictions.Contains(instrument.Jurisdiction))
        && (Topics.Count == 0 || instrument.Topics.Any(Topics.Contains));

    /// <summary>True when the stage passes.</summary>
    public bool Wants(Stage? stage) => Stages.Count == 0 || (stage is { } s && Stages.Contains(s));

    // A box that was left empty asks for the whole list; one that holds only signs was meant to find something.
    private static SearchQuery? ReadSearch(string? text) => string.IsNullOrWhiteSpace(text)
        ? null
        : SearchQuery.Of(text) ?? throw ApiProblem.BadParameter("q", "There is no letter or digit in it to look for; leave it out for the whole list.");

    private static HashSet<string> Values(IQueryCollection query, string name) =>
        [..SizeLimits.CheckListed(
            name, [..query[name].OfType<string>().SelectMany(v => v.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))])];

    private static Stage ReadStage(string word) => Words.TryParse<Stage>(word, out var stage)
        ? stage
        : throw ApiProblem.BadParameter("stage", $"'{word}' is not a stage; the stages are {string.Join(", ", Words.All<Stage>())}.", [..Words.All<Stage>()]);
}

/// <summary>The parameters that <see cref="InstrumentFilter"/> reads, for the OpenAPI document.</summary>
internal static class InstrumentFilterParameters
{
    private const string Several = " Repeat it, or separate by commas, for several.";

    /// <summary>Says that the instruments can be filtered.</summary>
    public static RouteHandlerBuilder WithInstrumentFilters(this RouteHandlerBuilder builder) => builder
        .WithParameters(
            ApiParameter.Query("jurisdiction", "The jurisdictions to list, exactly as instruments name them." + Several, ApiParameter.Texts) with { Example = new JsonArray("CN") },
            ApiParameter.Query("topic", "The topics to list: one of them is enough." + Several, ApiParameter.Texts) with { Form = new JsonArray("personal-data") },
            ApiParameter.Query("stage", "The stages to list." + Several, ApiParameter.Words<Stage>) with { Form = new JsonArray("in-force") },
            ApiParameter.Query(
                "q",
                "What titles, ids, numbers, topics, authorities and obligations (their provisions, titles and summaries) must hold, the best first: every word, the last "
                + "one as a beginning; `\"…\"` for words that follow one another; Chinese in runs of any length (`数据`, `第三十八条`). At most 200 characters; empty: the whole list.",
                ApiParameter.Text) with { Example = "Personal Information" })
        .WithProblems(ProblemTypes.InvalidParameter);
}
