using ComplianceTracker.Domain.Conditions;
using FsCheck;
using FsCheck.Fluent;

namespace ComplianceTracker.Domain.Tests.Conditions;

/// <summary>Random well-typed texts of the whole language over the sample vocabulary: arithmetic, lists, maps, macros, conversions, failures.</summary>
internal static class WideTrees
{
    private static readonly string[] NoItems = [];

    /// <summary>Texts that are bools.</summary>
    public static Gen<string> Truths => Gen.Sized(size => Bools(Math.Min(size, 24), new Items(NoItems, NoItems)));

    /// <summary>Texts that compile; very few ask for more steps than are allowed.</summary>
    public static Gen<Condition> Conditions => Truths
        .Select(text => Condition.Compile(text, Sample.Index))
        .Where(result => result.IsValid)
        .Select(result => result.Condition!);

    private sealed record Items(string[] Ints, string[] Texts);

    /// <summary>One of the forms; only the one that is drawn is built, since each is built of many.</summary>
    private static Gen<string> Any(params Func<Gen<string>>[] forms) => Gen.Choose(0, forms.Length - 1).SelectMany(i => forms[i]());

    private static Gen<string> Join(string form, params Gen<string>[] parts) =>
        Gen.CollectToArray(parts, part => part).Select(values => string.Format(System.Globalization.CultureInfo.InvariantCulture, form, values));

    private static Gen<string> Bools(int size, Items items)
    {
        if (size <= 1)
        {
            return Gen.OneOf(
                Gen.Elements("a", "b", "processes.personal_data", "true", "false", "\"mining\" in tags", "operates_in.covers(\"DE\")", "1 / 0 > 1", "bool(word)"),
                Join("{0} {1} {2}", Ints(0, items), Gen.Elements("==", "<", ">=", "!="), Ints(0, items)));
        }

        var half = size / 2;
        Gen<string> B() => Bools(half, items);
        Gen<string> I() => Ints(half, items);
        Gen<string> S() => Texts(half, items);
        Gen<string> L() => Lists(half, items);
        var item = $"x{items.Ints.Length}";
        var text = $"t{items.Texts.Length}";
        Gen<string> OverInts() => Bools(half, items with { Ints = [.. items.Ints, item] });
        Gen<string> OverTexts() => Bools(half, items with { Texts = [.. items.Texts, text] });
        return Any(
            () => Join("({0} && {1})", B(), B()),
            () => Join("({0} || {1})", B(), B()),
            () => Join("(!{0})", B()),
            () => Join("({0} ? {1} : {2})", B(), B(), B()),
            () => Join("({0} == {1})", B(), B()),
            () => Join("({0} {1} {2})", I(), Gen.Elements("==", "<", "<=", ">", ">=", "!="), I()),
            () => Join("({0} {1} double({2}))", Any(() => Gen.Constant("share"), I), Gen.Elements("==", "<", "!="), I()),
            () => Join("({0} {1} {2})", S(), Gen.Elements("==", "<", ">="), S()),
            () => Join("{0}.{1}({2})", S(), Gen.Elements("startsWith", "contains", "matches"), S()),
            () => Join("({0} in {1})", I(), L()),
            () => Join("({0} == {1})", L(), L()),
            () => Join($"{{0}}.{{1}}({item}, {{2}})", L(), Gen.Elements("all", "exists", "exists_one"), OverInts()),
            () => Join($"tags.{{0}}({text}, {{1}})", Gen.Elements("all", "exists", "exists_one"), OverTexts()),
            () => Join("(dyn({0}) == dyn({1}))", Any(I, S, B), Any(I, S, B)),
            () => Join("has({{\"k\": {0}}}.{1})", I(), Gen.Elements("k", "m")),
            () => Join("({{\"k\": {0}, \"m\": {1}}}[{2}] > 0)", I(), I(), Any(() => Gen.Constant("\"k\""), S)));
    }

    private static Gen<string> Ints(int size, Items items)
    {
        var names = Gen.Elements(["persons", "size.employees", "size(tags)", .. items.Ints]);
        if (size <= 1)
        {
            return Gen.Frequency((3, names), (2, Gen.Choose(-2, 3).Select(n => $"{n}")), (1, Gen.Constant("9223372036854775807")));
        }

        Gen<string> I() => Ints(size / 2, items);
        return Any(
            () => names,
            () => Join("({0} {1} {2})", I(), Gen.Elements("+", "-", "*", "/", "%"), I()),
            () => Join("(-{0})", I()),
            () => Join("({0} ? {1} : {2})", Bools(size / 2, items), I(), I()),
            () => Join("{0}[{1}]", Lists(size / 2, items), I()),
            () => Join("size({0})", Any(() => Texts(size / 2, items), () => Lists(size / 2, items))),
            () => Join("int({0})", Any(() => Texts(size / 2, items), () => Gen.Constant("share"))));
    }

    private static Gen<string> Texts(int size, Items items)
    {
        var names = Gen.Elements(["word", "\"g\"", "\"games\"", "r\"\\\"", "'\\u00e9'", .. items.Texts]);
        return size <= 1
            ? names
            : Any(
                () => names,
                () => Join("({0} + {1})", Texts(size / 2, items), Texts(size / 2, items)),
                () => Join("string({0})", Ints(size / 2, items)),
                () => Join("({0} ? {1} : {2})", Bools(size / 2, items), Texts(size / 2, items), names));
    }

    private static Gen<string> Lists(int size, Items items)
    {
        Gen<string> I() => Ints(size / 2, items);
        Gen<string> Leaf() => Any(() => Gen.Constant("[]"), () => Join("[{0}]", I()), () => Join("[{0}, {1}]", I(), I()), () => Join("[{0}, {1}, 2]", I(), I()));
        if (size <= 1)
        {
            return Leaf();
        }

        var item = $"x{items.Ints.Length}";
        var inner = items with { Ints = [.. items.Ints, item] };
        return Any(
            Leaf,
            () => Join("({0} + {1})", Leaf(), Leaf()),
            () => Join($"{{0}}.map({item}, {{1}})", Leaf(), Ints(size / 2, inner)),
            () => Join($"{{0}}.filter({item}, {{1}})", Leaf(), Bools(size / 2, inner)),
            () => Join("({0} ? {1} : {2})", Bools(size / 2, items), Leaf(), Leaf()));
    }
}
