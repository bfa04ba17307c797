using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Domain.Common;

namespace ComplianceTracker.Api.Json;

/// <summary>Turns the serializer's complaints into problems a client can act on, without a word about our types.</summary>
internal static partial class JsonErrors
{
    /// <summary>What a reader said of a text that is no JSON.</summary>
    public static string Malformed(JsonException e)
    {
        if (Duplicate().Match(e.Message) is { Success: true } duplicate)
        {
            return $"The member '{duplicate.Groups["name"].Value}' stands more than once in one object.";
        }

        var where = e.LineNumber is { } line ? $": line {line + 1}, byte {e.BytePositionInLine + 1} of the line" : "";
        var why = Sentence(e.Message).Split(". ").Where(s => !ReaderJargon().IsMatch(s)).Select(s => " " + s.TrimEnd('.') + ".");
        return $"The body is not well-formed JSON{where}.{string.Concat(why)}";
    }

    /// <summary>The problem of a JSON text that does not say what it must.</summary>
    /// <param name="message">What the serializer said.</param>
    /// <param name="path">Where, as it writes paths; null where the message alone says it.</param>
    /// <param name="type">What was to be read.</param>
    /// <param name="body">What was given.</param>
    public static ApiProblem Invalid(string message, string? path, JsonTypeInfo type, JsonElement body)
    {
        var steps = Steps(path ?? (Where().Match(message) is { Success: true } where ? where.Groups["path"].Value : "$"));
        if (Missing().Match(message) is { Success: true } missing)
        {
            var names = missing.Groups["names"].Value.Replace("'", "", StringComparison.Ordinal);
            return Problem($"Missing: {names}.", steps, [..names.Split(", ")]);
        }

        if (Unmapped().Match(message) is { Success: true } unmapped)
        {
            return UnknownMember(unmapped.Groups["name"].Value, steps, type, body);
        }

        if (message.Contains("metadata", StringComparison.Ordinal) || message.Contains("discriminator", StringComparison.Ordinal))
        {
            return Kind(steps, type, body);
        }

        if (Null().IsMatch(message))
        {
            return Problem("The value must not be null.", steps, []);
        }

        // Our own converters speak in sentences for clients; what else the serializer says names our types.
        return OwnSentence().IsMatch(message)
            ? Problem(Sentence(message), steps, Words(message))
            : Problem($"The value is not {Wanted(TypeAt(steps, type, body))}.", steps, []);
    }

    /// <summary>A name as a JSON Pointer writes it.</summary>
    public static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static ApiProblem UnknownMember(string name, List<string> steps, JsonTypeInfo type, JsonElement body)
    {
        if (steps is not [.., var last] || last != name)
        {
            steps = [..steps, name];
        }

        var nearest = Nearest.To(name, TypeAt(steps[..^1], type, body)?.Properties.Select(p => p.Name) ?? []);
        return Problem($"'{name}' is not a member of this object.{(nearest.IsEmpty ? "" : $" Did you mean {string.Join(" or ", nearest)}?")}", steps, nearest);
    }

    // An object that has one of several shapes names it; here the name is missing, none of those there are, or something like $type.
    private static ApiProblem Kind(List<string> steps, JsonTypeInfo type, JsonElement body)
    {
        if (steps is [.., ['$', ..] reserved])
        {
            return UnknownMember(reserved, steps, type, body);
        }

        var (node, info, depth) = Walk(steps, type, body, resolve: false);
        steps = steps[..depth];
        var name = info?.PolymorphismOptions?.TypeDiscriminatorPropertyName ?? "kind";
        var kinds = (info?.PolymorphismOptions?.DerivedTypes ?? []).Select(d => (string)d.TypeDiscriminator!).ToImmutableArray();
        if (node.ValueKind != JsonValueKind.Object || !node.TryGetProperty(name, out var given))
        {
            return Problem($"Missing: {name}, one of {string.Join(", ", kinds)}.", steps, [name]);
        }

        return Problem($"The value is not one of: {string.Join(", ", kinds)}.", [..steps, name], given.ValueKind == JsonValueKind.String && Nearest.To(given.GetString()!, kinds) is { IsEmpty: false } nearest ? nearest : kinds);
    }

    private static ApiProblem Problem(string detail, List<string> steps, ImmutableArray<string> expected) =>
        new(ProblemTypes.InvalidBody, detail) { Pointer = string.Concat(steps.Select(s => "/" + Escape(s))), Expected = expected };

    private static string Sentence(string message)
    {
        var at = message.IndexOf(" Path: ", StringComparison.Ordinal);
        var cut = at < 0 ? message : message[..at];
        var line = cut.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        return (line < 0 ? cut : cut[..line]).TrimEnd(' ', '|');
    }

