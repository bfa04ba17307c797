using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Api.Obligations;

/// <summary>
/// A company's intervals as bytes, the same for the same intervals: most obligations apply always or may always, and take a dozen bytes
/// then. A law that concerns everybody rewrites the row of every company, so that each byte is written a hundred thousand times.
/// </summary>
/// <remarks>
/// One byte says the form, 1. Then the names of the facts that are missing anywhere, counted; then the intervals, counted, ordered by
/// obligation and day: how many characters of the obligation's id are the last one's, the rest of it, a byte of flags, and what the flags
/// say is there of first day, day after the last, earliest start (day numbers) and missing facts (counted, by their place among the
/// names). Numbers and texts are as <see cref="PackedReader"/> reads them.
/// </remarks>
internal static class StoredIntervals
{
    private const byte Form = 1;

    [Flags]
    private enum Parts : byte
    {
        None = 0,
        Applies = 1,
        From = 2,
        To = 4,
        EarliestStart = 8,
        MissingFacts = 16,
    }

    /// <summary>Writes intervals that are ordered by obligation, ordinal, and day.</summary>
    public static byte[] Encode(ImmutableArray<(string ObligationId, ApplicabilityInterval Interval)> intervals)
    {
        using var bytes = new MemoryStream(16 + (intervals.Length * 12));
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(Form);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var fact in intervals.SelectMany(i => i.Interval.MissingFacts))
        {
            places.TryAdd(fact, places.Count);
        }

        writer.Write7BitEncodedInt(places.Count);
        foreach (var fact in places.Keys)
        {
            writer.Write(fact);
        }

        writer.Write7BitEncodedInt(intervals.Length);
        var last = "";
        foreach (var (id, interval) in intervals)
        {
            var shared = last.AsSpan().CommonPrefixLength(id);
            writer.Write7BitEncodedInt(shared);
            writer.Write(id[shared..]);
            last = id;
            Write(writer, interval, places);
        }

        return bytes.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are of another form.</exception>
    public static ImmutableArray<(string ObligationId, ApplicabilityInterval Interval)> Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new PackedReader(bytes);
        if (reader.Byte() is not Form and var form)
        {
            throw new InvalidDataException($"The register's row is of form {form}, and this release reads form {Form}.");
        }

        var facts = new string[reader.Count()];
        for (var i = 0; i < facts.Length; i++)
        {
            facts[i] = reader.Text();
        }

        var intervals = ImmutableArray.CreateBuilder<(string, ApplicabilityInterval)>(reader.Count());
        var id = "";
        while (intervals.Count < intervals.Capacity)
        {
            var shared = reader.Count();
            var rest = reader.Text();
            id = rest.Length == 0 && shared == id.Length ? id : string.Concat(id.AsSpan(0, shared), rest);
            intervals.Add((id, Read(ref reader, facts)));
        }

        return intervals.MoveToImmutable();
    }

    private static void Write(BinaryWriter writer, ApplicabilityInterval interval, Dictionary<string, int> places)
    {
        writer.Write((byte)(
            (interval.Applies == Truth.Yes ? Parts.Applies : Parts.None)
            | (interval.Days.From is null ? Parts.None : Parts.From)
            | (interval.Days.To is null ? Parts.None : Parts.To)
            | (interval.EarliestStart is null ? Parts.None : Parts.EarliestStart)
            | (interval.MissingFacts.IsEmpty ? Parts.None : Parts.MissingFacts)));
        foreach (var day in new[] { interval.Days.From, interval.Days.To, interval.EarliestStart })
        {
            if (day is { } there)
            {
                writer.Write7BitEncodedInt(there.DayNumber);
            }
        }

        if (!interval.MissingFacts.IsEmpty)
        {
            writer.Write7BitEncodedInt(interval.MissingFacts.Length);
            foreach (var fact in interval.MissingFacts)
            {
                writer.Write7BitEncodedInt(places[fact]);
            }
        }
    }

    private static ApplicabilityInterval Read(ref PackedReader reader, string[] facts)
    {
        var parts = (Parts)reader.Byte();
        var days = new Days(parts.HasFlag(Parts.From) ? reader.Day() : null, parts.HasFlag(Parts.To) ? reader.Day() : null);
        DateOnly? earliest = parts.HasFlag(Parts.EarliestStart) ? reader.Day() : null;
        var missing = parts.HasFlag(Parts.MissingFacts) ? new string[reader.Count()] : [];
        for (var i = 0; i < missing.Length; i++)
        {
            missing[i] = facts[reader.Count()];
        }

        return new ApplicabilityInterval(days, parts.HasFlag(Parts.Applies) ? Truth.Yes : Truth.Unknown, ImmutableCollectionsMarshal.AsImmutableArray(missing), earliest);
    }
}
