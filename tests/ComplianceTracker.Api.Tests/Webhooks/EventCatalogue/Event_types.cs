using System.Text.Json.Nodes;
using ComplianceTracker.Api.Feed;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Api.Tests.Webhooks.Support;
using ComplianceTracker.Api.Webhooks.EventCatalogue;
using ComplianceTracker.EventStore;
using NJsonSchema;

namespace ComplianceTracker.Api.Tests.Webhooks.EventCatalogue;

/// <summary>Every type that is delivered has a page with an example and a schema that tells right from wrong.</summary>
public sealed class Event_types(SubscribedService subscribed) : IClassFixture<SubscribedService>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_stored_type_that_is_delivered_is_listed_and_nothing_else()
    {
        var listed = (await ListAsync()).Select(i => (string)i!["type"]!).ToList();

        listed.Count.ShouldBe(21 + 13 + 5);
        listed.ShouldBeUnique();
        EventTypes.Registry.CurrentNames.Select(name => CloudEvents.NameOf(name)).Where(n => CloudEvents.HasSchema(n.Type)).ShouldAllBe(n => listed.Contains(n.Type) && n.Version == "1");
        listed.ShouldAllBe(type => CloudEvents.HasSchema(type));
    }

    [Fact]
    public async Task Every_example_is_a_CloudEvent_that_its_schema_accepts_and_without_a_member_or_with_a_wrong_one_does_not()
    {
        foreach (var item in await ListAsync())
        {
            var type = (string)item!["type"]!;
            var example = item["exampleEvent"]!;
            ((string)item["description"]!).ShouldNotBeNullOrEmpty();
            ((string)example["type"]!).ShouldBe(type);
            ((string)example["dataschema"]!).ShouldBe((string)item["dataschema"]!);
            var schema = await SchemaAsync((string)item["dataschema"]!);

            schema.Validate(example.ToJsonString()).ShouldBeEmpty($"{type}: {example}");
            foreach (var broken in Broken(example))
            {
                schema.Validate(broken.ToJsonString()).ShouldNotBeEmpty($"{type}: {broken}");
            }
        }
    }

    [Fact]
    public async Task Schemas_are_served_at_their_address_as_schemas_and_leave_no_member_untyped()
    {
        foreach (var item in await ListAsync())
        {
            var address = (string)item!["dataschema"]!;
            using var response = await subscribed.Service.Client.GetAsync(address, Token);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/schema+json");
            var schema = JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!;
            ((string)schema["$id"]!).ShouldBe(address);
            ((string)schema["$schema"]!).ShouldBe("https://json-schema.org/draft/2020-12/schema");
            schema["properties"]!["type"]!["const"]!.ToString().ShouldBe((string)item["type"]!);
            AllTyped(schema, schema, "#");
        }
    }

    [Fact]
    public async Task What_is_recorded_is_accepted_by_the_schema_that_it_names()
    {
        var instruments = 0;
        foreach (var e in (await subscribed.Service.GetAsync("/events?limit=1000"))["items"]!.AsArray().Where(e => e!["dataschema"] is not null))
        {
            (await SchemaAsync((string)e!["dataschema"]!)).Validate(e.ToJsonString()).ShouldBeEmpty(e.ToJsonString());
            instruments++;
        }

        instruments.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("obligation.aplicable/v1", "obligation.applicable")]
    [InlineData("obligation.applicable/v2", "obligation.applicable")]
    [InlineData("obligation.applicable/vv1", "obligation.applicable")]
    [InlineData("obligation.applicable/1", "obligation.applicable")]
    [InlineData("instrument.registered/v1", "")]
    [InlineData("company.registered/v1", "")]
    public async Task A_type_that_is_not_there_is_a_404_with_the_nearest(string path, string nearest)
    {
        var problem = await subscribed.Service.AskAsync($"/webhooks/event-types/{path}", 404);

        ((string)problem["type"]!).ShouldEndWith("/event-type-not-found");
        if (nearest.Length > 0)
        {
            problem["expected"]!.AsArray().Select(n => (string)n!).ShouldContain(nearest);
        }
    }

    [Fact]
    public async Task A_client_that_asks_for_plain_JSON_gets_it()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/webhooks/event-types/endpoint.test/v1");
        request.Headers.Add("Accept", "application/json");
        using var response = await subscribed.Service.Client.SendAsync(request, Token);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        response.Headers.Vary.ShouldBe(["Accept"]);
    }

    // One change each, in the frame and wherever the data has a member.
    private static IEnumerable<JsonNode> Broken(JsonNode example)
    {
        foreach (var member in (string[])["id", "source", "type", "specversion", "time", "data", "sequence"])
        {
            var without = example.DeepClone();
            without.AsObject().Remove(member);
            yield return without;
        }

        foreach (var (pointer, node) in Document.ServedDocument.Nodes(example["data"]!).Where(n => n.Pointer.Length > 0))
        {
            var wrong = example.DeepClone();
            var parent = pointer[..pointer.LastIndexOf('/')].Split('/', StringSplitOptions.RemoveEmptyEntries)
                .Aggregate(wrong["data"]!, (at, step) => at is JsonArray items ? items[int.Parse(step)]! : at[step]!);
            if (parent is JsonObject members)
            {
                // Nothing holds an array in an array, or a number where an object or text is.
                members[pointer[(pointer.LastIndexOf('/') + 1)..]] = node is JsonArray ? 1.5 : new JsonArray(new JsonArray());
                yield return wrong;
            }
        }
    }

    private static void AllTyped(JsonNode schema, JsonNode root, string at)
    {
        if ((string?)schema["$ref"] is { } reference)
        {
            var target = reference.TrimStart('#', '/').Split('/').Aggregate(root, (node, step) => (node is JsonArray items ? items[int.Parse(step)] : node[step])!);
            target.ShouldNotBeNull($"{at} refers to {reference}");
            return;
        }

        (schema is JsonObject && (schema["type"] ?? schema["const"] ?? schema["anyOf"] ?? schema["enum"]) is not null).ShouldBeTrue($"{at} is untyped: {schema}");
        foreach (var (name, member) in schema["properties"]?.AsObject() ?? [])
        {
            AllTyped(member!, root, $"{at}/properties/{name}");
        }

        foreach (var (one, i) in (schema["anyOf"]?.AsArray() ?? []).Select((one, i) => (one, i)))
        {
            if (one!["properties"] is not null)
            {
                foreach (var (name, member) in one["properties"]!.AsObject())
                {
                    AllTyped(member!, root, $"{at}/anyOf/{i}/properties/{name}");
                }
            }
        }

        if (schema["items"] is { } items)
        {
            AllTyped(items, root, $"{at}/items");
        }
    }

    private async Task<JsonArray> ListAsync() => (await subscribed.Service.GetAsync("/webhooks/event-types"))["items"]!.AsArray();

    private async Task<JsonSchema> SchemaAsync(string address)
    {
        var schema = JsonNode.Parse(await subscribed.Service.Client.GetStringAsync(address, Token))!;

        // The validator knows the drafts before this one: a constant is there an enumeration of one, and $id moves references.
        foreach (var (_, node) in Document.ServedDocument.Nodes(schema).ToList())
        {
            if (node is JsonObject members && members["const"] is JsonValue constant)
            {
                members.Remove("const");
                members["enum"] = new JsonArray(constant.DeepClone());
            }
        }

        schema.AsObject().Remove("$id");
        return await JsonSchema.FromJsonAsync(schema.ToJsonString(), Token);
    }
}
