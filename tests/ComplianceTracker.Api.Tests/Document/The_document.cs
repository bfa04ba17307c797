using System.Text.Json.Nodes;
using ComplianceTracker.Api.Obligations.Changes;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Api.Webhooks.Delivering;
using ComplianceTracker.Api.Webhooks.Endpoints;
using ComplianceTracker.Domain.Changes;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Explanations;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Search;
using ComplianceTracker.Domain.Vocabulary;
using ComplianceTracker.EventStore.Parking;

namespace ComplianceTracker.Api.Tests.Document;

public sealed class The_document(SeededService seeded) : IClassFixture<SeededService>
{
    [Fact]
    public async Task Tells_of_every_operation_its_id_summary_description_and_one_declared_tag()
    {
        var document = await FetchAsync();
        var tags = document.Root["tags"]!.AsArray().ToDictionary(t => (string)t!["name"]!, t => (string)t!["description"]!);

        document.Operations.Count.ShouldBeGreaterThan(20);
        document.Operations.Select(o => o.Id).ShouldBeUnique();
        foreach (var operation in document.Operations)
        {
            operation.Id.ShouldNotBeNullOrEmpty();
            ((string?)operation.Node["summary"]).ShouldNotBeNullOrEmpty(operation.Id);
            ((string?)operation.Node["description"]).ShouldNotBeNullOrEmpty(operation.Id);
            operation.Node["tags"]!.AsArray().Count.ShouldBe(1, operation.Id);
            tags[(string)operation.Node["tags"]![0]!].ShouldNotBeNullOrEmpty();
        }
    }

    [Fact]
    public async Task Says_that_it_is_no_legal_advice_and_has_no_access_control()
    {
        var root = (await FetchAsync()).Root;

        ((string)root["info"]!["description"]!).ShouldContain("Facts, not legal advice");
        root["security"]!.ToJsonString().ShouldBe("[{}]");
        ((string)root["servers"]![0]!["url"]!).ShouldBe("/");
        ((string?)root["info"]!["license"]!["name"]).ShouldNotBeNull();
        ((string?)root["info"]!["contact"]!["name"]).ShouldNotBeNull();
    }

    [Fact]
    public async Task Describes_every_parameter_with_schema_and_example()
    {
        foreach (var operation in (await FetchAsync()).Operations)
        {
            foreach (var parameter in operation.Parameters)
            {
                var name = $"{operation.Id}.{parameter["name"]}";
                ((string?)parameter["description"]).ShouldNotBeNullOrEmpty(name);
                parameter["schema"]!["type"].ShouldNotBeNull(name);
                (parameter["example"] ?? parameter["schema"]!["examples"]).ShouldNotBeNull(name);
            }
        }
    }

    [Fact]
    public async Task Knows_every_parameter_of_the_main_question()
    {
        var operation = (await FetchAsync()).Operations.Single(o => o.Id == "listObligations");

        operation.Parameters.Select(p => (string)p["name"]!).ShouldBe(
            ["id", "asOf", "knownOn", "recordedAt", "position", "timeZone", "status", "category", "jurisdiction", "instrument", "minPosition", "Prefer", "limit", "cursor"],
            ignoreOrder: true);
    }

    [Fact]
    public async Task Gives_examples_of_every_body()
    {
        foreach (var operation in (await FetchAsync()).Operations)
        {
            if (operation.Node["requestBody"] is { } body)
            {
                foreach (var (mediaType, content) in body["content"]!.AsObject())
                {
                    content!["example"].ShouldNotBeNull($"{operation.Id} {mediaType}");
                }
            }

            foreach (var status in operation.SuccessStatuses.Where(s => s != 204))
            {
                operation.Responses[status.ToString()]!["content"]!["application/json"]!["example"].ShouldNotBeNull($"{operation.Id} {status}");
            }
        }
    }

    [Fact]
    public async Task Shows_the_live_stream_as_text()
    {
        var stream = (await FetchAsync()).Operations.Single(o => o.Id == "listEvents").Responses["200"]!["content"]!["text/event-stream"]!;

        ((string)stream["schema"]!["type"]!).ShouldBe("string");
        ((string)stream["example"]!).ShouldStartWith("id: ");
    }

    [Fact]
    public async Task Lists_the_errors_of_every_operation_as_problems()
    {
        foreach (var operation in (await FetchAsync()).Operations)
        {
            var errors = operation.Responses.Where(r => int.Parse(r.Key) >= 400).ToList();
            string[] least = operation.Id == "live" ? ["400", "406", "500"] : ["400", "406", "500", "503"];
            least.ShouldBeSubsetOf(errors.Select(e => e.Key), operation.Id);
            if (operation.Node["requestBody"] is not null)
            {
                new[] { "400", "413", "415", "422" }.ShouldBeSubsetOf(errors.Select(e => e.Key), operation.Id);
            }

            foreach (var (status, error) in errors)
            {
                var content = error!["content"]!.AsObject();
                content.Select(c => c.Key).ShouldBe(["application/problem+json"], $"{operation.Id} {status}");
                ((string)content["application/problem+json"]!["schema"]!["$ref"]!).ShouldBe("#/components/schemas/ProblemBody");
                foreach (var (_, example) in content["application/problem+json"]!["examples"]!.AsObject())
                {
                    ((int)example!["value"]!["status"]!).ShouldBe(int.Parse(status));
                }
            }
        }
    }

