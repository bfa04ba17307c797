using System.Collections.Immutable;
using System.Text.Json;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Companies;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Instruments;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Obligations.Changes;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.WhatIf;

/// <summary>Questions about what is not on record. Nothing is stored.</summary>
internal static class WhatIfEndpoints
{
    private const int MostFactTypes = 1000;
    private const int MostFacts = 1000;
    private const int MostMembers = 10_000;

    /// <summary>Maps the endpoints.</summary>
    public static void MapWhatIfEndpoints(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/applicability").WithTags("What if");
        group.MapPost("", ApplicabilityAsync).WithName("whatIf")
            .WithSummary("What would apply to a company with other facts, or if the law changed, and how that differs from what is on record")
            .WithDescription(
                "A profile from nothing, or a company's with some facts put in the place of its own; and developments that have not happened, held against the record as if "
                + "they were recorded: one that could not happen is a problem that points at it. Nothing is stored.")
            .WithBody<ApplicabilityBody>(
                """
                {
                  "companyId": "sc01-foreign-carmaker",
                  "facts": { "individuals_processed_cn": 1200000, "is_ciio": null },
                  "developments": [
                    {
                      "instrumentId": "cn-pipl",
                      "id": "suppose-art38-is-suspended",
                      "kind": "suspended",
                      "date": "2022-08-15",
                      "note": { "en": "Supposed: the transfer rules are suspended." },
                      "source": "A supposition, no law",
                      "confidence": "known",
                      "effects": [{ "kind": "suspend", "obligationId": "cn-pipl-art38", "order": "supposed", "from": "2022-09-01" }]
                    }
                  ],
                  "asOf": "2022-09-01",
                  "knownOn": "2022-09-01",
                  "status": ["applicable", "upcoming", "suspended"],
                  "limit": 20
                }
                """)
            .WithReadBarrier()
            .WithProblems(
                ProblemTypes.BothRecordingClocks, ProblemTypes.CompanyNotFound, ProblemTypes.Archived,
                ProblemTypes.UnknownFact, ProblemTypes.FactTypeMismatch, ProblemTypes.UnknownFactValue, ProblemTypes.DateOutOfRange, ProblemTypes.LimitExceeded)
            .WithRecordingProblems()
            .Produces<WhatIfPage>();
        group.MapPost("/evaluate", EvaluateAsync).WithName("evaluate")
            .WithSummary("Evaluate an expression in three-valued logic, with every step")
            .WithDescription(
                "Nothing is stored. A syntax or type error is a problem with line and column, and so is an expression that has no value for these facts, "
                + "such as a division by zero. docs/conditions.md describes the language.")
            .WithBody<EvaluateBody>(
                """
                {
                  "expression": "operates_in.covers(\"CN\") && individuals_processed_cn >= 1000000",
                  "facts": { "operates_in": ["CN-SH"], "individuals_processed_cn": null }
                }
                """)
            .WithReadBarrier()
            .WithProblems(
                ProblemTypes.ConditionInvalid, ProblemTypes.EvaluationError, ProblemTypes.UnknownFact, ProblemTypes.FactTypeMismatch, ProblemTypes.UnknownFactValue, ProblemTypes.DateOutOfRange, ProblemTypes.LimitExceeded)
            .Produces<EvaluateAnswer>();
        group.MapPost("/check", CheckAsync).WithName("checkExpression")
            .WithSummary("Look an expression over before it is recorded")
            .WithDescription(
                "Its type, the facts it reads, what it says in plain words, what could be said more simply, and what is probably a mistake: a part that is always "
                + "true or always false, a comparison outside the values that a fact can have, a value that a fact does not list. Nothing is stored.")
            .WithBody<CheckBody>(
                """
                {
                  "expression": "operates_in.covers(\"CN\") && !(individuals_processed_cn < 1000000) && individuals_processed_cn >= 0 && \"generative-ai\" in activities"
                }
                """)
            .WithReadBarrier()
            .WithProblems(ProblemTypes.ConditionInvalid, ProblemTypes.LimitExceeded)
            .Produces<CheckAnswer>();
    }

    private static async Task<IResult> ApplicabilityAsync(HttpContext context, CompanyAnswers answers, ReadBarrier barrier, CancellationToken cancellationToken)
    {
        await barrier.WaitAsync(context, cancellationToken);
        var body = await RequestBody.ReadAsync(context, ApiJson.Types.ApplicabilityBody);
        try
        {
            return Results.Json(await AnswerAsync(body, answers, cancellationToken), ApiJson.Types.WhatIfPage);
        }
        catch (ApiProblem problem) when (problem.Parameter is not null)
        {
            throw problem.InBody();
        }
    }

    private static async Task<WhatIfPage> AnswerAsync(ApplicabilityBody body, CompanyAnswers answers, CancellationToken cancellationToken)
    {
        var paging = Paging.From(body.Limit, body.Cursor, QuestionOf(body));
        var given = GivenClocks.Of(body.AsOf, body.KnownOn, body.RecordedAt, body.Position, body.TimeZone);
        var (supposed, actual) = await answers.SupposeAsync(
            body.CompanyId,
            paging.Pinned is { } pinned ? ObligationEndpoints.Pinned(pinned) : given,
            (profile, vocabulary) => Overridden(profile, body.Facts, vocabulary),
            [..(body.Developments ?? []).Select(d => (d.InstrumentId, d.ToDomain()))],
            cancellationToken);
        var page = ObligationList.Of(ObligationEndpoints.Echoing(supposed, paging), ObligationQuery.OfStatuses(body.Status ?? []), paging).ToBody();
        return new WhatIfPage(
            page.CompanyId, page.AsOf, page.KnownOn, page.RecordedAt, page.TimeZone, page.Position, paging.After is null ? Differences(actual, supposed) : [], page.Items, page.Next);
    }

