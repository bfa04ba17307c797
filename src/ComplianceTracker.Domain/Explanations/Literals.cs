using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Explanations;

/// <summary>
/// With which values a condition compares each fact. A fact that it uses in any other way (in arithmetic, against another fact, by its size)
/// is loose: every literal of the condition may matter to it.
/// </summary>
internal sealed class Literals
{
    private readonly Dictionary<string, HashSet<FactValue>> byFact = new(StringComparer.Ordinal);
    private readonly HashSet<string> loose = new(StringComparer.Ordinal);
    private readonly HashSet<FactValue> all = [];

    /// <summary>The literals of the expression.</summary>
    public Literals(Expression root) => Read(root);

    /// <summary>True when the fact is used in another way than against literals.</summary>
    public bool IsLoose(string fact) => loose.Contains(fact);

    /// <summary>The values that the fact is, or may be, compared with.</summary>
    public IEnumerable<FactValue> Of(string fact) => loose.Contains(fact) ? all : byFact.GetValueOrDefault(fact) ?? [];

    /// <summary>
    /// True when what the part comes to can be told by trying the values around its literals: it compares one fact with literals, and with nothing else.
    /// </summary>
    public static bool Divide(Expression part) => part switch
    {
        FactReference => true,
        Comparison { Left: FactReference, Right: Literal literal } comparison => !OrdersTexts(comparison, literal),
        Comparison { Left: Literal literal, Right: FactReference } comparison => !OrdersTexts(comparison, literal),
        Comparison { Operator: ComparisonOperator.In, Left: FactReference, Right: ListExpression list } => list.Elements.All(e => e is Literal),
        Call { Function: "covers" } => true,
        _ => false,
    };

    // Between two texts there are always others.
    private static bool OrdersTexts(Comparison comparison, Literal literal) =>
        literal.Value is StringValue && comparison.Operator is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual or ComparisonOperator.In);

    private void Read(Expression expression)
    {
        switch (expression)
        {
            case Comparison { Left: FactReference fact, Right: Literal literal } comparison when !OrdersTexts(comparison, literal):
                Add(fact, literal);
                break;
            case Comparison { Left: Literal literal, Right: FactReference fact } comparison when !OrdersTexts(comparison, literal):
                Add(fact, literal);
                break;
            case Comparison { Operator: ComparisonOperator.In, Left: FactReference fact, Right: ListExpression list }:
                foreach (var element in list.Elements)
                {
                    AddOrRead(fact, element);
                }

                break;
            case Call { Function: "covers", Target: FactReference fact, Arguments: [Literal literal] }:
                Add(fact, literal);
                break;
            case FactReference fact:
                // A fact that stands alone as a truth: yes or no is all there is.
                byFact.TryAdd(fact.Name, []);
                break;
            case Literal literal:
                all.Add(literal.Value);
                break;
            case Negation or Junction:
                foreach (var part in expression.Parts())
                {
                    Read(part);
                }

                break;
            default:
                foreach (var part in expression.Parts())
                {
                    Loosen(part);
                }

                break;
        }
    }

    private void AddOrRead(FactReference fact, Expression element)
    {
        if (element is Literal literal)
        {
            Add(fact, literal);
        }
        else
        {
            loose.Add(fact.Name);
            Loosen(element);
        }
    }

    private void Loosen(Expression expression)
    {
        if (expression is FactReference fact)
        {
            loose.Add(fact.Name);
        }
        else if (expression is Literal literal)
        {
            all.Add(literal.Value);
        }

        foreach (var part in expression.Parts())
        {
            Loosen(part);
        }
    }

    private void Add(FactReference fact, Literal literal)
    {
        all.Add(literal.Value);
        if (!byFact.TryGetValue(fact.Name, out var values))
        {
            byFact[fact.Name] = values = [];
        }

        values.Add(literal.Value);
    }
}