    private static ImmutableArray<string> Words(string message) =>
        Sentence(message) is var sentence && sentence.IndexOf("one of: ", StringComparison.Ordinal) is var at and >= 0
            ? [..sentence[(at + 8)..].TrimEnd('.').Split(", ")]
            : [];

    private static string Wanted(JsonTypeInfo? info)
    {
        var type = info is null ? null : Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        return type == typeof(string) ? "a text"
            : type == typeof(bool) ? "true or false"
            : type == typeof(int) ? $"a whole number from {int.MinValue} to {int.MaxValue}"
            : type == typeof(long) ? "a whole number of at most 64 bits"
            : type == typeof(double) ? "a number"
            : info?.Kind switch
            {
                JsonTypeInfoKind.Enumerable => "a list",
                JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "an object",
                _ => "of the form it must have here",
            };
    }

    private static JsonTypeInfo? TypeAt(List<string> steps, JsonTypeInfo type, JsonElement body) => Walk(steps, type, body, resolve: true).Type;

    /// <summary>Goes the steps in what was given and in what was to be read side by side.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="type">The type of the whole.</param>
    /// <param name="body">The whole.</param>
    /// <param name="resolve">False: stop at the last object that names its kind, before its kind is looked up.</param>
    private static (JsonElement Node, JsonTypeInfo? Type, int Depth) Walk(List<string> steps, JsonTypeInfo type, JsonElement body, bool resolve)
    {
        var (node, info, polymorphic) = (body, (JsonTypeInfo?)type, default((JsonElement, JsonTypeInfo?, int)?));
        for (var i = 0; ; i++)
        {
            if (info?.PolymorphismOptions is { } options)
            {
                polymorphic = (node, info, i);
                info = Derived(node, options) is { } derived ? info.Options.GetTypeInfo(derived) : info;
            }

            if (i == steps.Count || info is null)
            {
                return !resolve && polymorphic is { } found ? found : (node, info, i);
            }

            var next = info.Kind == JsonTypeInfoKind.Object ? info.Properties.FirstOrDefault(p => p.Name == steps[i])?.PropertyType : info.ElementType;
            node = Child(node, steps[i]);
            info = next is null ? null : info.Options.GetTypeInfo(next);
        }
    }

    private static Type? Derived(JsonElement node, JsonPolymorphismOptions options) =>
        node.ValueKind == JsonValueKind.Object && node.TryGetProperty(options.TypeDiscriminatorPropertyName, out var kind) && kind.ValueKind == JsonValueKind.String
            ? options.DerivedTypes.FirstOrDefault(d => Equals(d.TypeDiscriminator, kind.GetString())).DerivedType
            : null;

    private static JsonElement Child(JsonElement node, string step) => node.ValueKind switch
    {
        JsonValueKind.Object when node.TryGetProperty(step, out var member) => member,
        JsonValueKind.Array when int.TryParse(step, out var index) && index < node.GetArrayLength() => node[index],
        _ => default,
    };

    // $.effects[0].from and $['odd name'] are the steps effects, 0, from and odd name.
    private static List<string> Steps(string path) =>
        [..Step().Matches(path).Select(step => step.Groups["name"] is { Success: true } plain ? plain.Value
            : step.Groups["index"] is { Success: true } index ? index.Value
            : step.Groups["quoted"].Value)];

    [GeneratedRegex(@"missing required properties including: (?<names>.+?)\.(?: Path| \||$)")]
    private static partial Regex Missing();

    [GeneratedRegex(@"The JSON property '(?<name>.*)' could not be mapped to any \.NET member contained in type '(?<type>[^']*)'", RegexOptions.Singleline)]
    private static partial Regex Unmapped();

    [GeneratedRegex(@"Duplicate property '(?<name>.*)' encountered", RegexOptions.Singleline)]
    private static partial Regex Duplicate();

    [GeneratedRegex(@"doesn't allow (?:setting )?null values|does not allow null")]
    private static partial Regex Null();

    [GeneratedRegex(@"^(?:The value is not|A text) ")]
    private static partial Regex OwnSentence();

    [GeneratedRegex(@"isFinalBlock|reader options|this mode|LineNumber")]
    private static partial Regex ReaderJargon();

    [GeneratedRegex(@" Path: (?<path>.*?) \| LineNumber", RegexOptions.Singleline)]
    private static partial Regex Where();

    [GeneratedRegex(@"\.(?<name>[^.\[]+)|\[(?<index>\d+)\]|\['(?<quoted>.*?)'\](?=$|[.\[])", RegexOptions.Singleline)]
    private static partial Regex Step();
}
