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
    public static string Malformed(JsonException e) =>
        $"The text is not well-formed JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} of the line. {Sentence(e.Message)}";

    /// <summary>The problem of a JSON text that does not say what it must.</summary>
    public static ApiProblem Invalid(JsonException e, JsonTypeInfo type)
    {
        var pointer = Pointer(e.Path ?? "$");
        if (Missing().Match(e.Message) is { Success: true } missing)
        {
            var names = missing.Groups["names"].Value.Replace("'", "", StringComparison.Ordinal);
            return Problem($"Missing: {names}.", pointer, [..names.Split(", ")]);
        }

        if (Unmapped().Match(e.Message) is { Success: true } unmapped)
        {
            var name = unmapped.Groups["name"].Value;
            var nearest = Nearest.To(name, MemberNames(type, unmapped.Groups["type"].Value));
            return Problem($"'{name}' is not a member of this object.{(nearest.IsEmpty ? "" : $" Did you mean {string.Join(" or ", nearest)}?")}", pointer, nearest);
        }

        if (Null().IsMatch(e.Message))
        {
            return Problem("The value must not be null.", pointer, []);
        }

        // Our own converters speak in sentences for clients; what else the serializer says names our types.
        return e.Message.Contains("ComplianceTracker", StringComparison.Ordinal) || e.Message.Contains("System.", StringComparison.Ordinal)
            ? Problem($"The value is not {Wanted(e.Message)}.", pointer, [])
            : Problem(Sentence(e.Message), pointer, []);
    }

    /// <summary>The same for what the serializer calls unsupported: it has the place in its message alone.</summary>
    public static ApiProblem Invalid(NotSupportedException e, JsonTypeInfo type) =>
        Invalid(new JsonException(e.Message, Place().Match(e.Message) is { Success: true } place ? place.Groups["path"].Value : "$", null, null), type);

    private static ApiProblem Problem(string detail, string pointer, ImmutableArray<string> expected) =>
        new(ProblemTypes.InvalidBody, detail) { Pointer = pointer, Expected = expected };

    private static string Sentence(string message)
    {
        var at = message.IndexOf(" Path: ", StringComparison.Ordinal);
        var cut = at < 0 ? message : message[..at];
        var line = cut.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        return (line < 0 ? cut : cut[..line]).TrimEnd(' ', '|');
    }

    private static string Wanted(string message) =>
        message.Contains("System.String", StringComparison.Ordinal) ? "a text"
        : message.Contains("System.Boolean", StringComparison.Ordinal) ? "true or false"
        : message.Contains("System.Int", StringComparison.Ordinal) ? "a whole number in range"
        : message.Contains("System.Double", StringComparison.Ordinal) ? "a number"
        : message.Contains("Array", StringComparison.Ordinal) || message.Contains("List", StringComparison.Ordinal) ? "a list"
        : message.Contains("discriminator", StringComparison.Ordinal) ? "one of the kinds there are; every effect has a 'kind'"
        : "of the form it must have here";

    private static IEnumerable<string> MemberNames(JsonTypeInfo root, string typeName)
    {
        // The message names the type; the context that read the root knows it too.
        var seen = new HashSet<Type>();
        var open = new Stack<Type>([root.Type]);
        while (open.TryPop(out var next))
        {
            if (!seen.Add(next) || !root.Options.TryGetTypeInfo(next, out var info))
            {
                continue;
            }

            if (next.FullName == typeName || next.ToString() == typeName)
            {
                return info.Properties.Select(p => p.Name);
            }

            foreach (var property in info.Properties)
            {
                open.Push(property.PropertyType);
            }

            if (info.ElementType is { } element)
            {
                open.Push(element);
            }

            foreach (var derived in info.PolymorphismOptions?.DerivedTypes ?? [])
            {
                open.Push(derived.DerivedType);
            }
        }

        return [];
    }

    // $.effects[0].from and $['odd name'] become /effects/0/from and /odd name.
    private static string Pointer(string path)
    {
        var pointer = new StringBuilder();
        foreach (Match step in Step().Matches(path))
        {
            var name = step.Groups["name"] is { Success: true } plain ? plain.Value
                : step.Groups["index"] is { Success: true } index ? index.Value
                : step.Groups["quoted"].Value;
            pointer.Append('/').Append(name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
        }

        return pointer.ToString();
    }

    [GeneratedRegex(@"missing required properties including: (?<names>.+?)\.(?: Path| \||$)")]
    private static partial Regex Missing();

    [GeneratedRegex(@"The JSON property '(?<name>.*)' could not be mapped to any \.NET member contained in type '(?<type>[^']*)'", RegexOptions.Singleline)]
    private static partial Regex Unmapped();

    [GeneratedRegex(@" Path: (?<path>\$.*?) \| LineNumber: ")]
    private static partial Regex Place();

    [GeneratedRegex(@"doesn't allow (?:setting )?null values|does not allow null")]
    private static partial Regex Null();

    [GeneratedRegex(@"\.(?<name>[^.\[]+)|\[(?<index>\d+)\]|\['(?<quoted>[^']*)'\]")]
    private static partial Regex Step();
}
