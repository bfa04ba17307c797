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

    private void Read(Expression expression)
    {
        switch (expression)
        {
            case Comparison { Left: FactReference fact, Right: Literal literal }:
                Add(fact, literal);
                break;
            case Comparison { Left: Literal literal, Right: FactReference fact }:
                Add(fact, literal);
                break;
            case Comparison { Left: FactReference fact, Right: ListExpression list }:
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
                foreach (var part in Parts(expression))
                {
                    Read(part);
                }

                break;
            default:
                foreach (var part in Parts(expression))
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

        foreach (var part in Parts(expression))
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

    /// <summary>What an expression is made of, one level down.</summary>
    internal static IEnumerable<Expression> Parts(Expression expression) => expression switch
    {
        Negation negation => [negation.Operand],
        Junction junction => junction.Operands,
        Comparison comparison => [comparison.Left, comparison.Right],
        Choice choice => [choice.Condition, choice.WhenYes, choice.WhenNo],
        ListExpression list => list.Elements,
        Call call => call.Target is null ? call.Arguments : call.Arguments.Prepend(call.Target),
        _ => [],
    };
}
