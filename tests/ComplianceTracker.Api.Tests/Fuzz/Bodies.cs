using System.Text;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Document;
using FsCheck;
using FsCheck.Fluent;

namespace ComplianceTracker.Api.Tests.Fuzz;

/// <summary>Request bodies from the document's schemas and examples: right, nearly right and garbage.</summary>
internal sealed class Bodies(ServedDocument document, Known known)
{
    private const int Deepest = 6;

    /// <summary>Bodies for a media type of an operation.</summary>
    public Gen<byte[]> Of(JsonNode media)
    {
        var example = media["example"]!;
        if (example is JsonValue text)
        {
            return Lines((string)text!);
        }

        var renamed = Renamed(example);
        var shaped = Of(media["schema"]!, "", 0);
        var nodes = Gen.Frequency(
            (3, renamed),
            (4, Reworded(renamed)),
            (4, Mutated(renamed, 1, 3)),
            (4, shaped),
            (4, Mutated(shaped, 1, 2)),
            (1, Odd.Json));
        return Gen.Frequency((14, nodes.Select(n => Encoding.UTF8.GetBytes(Odd.Write(n)))), (3, Damaged(nodes)), (1, Garbage));
    }

    /// <summary>JSON as the schema has it.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="name">The member's name: it says which words fit.</param>
    /// <param name="depth">How deep in the body.</param>
    public Gen<JsonNode?> Of(JsonNode schema, string name, int depth)
    {
        if (name == "facts" && Types(schema).Contains("object"))
        {
            return known.Facts();
        }

        if ((string?)schema["$ref"] is { } reference)
        {
            return Of(document.Root["components"]!["schemas"]![reference.Split('/')[^1]]!, name, depth);
        }

        if ((schema["oneOf"] ?? schema["anyOf"]) is JsonArray choices)
        {
            return Gen.Choose(0, choices.Count - 1).SelectMany(i => Of(choices[i]!, name, depth));
        }

        if (schema["enum"] is JsonArray words)
        {
            return Gen.Elements([..words.Select(w => (string)w!)]).Select(JsonNode? (w) => w);
        }

        return Gen.Elements(Types(schema)).SelectMany(type => OfType(type, schema, name, depth));
    }

    private Gen<JsonNode?> OfType(string type, JsonNode schema, string name, int depth) => type switch
    {
        "null" => Gen.Constant<JsonNode?>(null),
        "boolean" => Gen.Elements(true, false).Select(JsonNode? (b) => b),
        "integer" => Gen.Choose(0, 1000).Select(JsonNode? (n) => n),
        "number" => Gen.Choose(-1000, 1000).Select(JsonNode? (n) => n / 8.0),
        "array" => depth > Deepest
            ? Gen.Constant<JsonNode?>(new JsonArray())
            : Odd.ArrayOf(Of(schema["items"] ?? new JsonObject { ["type"] = "string" }, name, depth + 1), 3).Select(JsonNode? (items) => new JsonArray([..items.Select(i => i?.DeepClone())])),
        "object" => OfObject(schema, depth),
        _ => Texts(schema, name).Select(JsonNode? (t) => t),
    };

    private Gen<string> Texts(JsonNode schema, string name) => (string?)schema["format"] switch
    {
        "date" => Odd.Day,
        "date-time" => Odd.Instant,
        _ => Gen.Frequency((5, known.Word(name)), (2, Odd.Text)),
    };

    private Gen<JsonNode?> OfObject(JsonNode schema, int depth)
    {
        var required = schema["required"]?.AsArray().Select(r => (string)r!).ToHashSet() ?? [];
        var members = Gen.Constant(new JsonObject());
        foreach (var (name, member) in schema["properties"]?.AsObject() ?? [])
        {
            var isNeeded = required.Contains(name);
            members = from so_far in members
                      from wanted in Gen.Choose(0, depth > Deepest ? 0 : 9)
                      from value in isNeeded || wanted > 5 ? Of(member!, name, depth + 1) : Gen.Constant<JsonNode?>(null)
                      select isNeeded || wanted > 5 ? With(so_far, name, value) : so_far;
        }

        return schema["additionalProperties"] is JsonObject values
            ? from so_far in members
              from names in Odd.ArrayOf(Gen.OneOf(known.Word("fact"), Gen.Elements("en", "zh", "x"), Odd.Text), 3)
              from each in Of(values, "", depth + 1).ArrayOf(names.Length)
              select (JsonNode?)names.Zip(each).Aggregate(so_far, (o, m) => With(o, m.First, m.Second))
            : members.Select(JsonNode? (o) => o);
    }

    private static string[] Types(JsonNode schema) => schema["type"] switch
    {
        null => ["object", "string", "integer"],
        JsonArray several => [..several.Select(t => (string)t!)],
        var one => [(string)one!],
    };

    private static JsonObject With(JsonObject members, string name, JsonNode? value)
    {
        var copy = (JsonObject)members.DeepClone();
        copy[name] = value?.DeepClone();
        return copy;
    }

