using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Vocabulary;
using FsCheck;
using FsCheck.Fluent;

namespace ComplianceTracker.Domain.Tests.Conditions;

/// <summary>Random well-typed conditions over the sample vocabulary, and random facts for them.</summary>
internal static class Trees
{
    /// <summary>The codes that random conditions ask for.</summary>
    public static readonly string[] Asked = ["EU", "DE", "DE-BY", "FR", "CN", "CN-NM"];

    private static readonly string[] Words = ["games", "payment", "mining", "other", "é\n\"\\"];

    private static readonly SetValue[] ClosedPlaces =
    [
        Sample.Set(), Sample.Set("CN-NM"), Sample.Set("CN-SH", "US"), Sample.Set("FR"), Sample.Set("DE-BY"), Sample.Set("EU", "FR"),
    ];

    private static readonly SetValue[] OpenPlaces =
    [
        Sample.Set("EU"), Sample.Set("CN"), Sample.Set("DE"), Sample.Set("EU", "DE"), Sample.Set("CN", "EU", "US"),
    ];

    public static Gen<Expression> Conditions => Gen.Sized(size => Truths(Math.Min(size, 40)));

    /// <summary>Facts, each known or not; sets may be old, and places may name a whole without its parts.</summary>
    public static Gen<Dictionary<string, FactValue?>> SomeFacts => Facts(settled: false).Select(facts => facts.ToDictionary());

    /// <summary>Facts, each known and leaving no question open.</summary>
    public static Gen<Dictionary<string, FactValue?>> AllFacts => Facts(settled: true).Select(facts => facts.ToDictionary());

    private static Gen<KeyValuePair<string, FactValue?>[]> Facts(bool settled) => Gen.CollectToArray(
        Sample.Vocabulary.Facts.Values,
        fact => Values(fact, settled).Select(value => KeyValuePair.Create(fact.Name, value)));

    private static Gen<FactValue?> Values(FactDefinition fact, bool settled)
    {
        var known = fact switch
        {
            { Type: FactType.Bool } => Gen.Elements<FactValue?>(Sample.Bool(true), Sample.Bool(false)),
            { Type: FactType.Int } => Gen.Choose(-2, 3).Select(n => (FactValue?)Sample.Int(n)),
            { Type: FactType.Double } => Gen.Choose(-4, 6).Select(n => (FactValue?)Sample.Double(n / 2.0)),
            { Type: FactType.Date } => Gen.Choose(1, 3).Select(n => (FactValue?)Sample.Day(2021, 11, n)),
            { Type: FactType.String, Values.IsEmpty: false } => Gen.Elements<FactValue?>(Sample.Text("gold"), Sample.Text("silver")),
            { Type: FactType.String } => Gen.Elements(Words).Select(w => (FactValue?)Sample.Text(w)),
            { ValueType: null } => Tags(settled),
            _ => Gen.Elements<FactValue?>(settled ? ClosedPlaces : [.. ClosedPlaces, .. OpenPlaces]),
        };
        return settled ? known : Gen.Frequency((2, known), (1, Gen.Constant<FactValue?>(null)));
    }

    private static Gen<FactValue?> Tags(bool settled) =>
        from values in Gen.SubListOf("games", "payment", "mining")
        from old in settled ? Gen.Constant(false) : Gen.Elements(true, false)
        select (FactValue?)(old ? Sample.OldSet([.. values]) : Sample.Set([.. values]));

    private static Gen<Expression> Truths(int size)
    {
        if (size <= 1)
        {
            return Gen.OneOf(Relations(0), Gen.Elements("a", "b", "processes.personal_data").Select(Expression (name) => Fact(name)), Memberships());
        }

        var smaller = Truths(size / 2);
        return Gen.Frequency(
            (4, from kind in Gen.Elements(JunctionKind.And, JunctionKind.Or)
                from count in Gen.Choose(2, 4)
                from operands in Truths(size / count).ArrayOf(count)
                select (Expression)Junction.Of(kind, operands)),
            (2, smaller.Select(operand => (Expression)new Negation(operand))),
            (1, Choices(smaller, smaller)),
            (1, from equal in Gen.Elements(ComparisonOperator.Equal, ComparisonOperator.NotEqual)
                from left in smaller
                from right in smaller
                select (Expression)new Comparison(equal, left, right)),
            (2, Relations(size / 2)));
    }

