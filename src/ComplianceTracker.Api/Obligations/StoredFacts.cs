using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.Obligations;

/// <summary>
/// A profile's facts as the register's table of companies holds them: a company may have declared hundreds, of which a changed condition
/// reads two.
/// </summary>
/// <remarks>
/// One byte says the form, 1. Then the facts, counted: the name, how many bytes the rest has, and its declarations, counted: a byte that
/// says the value's type and which of first day and day after the last there are, those days, and the value. Numbers and texts are as
/// <see cref="PackedReader"/> reads them.
/// </remarks>
internal static class StoredFacts
{
    private const byte Form = 1;
    private const byte HasFrom = 0x40;
    private const byte HasTo = 0x80;
    private const byte TypeOnly = 0x3F;
    private const byte UnknownAgain = 0x3F;
    private const int LongestName = 256;

    /// <summary>The facts as bytes.</summary>
    public static byte[] Write(ImmutableSortedDictionary<string, FactTimeline> facts)
    {
        using var bytes = new MemoryStream(facts.Count * 32);
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        using var declared = new MemoryStream();
        using var declaring = new BinaryWriter(declared, Encoding.UTF8);
        writer.Write(Form);
        writer.Write7BitEncodedInt(facts.Count);
        foreach (var (name, timeline) in facts)
        {
            declared.SetLength(0);
            declaring.Write7BitEncodedInt(timeline.Pieces.Length);
            foreach (var (days, value) in timeline.Pieces)
            {
                Write(declaring, days, value);
            }

            writer.Write(name);
            writer.Write7BitEncodedInt((int)declared.Length);
            writer.Write(declared.GetBuffer().AsSpan(0, (int)declared.Length));
        }

        return bytes.ToArray();
    }

    /// <summary>The facts.</summary>
    /// <param name="bytes">What <see cref="Write(ImmutableSortedDictionary{string, FactTimeline})"/> wrote.</param>
    /// <param name="wanted">Only these; null: all.</param>
    /// <exception cref="InvalidDataException">The bytes are of another form.</exception>
    public static ImmutableSortedDictionary<string, FactTimeline> Read(ReadOnlySpan<byte> bytes, FrozenSet<string>? wanted = null)
    {
        var reader = new PackedReader(bytes);
        if (reader.Byte() is not Form and var form)
        {
            throw new InvalidDataException($"The company's row is of form {form}, and this release reads form {Form}.");
        }

        var facts = CompanyProfile.NoFacts.ToBuilder();
        Span<char> chars = stackalloc char[LongestName];
        var names = wanted?.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var left = reader.Count(); left > 0; left--)
        {
            var name = reader.TextBytes();
            var declared = reader.Bytes(reader.Count());
            if (names is not { } some || some.Contains(name.Length <= LongestName ? chars[..Encoding.UTF8.GetChars(name, chars)] : Encoding.UTF8.GetString(name)))
            {
                facts.Add(Encoding.UTF8.GetString(name), Timeline(declared));
            }
        }

        return facts.ToImmutable();
    }

    private static FactTimeline Timeline(ReadOnlySpan<byte> bytes)
    {
        var reader = new PackedReader(bytes);
        var pieces = ImmutableArray.CreateBuilder<FactPiece>(reader.Count());
        while (pieces.Count < pieces.Capacity)
        {
            var head = reader.Byte();
            var days = new Days((head & HasFrom) != 0 ? reader.Day() : null, (head & HasTo) != 0 ? reader.Day() : null);
            pieces.Add(new FactPiece(days, (head & TypeOnly) == UnknownAgain ? null : Value((FactType)(head & TypeOnly), ref reader)));
        }

        return new FactTimeline(pieces.MoveToImmutable());
    }

    private static void Write(BinaryWriter writer, Days days, FactValue? value)
    {
        writer.Write((byte)((value is null ? UnknownAgain : (byte)value.Type) | (days.From is null ? 0 : HasFrom) | (days.To is null ? 0 : HasTo)));
        if (days.From is { } from)
        {
            writer.Write7BitEncodedInt(from.DayNumber);
        }

        if (days.To is { } to)
        {
            writer.Write7BitEncodedInt(to.DayNumber);
        }

        switch (value)
        {
            case null:
                break;
            case BoolValue { Value: var truth }:
                writer.Write(truth);
                break;
            case IntValue { Value: var number }:
                writer.Write7BitEncodedInt64(number);
                break;
            case DoubleValue { Value: var number }:
                writer.Write(number);
                break;
            case StringValue { Value: var text }:
                writer.Write(text);
                break;
            case DateValue { Value: var day }:
                writer.Write7BitEncodedInt(day.DayNumber);
                break;
            case SetValue set:
                writer.Write7BitEncodedInt64(set.CompleteTo);
                writer.Write7BitEncodedInt(set.Values.Count);
                foreach (var member in set.Values)
                {
                    writer.Write(member);
                }

                break;
            default:
                throw new ArgumentException($"A fact of the type {value.Type} cannot be stored.", nameof(value));
        }
    }

    private static FactValue Value(FactType type, ref PackedReader reader) => type switch
    {
        FactType.Bool => new BoolValue(reader.Byte() != 0),
        FactType.Int => new IntValue(reader.Number()),
        FactType.Double => new DoubleValue(reader.Double()),
        FactType.String => new StringValue(reader.Text()),
        FactType.Date => new DateValue(reader.Day()),
        FactType.StringSet => Set(ref reader),
        _ => throw new InvalidDataException($"No fact has the type {type}."),
    };

    private static SetValue Set(ref PackedReader reader)
    {
        var completeTo = reader.Number();
        var members = new string[reader.Count()];
        for (var i = 0; i < members.Length; i++)
        {
            members[i] = reader.Text();
        }

        return SetValue.Complete(members) with { CompleteTo = completeTo };
    }
}