    // The example again and again under other ids, of one law in the whole body.
    private static Gen<JsonNode?> Renamed(JsonNode example) =>
        from law in Gen.Choose(1, 60)
        from step in Gen.Choose(1, 200)
        select JsonNode.Parse(example.ToJsonString()
            .Replace("aq-example-act-2030-06-01-amended", $"step-{step}", StringComparison.Ordinal)
            .Replace("aq-example-act", $"fuzz-law-{law}", StringComparison.Ordinal));

    // Other words and nothing else, which is what most members take whatever the words are.
    private static Gen<JsonNode?> Reworded(Gen<JsonNode?> nodes) =>
        from node in nodes
        from changes in (from at in Gen.Choose(0, int.MaxValue) from text in Odd.Text select (at, text)).ArrayOf(2)
        select changes.Aggregate(node, (root, c) =>
        {
            var texts = ServedDocument.Nodes(root!).Where(n => n.Node.GetValueKind() == System.Text.Json.JsonValueKind.String && n.Node.Parent is not null).ToList();
            texts[c.at % texts.Count].Node.ReplaceWith(c.text);
            return root;
        });

    private static Gen<JsonNode?> Mutated(Gen<JsonNode?> nodes, int least, int most) =>
        from node in nodes
        from times in Gen.Choose(least, most)
        from changes in (from at in Gen.Choose(0, int.MaxValue) from how in Gen.Choose(0, 6) from odd in Odd.Json from name in Odd.Text select (at, how, odd, name)).ArrayOf(times)
        select changes.Aggregate(node?.DeepClone(), (n, c) => Mutate(n, c.at, c.how, c.odd?.DeepClone(), c.name));

    private static JsonNode? Mutate(JsonNode? root, int at, int how, JsonNode? odd, string name)
    {
        if (root is null)
        {
            return odd;
        }

        var nodes = ServedDocument.Nodes(root).Select(n => n.Node).ToList();
        var node = nodes[at % nodes.Count];
        switch (node, node.Parent, how)
        {
            case (JsonObject members, _, 0):
                members[name] = odd;
                return root;
            case (JsonArray items, _, 0 or 1):
                items.Add(odd);
                return root;
            case (_, JsonObject parent, 2 or 3):
                parent.Remove(node.GetPropertyName());
                return root;
            case (_, JsonObject parent, 4):
                parent[name] = node.DeepClone();
                return root;
            case (_, JsonArray parent, 2 or 3 or 4):
                parent.Add(node.DeepClone());
                return root;
            case (_, null, _):
                return odd;
            default:
                node.ReplaceWith(odd);
                return root;
        }
    }

    // Lines of the example and others in any order and number, whole or cut anywhere.
    private static Gen<byte[]> Lines(string example)
    {
        var lines = example.Split('\n');
        var line = Gen.Frequency((8, Gen.Elements(lines)), (1, Odd.Text), (1, Odd.Json.Select(Odd.Write)), (1, Gen.Constant("")));
        var text = from number in Gen.Choose(1, 60)
                   from first in Gen.Frequency((4, Gen.Constant(lines[0])), (1, line))
                   from rest in Odd.ArrayOf(line, 6)
                   from end in Gen.Elements("\n", "\r\n", "\r")
                   select Encoding.UTF8.GetBytes(string.Join(end, rest.Prepend(first)).Replace("import-", $"fuzz-{number}-", StringComparison.Ordinal));
        var cut = from bytes in text from at in Gen.Choose(0, bytes.Length) select bytes[..at];
        return Gen.Frequency((12, text), (3, cut), (1, Garbage));
    }

    private static readonly Gen<byte[]> Garbage = Gen.OneOf(
        Odd.ArrayOf(Gen.Choose(0, 255).Select(b => (byte)b), 60),
        Gen.Elements("", " ", "\uFEFF", "{", "}", "[", "\"", "{\"", "{}{}", "{}x", "//", "/*x*/{}", "NaN", "\0", "a=b&c=d", "<a/>", "--x\r\n", "1,2\n3,4").Select(Encoding.UTF8.GetBytes),
        Gen.Choose(100, 100000).Select(n => Enumerable.Repeat((byte)'[', n).ToArray()),
        Gen.Choose(100, 100000).Select(n => Encoding.UTF8.GetBytes($"\"{new string('x', n)}\"")));

    // Cut, with a byte changed, with bytes that are no UTF-8, with a member twice.
    private static Gen<byte[]> Damaged(Gen<JsonNode?> nodes) =>
        from bytes in nodes.Select(n => Encoding.UTF8.GetBytes(Odd.Write(n)))
        from at in Gen.Choose(0, Math.Max(0, bytes.Length - 1))
        from how in Gen.Choose(0, 3)
        from value in Gen.Choose(0, 255)
        select how switch
        {
            0 => bytes[..at],
            1 => [..bytes[..at], (byte)value, ..bytes.Skip(at + 1)],
            2 => [..bytes[..at], 0xED, 0xA0, 0x80, ..bytes.Skip(at)],
            _ => Doubled(bytes),
        };

    private static byte[] Doubled(byte[] bytes) => Encoding.UTF8.GetString(bytes) is var text && text.IndexOf('"') is var from and >= 0 && text.IndexOf(':', from) is var to and >= 0
        ? Encoding.UTF8.GetBytes($"{text[..from]}{text[from..to]}:null,{text[from..]}")
        : bytes;
}