    [Fact]
    public async Task Refers_to_nothing_that_is_not_there()
    {
        var document = await FetchAsync();
        foreach (var (pointer, node) in ServedDocument.Nodes(document.Root).Where(n => !n.Pointer.Contains("/example/") && (n.Pointer.EndsWith("/$ref", StringComparison.Ordinal) || n.Pointer.Contains("/discriminator/mapping/"))))
        {
            var target = ((string)node!).TrimStart('#', '/').Split('/').Aggregate(document.Root, (at, step) => at?[step]!);
            target.ShouldNotBeNull($"{pointer} refers to {node}");
        }
    }

    [Fact]
    public async Task Writes_enumerations_in_the_domains_words()
    {
        var schemas = (await FetchAsync()).Root["components"]!["schemas"]!.AsObject();
        var words = new Dictionary<string, IEnumerable<string>>
        {
            ["DevelopmentKind"] = Words.All<DevelopmentKind>(),
            ["Confidence"] = Words.All<Confidence>(),
            ["ObligationNature"] = Words.All<ObligationNature>(),
            ["DutyKind"] = Words.All<DutyKind>(),
            ["FactType"] = Words.All<FactType>(),
            ["Stage"] = Words.All<Stage>(),
            ["Status"] = Words.All<Status>(),
            ["Truth"] = Words.All<Truth>(),
            ["ConsequenceKind"] = Words.All<ConsequenceKind>(),
            ["ConditionWarningKind"] = Words.All<ConditionWarningKind>(),
            ["Deed"] = Words.All<Deed>(),
            ["ChangeKind"] = Words.All<ChangeKind>(),
            ["CauseKind"] = Words.All<CauseKind>(),
            ["SearchField"] = Words.All<SearchField>(),
            ["ParkedState"] = Words.All<ParkedState>(),
            ["ParkedAction"] = Words.All<ParkedAction>(),
            ["EndpointState"] = Words.All<EndpointState>(),
            ["DeliveryKind"] = Words.All<DeliveryKind>(),
            ["DeliveryState"] = Words.All<DeliveryState>(),
        };

        schemas.Where(s => s.Value!["enum"] is not null).ToDictionary(s => s.Key, s => s.Value!["enum"]!.AsArray().Select(w => (string)w!).Aggregate((all, word) => $"{all} {word}"))
            .ShouldBe(words.ToDictionary(w => w.Key, w => string.Join(' ', w.Value)), ignoreOrder: true);
    }

    [Fact]
    public async Task Describes_every_schema_and_every_member()
    {
        foreach (var (name, schema) in (await FetchAsync()).Root["components"]!["schemas"]!.AsObject())
        {
            ((string?)schema!["description"]).ShouldNotBeNullOrEmpty(name);
            foreach (var (member, memberSchema) in schema["properties"]?.AsObject() ?? [])
            {
                ((string?)memberSchema!["description"]).ShouldNotBeNullOrEmpty($"{name}.{member}");
            }
        }
    }

    [Fact]
    public async Task Tells_effects_apart_by_their_kind()
    {
        var schemas = (await FetchAsync()).Root["components"]!["schemas"]!;
        var effect = schemas["EffectBody"]!;

        ((string)effect["discriminator"]!["propertyName"]!).ShouldBe("kind");
        effect["oneOf"]!.AsArray().Count.ShouldBe(12);
        foreach (var (kind, reference) in effect["discriminator"]!["mapping"]!.AsObject())
        {
            var shape = schemas[((string)reference!).Split('/')[^1]]!;
            shape["properties"]!["kind"]!["enum"]!.AsArray().Single()!.ToString().ShouldBe(kind);
            shape["required"]!.AsArray().Select(r => (string)r!).ShouldContain("kind");
        }
    }

    [Fact]
    public async Task Says_what_the_serializer_does_about_null_and_left_out_members()
    {
        var schemas = (await FetchAsync()).Root["components"]!["schemas"]!;

        schemas["ObligationPage"]!["properties"]!["next"]!["type"]!.ToJsonString().ShouldBe("""["null","string"]""");
        ((string)schemas["ObligationPage"]!["properties"]!["timeZone"]!["type"]!).ShouldBe("string");
        schemas["ObligationPage"]!["required"]!.AsArray().Count.ShouldBe(schemas["ObligationPage"]!["properties"]!.AsObject().Count);
        schemas["ObligationItem"]!["properties"]!["penalty"]!["oneOf"]!.AsArray().Count.ShouldBe(2);
        ((string)schemas["ObligationItem"]!["properties"]!["from"]!["format"]!).ShouldBe("date");
        schemas["CompanyBody"]!["required"]!.ToJsonString().ShouldBe("""["name","facts"]""");
        ((bool)schemas["CompanyBody"]!["additionalProperties"]!).ShouldBeFalse();
        ((string)schemas["CompanyBody"]!["properties"]!["facts"]!["additionalProperties"]!["$ref"]!).ShouldEndWith("/FactValue");
        schemas["FactValue"]!["anyOf"]!.AsArray().Count.ShouldBe(6);
        ((string)schemas["LangText"]!["additionalProperties"]!["type"]!).ShouldBe("string");
    }

    private Task<ServedDocument> FetchAsync() => ServedDocument.FetchAsync(seeded.Service);
}
