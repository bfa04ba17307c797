using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ComplianceTracker.Domain.Common;

namespace ComplianceTracker.Domain.Vocabulary;

/// <summary>What someone asks of the vocabulary.</summary>
public abstract record VocabularyCommand;

/// <summary>Adds a fact, or adds values to it and words it anew. Values that are left out stay.</summary>
/// <param name="Fact">The fact as it shall be.</param>
public sealed record PutFact(FactDescription Fact) : VocabularyCommand;

/// <summary>Sets the conventions.</summary>
/// <param name="Conventions">The conventions as they shall be.</param>
public sealed record SetConventions(ConventionsSet Conventions) : VocabularyCommand;

/// <summary>Decides what follows from a command to the vocabulary, and folds its events.</summary>
public static partial class VocabularyDecider
{
    /// <summary>The events that follow, or why not. A command that changes nothing gives no events.</summary>
    public static Decision<VocabularyEvent> Decide(FactVocabulary state, VocabularyCommand command) => command switch
    {
        PutFact put => Put(state, put.Fact),
        SetConventions set => IsSame(state.Conventions, set.Conventions)
            ? Decision<VocabularyEvent>.Accept()
            : Decision<VocabularyEvent>.Accept(set.Conventions),
        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name}."),
    };

    /// <summary>The vocabulary after the event, one version higher.</summary>
    public static FactVocabulary Evolve(FactVocabulary state, VocabularyEvent @event)
    {
        var version = state.Version + 1;
        return @event switch
        {
            FactDefined e => state with { Version = version, Facts = state.Facts.SetItem(e.Fact.Name, Defined(e.Fact, version)) },
            FactValuesAdded e => state with
            {
                Version = version,
                Facts = state.Facts.SetItem(e.Fact, WithValues(state.Facts[e.Fact], e.Values, version)),
            },
            FactReworded e => state with { Version = version, Facts = state.Facts.SetItem(e.Fact.Name, Reworded(state.Facts[e.Fact.Name], e.Fact)) },
            ConventionsSet e => state with
            {
                Version = version,
                Conventions = e,
                Groups = e.Members.ToImmutableSortedDictionary(
                    g => g.Key, g => ImmutableSortedSet.CreateRange(StringComparer.Ordinal, g.Value), StringComparer.Ordinal),
            },
            _ => throw new InvalidOperationException($"No fold for {@event.GetType().Name}."),
        };
    }

    private static Decision<VocabularyEvent> Put(FactVocabulary state, FactDescription fact)
    {
        if (!NameForm().IsMatch(fact.Name) || fact.Name.Length > 120)
        {
            return new Rejection(RejectionCode.InvalidValue, "A fact's name is dot-separated identifiers of lower-case letters, digits and '_', each starting with a letter, at most 120 characters in all.", "/name");
        }

        if (Reserved.Contains(fact.Name))
        {
            return new Rejection(RejectionCode.InvalidValue, $"'{fact.Name}' is a word of the condition language and cannot name a fact.", "/name");
        }

        if (!fact.Values.IsEmpty && fact.Type is not (FactType.StringSet or FactType.String))
        {
            return new Rejection(RejectionCode.InvalidValue, $"Only a {Words.Of(FactType.StringSet)} or {Words.Of(FactType.String)} fact lists values.", "/values");
        }

        if (CheckLimits(state, fact) is { } tooMuch)
        {
            return tooMuch;
        }

        if (fact.Values.GroupBy(v => v.Value, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            return new Rejection(RejectionCode.InvalidValue, $"The value '{twice.Key}' is listed twice.", "/values");
        }

        if (state.Find(fact.Name) is not { } known)
        {
            return Decision<VocabularyEvent>.Accept(new FactDefined(fact));
        }

        if (known.Type != fact.Type)
        {
            return new Rejection(RejectionCode.FactTypeNeverChanges, $"'{fact.Name}' is a {Words.Of(known.Type)} and stays one; define another fact.", "/type") { Expected = [Words.Of(known.Type)] };
        }

        if (known.Values.IsEmpty && !fact.Values.IsEmpty)
        {
            return new Rejection(RejectionCode.InvalidValue, $"'{fact.Name}' keeps no list of values; a list now would make values already declared invalid.", "/values");
        }

        if (fact.ValueType is not null && fact.ValueType != known.ValueType)
        {
            return new Rejection(RejectionCode.InvalidValue, $"What a value of '{fact.Name}' looks like never changes: declared facts and recorded conditions rely on it.", "/valueType")
            {
                Expected = known.ValueType is null ? [] : [known.ValueType],
            };
        }

        return Changes(state, known, fact);
    }

    private static Rejection? CheckLimits(FactVocabulary state, FactDescription fact)
    {
        var known = state.Find(fact.Name);
        var values = fact.Values.Select(v => v.Value).Union(known is null ? [] : known.Values.Select(v => v.Value), StringComparer.Ordinal).Count();
        return RecordLimits.Count(state.Facts.Count + (known is null ? 1 : 0), RecordLimits.Facts, "facts of the vocabulary", "")
            ?? RecordLimits.Count(Math.Max(values, fact.Values.Length), RecordLimits.FactValues, "values of one fact", "/values")
            ?? RecordLimits.Lines(fact.Examples, "/examples")
            ?? RecordLimits.Line(fact.Unit, "/unit")
            ?? RecordLimits.Line(fact.ValueType, "/valueType")
            ?? RecordLimits.Text(fact.Description, "/description")
            ?? RecordLimits.Text(fact.Note, "/note")
            ?? fact.Values
                .Select((v, i) => RecordLimits.Line(v.Value, $"/values/{i}/value") ?? RecordLimits.Text(v.Label, $"/values/{i}/label"))
                .FirstOrDefault(r => r is not null);
    }

    private static Decision<VocabularyEvent> Changes(FactVocabulary state, FactDefinition known, FactDescription fact)
    {
        var events = ImmutableArray.CreateBuilder<VocabularyEvent>();
        var added = fact.Values.Where(v => known.Find(v.Value) is null).ToImmutableArray();
        if (!added.IsEmpty)
        {
            events.Add(new FactValuesAdded(fact.Name, added));
        }

        var after = events.Aggregate(state, Evolve).Facts[fact.Name];
        if (!IsSame(after, Reworded(after, fact)))
        {
            events.Add(new FactReworded(fact));
        }

        return Decision<VocabularyEvent>.Accept(events.ToImmutable());
    }

    private static FactDefinition Defined(FactDescription fact, long version) =>
        new(fact.Name, fact.Type, fact.Unit, fact.Description, Listed(fact.Values, version), fact.ValueType, fact.NotYetRead, fact.Note, fact.Examples);

    private static FactDefinition WithValues(FactDefinition fact, ImmutableArray<ValueDescription> values, long version) =>
        fact with { Values = fact.Values.AddRange(Listed(values, version)) };

    private static ImmutableArray<ListedValue> Listed(ImmutableArray<ValueDescription> values, long version) =>
        [..values.Select(v => new ListedValue(v.Value, v.Label, v.NotYetRead, version))];

    private static FactDefinition Reworded(FactDefinition known, FactDescription fact) => known with
    {
        Unit = fact.Unit,
        Description = fact.Description,
        NotYetRead = fact.NotYetRead,
        Note = fact.Note,
        Examples = fact.Examples,
        Values = [..known.Values.Select(v => fact.Values.FirstOrDefault(f => f.Value == v.Value) is { } worded
            ? v with { Label = worded.Label, NotYetRead = worded.NotYetRead }
            : v)],
    };

    private static bool IsSame(FactDefinition a, FactDefinition b) =>
        a with { Values = [], Examples = [] } == b with { Values = [], Examples = [] }
        && a.Values.SequenceEqual(b.Values)
        && a.Examples.SequenceEqual(b.Examples);

    private static bool IsSame(ConventionsSet? a, ConventionsSet b) =>
        a is not null
        && a.Conventions.SequenceEqual(b.Conventions)
        && a.Members.Keys.SequenceEqual(b.Members.Keys) && a.Members.All(m => m.Value.SequenceEqual(b.Members[m.Key]))
        && a.Terms.Keys.SequenceEqual(b.Terms.Keys) && a.Terms.All(t => t.Value.SequenceEqual(b.Terms[t.Key]))
        && a.Codes.Keys.SequenceEqual(b.Codes.Keys) && a.Codes.All(c => c.Value.SequenceEqual(b.Codes[c.Key]));

    private static readonly ImmutableHashSet<string> Reserved = ["true", "false", "null", "in", "date", "size"];

    [GeneratedRegex(@"\A[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm();
}
