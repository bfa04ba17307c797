using System.Collections.Immutable;
using System.Globalization;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Companies;

/// <summary>Holds given facts against the vocabulary.</summary>
public static class FactChecking
{
    /// <summary>The most members a declared set may have.</summary>
    public const int MaxSetSize = 1000;

    /// <summary>The longest text a fact may hold, in characters.</summary>
    public const int MaxTextLength = 1000;

    /// <summary>
    /// The declarations with values of the facts' own types, or the first thing that is wrong: an unknown fact (with the
    /// nearest names), a wrong type, a value that the fact does not list, a day out of range, a window that ends on or before its start.
    /// </summary>
    public static Rejection? Check(
        ImmutableArray<GivenFact> given, FactVocabulary vocabulary, out ImmutableArray<FactDeclaration> facts)
    {
        facts = [];
        if (RecordLimits.Count(given.Length, RecordLimits.FactsAtOnce, "facts at once", "") is { } tooMany)
        {
            return tooMany;
        }

        var checkedFacts = ImmutableArray.CreateBuilder<FactDeclaration>(given.Length);
        foreach (var fact in given)
        {
            if (vocabulary.Find(fact.Fact) is not { } definition)
            {
                return Unknown(fact, vocabulary);
            }

            if (CheckDays(fact) is { } badDays)
            {
                return badDays;
            }

            if (Coerce(definition, fact, vocabulary.Version, out var value) is { } badValue)
            {
                return badValue;
            }

            checkedFacts.Add(new FactDeclaration(fact.Fact, value, fact.Days));
        }

        facts = checkedFacts.ToImmutable();
        return null;
    }

    private static Rejection Unknown(GivenFact fact, FactVocabulary vocabulary)
    {
        var nearest = Nearest.To(fact.Fact, vocabulary.Facts.Keys);
        var hint = nearest.IsEmpty ? "GET /api/v1/facts lists the vocabulary." : $"Did you mean {string.Join(" or ", nearest)}?";
        return new(RejectionCode.UnknownFact, $"The vocabulary has no fact '{fact.Fact}'. {hint}", fact.Pointer) { Expected = nearest };
    }

    private static Rejection? CheckDays(GivenFact fact)
    {
        var (from, to) = fact.Days;
        if ((from is { } f && !LegalDate.IsInRange(f)) || (to is { } t && !LegalDate.IsInRange(t)))
        {
            return new(RejectionCode.DateOutOfRange, "Days lie between 1900-01-01 and 2200-12-31.", fact.Pointer);
        }

        return fact.Days.IsEmpty
            ? new(RejectionCode.WindowEndsBeforeStart, $"'{fact.Fact}' would hold from {from:yyyy-MM-dd} and end on {to:yyyy-MM-dd}; 'to' is the first day on which it no longer holds and lies after 'from'.", fact.Pointer)
            : null;
    }

    private static Rejection? Coerce(FactDefinition definition, GivenFact fact, long version, out FactValue? value)
    {
        value = (definition.Type, fact.Value) switch
        {
            (_, null) => null,
            (FactType.Bool, BoolValue v) => v,
            (FactType.Int, IntValue v) => v,
            (FactType.Int, DoubleValue v) when double.IsInteger(v.Value) && Math.Abs(v.Value) <= 1L << 53 => new IntValue((long)v.Value),
            (FactType.Double, DoubleValue v) when double.IsFinite(v.Value) => v,
            (FactType.Double, IntValue v) => new DoubleValue(v.Value),
            (FactType.String, StringValue v) => v,
            (FactType.Date, DateValue v) => v,
            (FactType.Date, StringValue v) when DateOnly.TryParseExact(v.Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) => new DateValue(day),
            (FactType.StringSet, SetValue v) => v with { CompleteTo = version },
            _ => null,
        };
        return fact.Value is not null && value is null ? Mismatch(definition, fact) : CheckMembers(definition, fact, value);
    }

    private static Rejection Mismatch(FactDefinition definition, GivenFact fact)
    {
        var expected = definition.Type switch
        {
            FactType.Bool => "true or false",
            FactType.Int => "a whole number",
            FactType.Double => "a number",
            FactType.String => "a text",
            FactType.Date => "a day that exists, written YYYY-MM-DD",
            FactType.StringSet => "a list of texts",
            _ => throw new InvalidOperationException($"No wording for {definition.Type}."),
        };
        return new(RejectionCode.FactTypeMismatch, $"'{definition.Name}' takes {expected}, or null for unknown.", fact.Pointer) { Expected = [expected] };
    }

    private static Rejection? CheckMembers(FactDefinition definition, GivenFact fact, FactValue? value) => value switch
    {
        DateValue { Value: var day } when !LegalDate.IsInRange(day) =>
            new(RejectionCode.DateOutOfRange, "Days lie between 1900-01-01 and 2200-12-31.", fact.Pointer),
        StringValue { Value: var text } => CheckMember(definition, fact, text),
        SetValue { Values: { Count: > MaxSetSize } } =>
            new(RejectionCode.InvalidValue, $"A set holds at most {MaxSetSize} values.", fact.Pointer),
        SetValue { Values: var members } => members.Select(m => CheckMember(definition, fact, m)).FirstOrDefault(r => r is not null),
        _ => null,
    };

    private static Rejection? CheckMember(FactDefinition definition, GivenFact fact, string member)
    {
        if (!definition.Values.IsEmpty && definition.Find(member) is null)
        {
            var nearest = Nearest.To(member, definition.Values.Select(v => v.Value));
            var hint = nearest.IsEmpty ? $"GET /api/v1/facts/{definition.Name} lists its values." : $"Did you mean {string.Join(" or ", nearest)}?";
            return new(RejectionCode.UnknownFactValue, $"'{definition.Name}' has no value '{member}'. {hint}", fact.Pointer) { Expected = nearest };
        }

        if (definition.TakesJurisdictions && !Jurisdiction.IsValid(member))
        {
            return new(RejectionCode.UnknownFactValue, $"'{member}' in '{definition.Name}' is not {Jurisdiction.Description}.", fact.Pointer);
        }

        return member.Length is 0 or > MaxTextLength
            ? new(RejectionCode.InvalidValue, $"A text of '{definition.Name}' has 1 to {MaxTextLength} characters.", fact.Pointer)
            : null;
    }
}