    private static Gen<Expression> Choices(Gen<Expression> condition, Gen<Expression> branch) =>
        from chooses in condition
        from whenYes in branch
        from whenNo in branch
        select (Expression)new Choice(chooses, whenYes, whenNo);

    private static Gen<Expression> OrChosen(int size, Gen<Expression> value) =>
        size <= 1 ? value : Gen.Frequency((3, value), (1, Choices(Truths(size / 2), value)));

    private static Gen<Expression> Relations(int size)
    {
        var ints = OrChosen(size, Gen.OneOf(
            Gen.Elements("persons", "size.employees").Select(Expression (name) => Fact(name)),
            Gen.Choose(-2, 3).Select(Expression (n) => Literal(Sample.Int(n))),
            Gen.Constant((Expression)new Call("size", Fact("tags"), [])),
            Gen.Constant((Expression)new Call("size", null, [Fact("operates_in")]))));
        var doubles = OrChosen(size, Gen.OneOf(Gen.Constant<Expression>(Fact("share")), Gen.Choose(-4, 6).Select(Expression (n) => Literal(Sample.Double(n / 2.0)))));
        var days = OrChosen(size, Gen.OneOf(Gen.Constant<Expression>(Fact("opened_on")), Gen.Choose(1, 3).Select(Expression (n) => Literal(Sample.Day(2021, 11, n)))));
        var numbers = Gen.OneOf(ints, doubles);
        var orders = Gen.Elements(Enum.GetValues<ComparisonOperator>().Where(o => o != ComparisonOperator.In));
        return Gen.OneOf(Related(orders, numbers, numbers), Related(orders, days, days), Texts(size));
    }

    private static Gen<Expression> Related(Gen<ComparisonOperator> relation, Gen<Expression> left, Gen<Expression> right) =>
        from sign in relation
        from a in left
        from b in right
        select (Expression)new Comparison(sign, a, b);

    private static Gen<Expression> Texts(int size)
    {
        var texts = OrChosen(size, Gen.OneOf(Gen.Constant<Expression>(Fact("word")), Gen.Elements(Words).Select(Expression (w) => Literal(Sample.Text(w)))));
        var equality = Gen.Elements(ComparisonOperator.Equal, ComparisonOperator.NotEqual);
        var calls =
            from method in Gen.Elements("startsWith", "endsWith", "contains")
            from target in texts
            from part in Gen.Elements("g", "e", "ment")
            select (Expression)new Call(method, target, [Literal(Sample.Text(part))]);
        return Gen.OneOf(Related(equality, texts, texts), calls);
    }

    private static Gen<Expression> Memberships() => Gen.OneOf(
        Gen.Elements("games", "payment", "mining", "mining", "mining").Select(Expression (w) => In(Literal(Sample.Text(w)), Fact("tags"))),
        Gen.Constant<Expression>(In(Fact("word"), Fact("tags"))),
        Gen.Elements(Asked).Select(Expression (code) => In(Literal(Sample.Text(code)), Fact("operates_in"))),
        Gen.Elements(Asked).Select(code => (Expression)new Call("covers", Fact("operates_in"), [Literal(Sample.Text(code))])),
        Gen.SubListOf(-1L, 0L, 2L).Select(Expression (ns) => In(Fact("persons"), new ListExpression([.. ns.Select(Expression (n) => Literal(Sample.Int(n)))]))));

    private static Comparison In(Expression left, Expression right) => new Comparison(ComparisonOperator.In, left, right);

    private static FactReference Fact(string name) => new FactReference(name);

    private static Literal Literal(FactValue value) => new Literal(value);
}
