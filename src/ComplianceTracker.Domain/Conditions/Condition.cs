using System.Collections.Immutable;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>
/// An applicability condition, checked against a vocabulary and ready to evaluate in Kleene's three-valued logic: more facts
/// never change a yes or a no. Immutable, safe to share between threads; evaluation depends on nothing but the facts.
/// </summary>
public sealed class Condition
{
    private readonly TruthNode _node;
    private readonly FactIndex _index;

    private Condition(string text, Expression root, TruthNode node, FactIndex index, ImmutableArray<string> factNames)
    {
        (Text, Root, FactNames) = (text, root, factNames);
        (_node, _index) = (node, index);
    }

    /// <summary>The text as it was written.</summary>
    public string Text { get; }

    /// <summary>The text as a tree.</summary>
    public Expression Root { get; }

    /// <summary>Every fact it reads, by ordinal.</summary>
    public ImmutableArray<string> FactNames { get; }

    /// <summary>How many steps one evaluation takes at most, by estimate; 1 where it only compares facts.</summary>
    internal double Cost => _node is GeneralTruthNode general ? general.Cost : 1;

    /// <summary>True when it has a value or is unknown for want of facts, whatever they are; a condition of the whole language may fail.</summary>
    public bool NeverFails => _node is not IFailing;

    /// <summary>Reads and checks a text. For many conditions build one <see cref="FactIndex"/> and compile against that.</summary>
    public static ConditionResult Compile(string text, FactVocabulary vocabulary) => Compile(text, FactIndex.Of(vocabulary));

    /// <summary>Reads and checks a text. Any text is answered: with a condition or with what is wrong.</summary>
    public static ConditionResult Compile(string text, FactIndex index)
    {
        var parsed = ConditionSyntax.Parse(text);
        if (!parsed.IsValid)
        {
            return new ConditionResult(null, parsed.Error);
        }

        // What reads facts and compares them with literals is every condition of the record, and has nodes that run fast and never
        // fail. Whatever they have no part in is bound anew as a whole by the general evaluator.
        var binder = new Binder(text, index);
        if (binder.BindTruth(parsed.Root) is { } node)
        {
            return new ConditionResult(new Condition(text, parsed.Root, node, index, [.. binder.FactNames]), null);
        }

        var general = new CelBinder(text, index);
        return general.BindTruth(parsed.Root) is { } root
            ? new ConditionResult(new Condition(text, parsed.Root, root, index, [.. general.FactNames]), null)
            : new ConditionResult(null, general.Error);
    }

    /// <summary>
    /// Reads and checks a text that shall be recorded: as <see cref="Compile(string, FactVocabulary)"/>, but refuses what fails whatever the
    /// facts are.
    /// </summary>
    public static ConditionResult CompileToRecord(string text, FactVocabulary vocabulary) => CompileToRecord(text, FactIndex.Of(vocabulary));

    /// <inheritdoc cref="CompileToRecord(string, FactVocabulary)"/>
    public static ConditionResult CompileToRecord(string text, FactIndex index)
    {
        var compiled = Compile(text, index);
        return compiled.Condition?.FailureOf(FactFrame.Of(index, [])) is { } failure
            ? new ConditionResult(null, ConditionError.At(text, failure.Span.Start, $"{failure.Message} So it would be for every company.", []))
            : compiled;
    }

    /// <summary>A part of a tree that was checked, or null where it is no truth of its own: it reads the item of a macro.</summary>
    internal static Condition? OfTree(Expression expression, FactIndex index)
    {
        var binder = new Binder("", index, []);
        if (binder.BindTruth(expression) is { } node)
        {
            return new Condition("", expression, node, index, [.. binder.FactNames]);
        }

        var general = new CelBinder("", index, []);
        return general.BindTruth(expression) is { } root ? new Condition("", expression, root, index, [.. general.FactNames]) : null;
    }

    /// <summary>
    /// Whether the condition holds. Reads the frame directly where the frame is of the condition's own index and allocates
    /// nothing then; other frames are read by name.
    /// </summary>
    public Truth Evaluate(FactFrame facts) => _node.Evaluate(Own(facts));

    /// <inheritdoc cref="Evaluate(FactFrame)" path="/summary"/>
    /// <exception cref="ArgumentException">The source gave a value that is not of its fact's type.</exception>
    public Truth Evaluate(IFactSource facts) => _node.Evaluate(Gather(facts));

    /// <summary>Whether the condition holds and, where that is unknown, which facts would tell.</summary>
    public Evaluation EvaluateWithMissing(FactFrame facts)
    {
        var own = Own(facts);
        switch (_node.Evaluate(own))
        {
            case Truth.Yes:
                return Evaluation.Yes;
            case Truth.No:
                return Evaluation.No;
            default:
                var missing = new SortedSet<string>(StringComparer.Ordinal);
                _node.AddMissing(own, missing);
                return new Evaluation(Truth.Unknown, [.. missing]) { Error = FailureOf(own) is { } failure ? ErrorOf(failure) : null };
        }
    }

    /// <inheritdoc cref="EvaluateWithMissing(FactFrame)" path="/summary"/>
    /// <exception cref="ArgumentException">The source gave a value that is not of its fact's type.</exception>
    public Evaluation EvaluateWithMissing(IFactSource facts) => EvaluateWithMissing(Gather(facts));

    /// <summary>Every step of the evaluation, for an explanation. Slower than evaluating: ask for it where someone reads it.</summary>
    public TraceNode Trace(FactFrame facts) => new Tracer(_index, Own(facts)).Trace(Root);

    /// <inheritdoc cref="Trace(FactFrame)" path="/summary"/>
    /// <exception cref="ArgumentException">The source gave a value that is not of its fact's type.</exception>
    public TraceNode Trace(IFactSource facts) => Trace(Gather(facts));

    /// <summary>The text as it was written.</summary>
    public override string ToString() => Text;

    // With no fact known, a failure is one that no fact can mend: failures stay failures as facts become known.
    private Failure? FailureOf(FactFrame facts) => (_node as IFailing)?.FailureOf(facts);

    private EvaluationError ErrorOf(Failure failure)
    {
        var at = ConditionError.At(Text, failure.Span.Start, failure.Message, []);
        return new EvaluationError(at.Line, at.Column, at.Message);
    }

    private FactFrame Own(FactFrame facts) => ReferenceEquals(facts.Index, _index) ? facts : Gather(facts);

    private FactFrame Gather(IFactSource facts) => facts is FactFrame frame && ReferenceEquals(frame.Index, _index)
        ? frame
        : FactFrame.Of(_index, FactNames.Select(name => KeyValuePair.Create(name, facts.Find(name))));
}