    private static IReadOnlyList<DifferenceBody> Differences(CompanyQuestion actual, CompanyQuestion supposed)
    {
        var changes = actual.View.RuleById.Keys.Union(supposed.View.RuleById.Keys, StringComparer.Ordinal).Select(id => new AnswerChange(id, Answer(actual, id), Answer(supposed, id)));
        return [..AnswerChanges.Between(changes, id => Answer(supposed, id)).Select(c => DifferenceBody.For(c, supposed.View))];

        static ObligationAnswer? Answer(CompanyQuestion question, string id) => question.View.RuleById.TryGetValue(id, out var rule) ? question.Answer(rule) : null;
    }

    private static async Task<IResult> EvaluateAsync(
        HttpContext context, InstrumentCatalogue catalogue, ReadBarrier barrier, CancellationToken cancellationToken)
    {
        await barrier.WaitForLogAsync(context, cancellationToken);
        var body = await RequestBody.ReadAsync(context, ApiJson.Types.EvaluateBody);
        var vocabulary = await VocabularyAsync(body.FactTypes, catalogue, cancellationToken);
        var index = FactIndex.Of(vocabulary);
        var compiled = Condition.Compile(body.Expression, index);
        if (!compiled.IsValid)
        {
            throw Invalid(compiled.Error);
        }

        var facts = Checked(body.Facts, vocabulary).Select(f => KeyValuePair.Create(f.Fact, f.Value));
        var frame = FactFrame.Of(index, facts);
        var evaluation = compiled.Condition.EvaluateWithMissing(frame);
        if (evaluation.Error is { } error)
        {
            throw new ApiProblem(ProblemTypes.EvaluationError, error.Message) { Pointer = "/expression", Line = error.Line, Column = error.Column };
        }

        return Results.Json(
            new EvaluateAnswer(evaluation.Result, evaluation.MissingFacts, TraceBody.From(compiled.Condition.Trace(frame))), ApiJson.Types.EvaluateAnswer);
    }

    private static async Task<IResult> CheckAsync(
        HttpContext context, InstrumentCatalogue catalogue, ReadBarrier barrier, CancellationToken cancellationToken)
    {
        await barrier.WaitForLogAsync(context, cancellationToken);
        var body = await RequestBody.ReadAsync(context, ApiJson.Types.CheckBody);
        var result = ConditionCheck.Check(body.Expression, await VocabularyAsync(body.FactTypes, catalogue, cancellationToken));
        return result.IsValid ? Results.Json(CheckAnswer.From(result.Report), ApiJson.Types.CheckAnswer) : throw Invalid(result.Error);
    }

    private static async Task<FactVocabulary> VocabularyAsync(
        IReadOnlyDictionary<string, FactType>? factTypes, InstrumentCatalogue catalogue, CancellationToken cancellationToken)
    {
        if (factTypes?.Count > MostFactTypes)
        {
            throw new ApiProblem(ProblemTypes.LimitExceeded, $"At most {MostFactTypes} types of facts; these are {factTypes.Count}.") { Pointer = "/factTypes" };
        }

        return (await catalogue.HeadAsync(cancellationToken)).Vocabulary.With(factTypes ?? ImmutableDictionary<string, FactType>.Empty);
    }

    private static ApiProblem Invalid(ConditionError error) => new(ProblemTypes.ConditionInvalid, error.Message)
    {
        Pointer = "/expression",
        Line = error.Line,
        Column = error.Column,
        Expected = error.Expected,
    };

    private static CompanyProfile Overridden(CompanyProfile? profile, IReadOnlyDictionary<string, JsonElement>? facts, FactVocabulary vocabulary)
    {
        var start = profile ?? new CompanyProfile("", "", null, CompanyProfile.NoFacts, false);
        return start with { Facts = CompanyProfile.Declare(start.Facts, Checked(facts, vocabulary)) };
    }

    private static ImmutableArray<FactDeclaration> Checked(IReadOnlyDictionary<string, JsonElement>? facts, FactVocabulary vocabulary)
    {
        if (facts?.Count > MostFacts)
        {
            throw new ApiProblem(ProblemTypes.LimitExceeded, $"At most {MostFacts} facts in a question; these are {facts.Count}. Leave out those that are unknown.") { Pointer = "/facts" };
        }

        if (facts?.Values.Sum(v => v.ValueKind == JsonValueKind.Array ? v.GetArrayLength() : 0) is > MostMembers and var members)
        {
            throw new ApiProblem(ProblemTypes.LimitExceeded, $"At most {MostMembers} members of sets in a question; these are {members}.") { Pointer = "/facts" };
        }

        var given = GivenFacts.From(facts ?? ImmutableDictionary<string, JsonElement>.Empty);
        return FactChecking.Check(given, vocabulary, out var checkedFacts) is { } rejection ? throw ApiProblem.Of(rejection) : checkedFacts;
    }

    // What a cursor goes on with: the body without its clocks and its page.
    private static string QuestionOf(ApplicabilityBody body) => "what-if\n" + JsonSerializer.Serialize(
        body with { AsOf = null, KnownOn = null, RecordedAt = null, Position = null, TimeZone = null, Limit = null, Cursor = null }, ApiJson.Types.ApplicabilityBody);
}
