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
/// then. A law that concerns everybody adds a row to every company, so that each byte is written a hundred thousand times.
/// </summary>
/// <remarks>
/// One byte says the form, 2. Then the names of the facts that are missing anywhere, counted; then the intervals, counted, ordered by
/// obligation and day: the obligation's id, a byte of flags, and what the flags say is there of first day, day after the last, earliest
/// start (day numbers) and missing facts (counted, by their place among the names). Then, counted, the ids of the obligations that have
/// no interval any more, which only a row beside an earlier one has. An id is how many characters are those of the one before it, and the
/// rest. Numbers and texts are as <see cref="PackedReader"/> reads them.
/// </remarks>
internal static class StoredIntervals
{
    private const byte Form = 2;

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
    /// <param name="intervals">The intervals.</param>
    /// <param name="without">Obligations that had intervals by an earlier row and have none now.</param>
    public static byte[] Encode(ImmutableArray<(string ObligationId, ApplicabilityInterval Interval)> intervals, ImmutableArray<string> without)
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
            Write(writer, id, ref last);
            Write(writer, interval, places);
        }

        writer.Write7BitEncodedInt(without.Length);
        foreach (var id in without)
        {
            Write(writer, id, ref last);
        }

        return bytes.ToArray();
    }

    /// <summary>Reads one company's rows: what a later row says of an obligation takes the place of what earlier ones say.</summary>
    /// <param name="rows">What <see cref="Encode"/> wrote, the earliest first.</param>
    /// <returns>The intervals by obligation, ordinal, then by day.</returns>
    /// <exception cref="InvalidDataException">The bytes are of another form.</exception>
    public static ImmutableArray<(string ObligationId, ApplicabilityInterval Interval)> Decode(IReadOnlyList<byte[]> rows)
    {
        if (rows.Count <= 1)
        {
            return rows.Count == 0 ? [] : Decode(rows[0]).Intervals;
        }

        var (intervals, said) = (new List<(string ObligationId, ApplicabilityInterval Interval)>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var row in rows.Reverse().Select(bytes => Decode(bytes)))
        {
            var news = row.Intervals.Where(i => !said.Contains(i.ObligationId)).ToList();
            intervals.AddRange(news);
            said.UnionWith(news.Select(i => i.ObligationId));
            said.UnionWith(row.Without);
        }

        // Sorting is stable, so the days of an obligation stay in order.
        return [..intervals.OrderBy(i => i.ObligationId, StringComparer.Ordinal)];
    }

    private static (ImmutableArray<(string ObligationId, ApplicabilityInterval Interval)> Intervals, ImmutableArray<string> Without) Decode(ReadOnlySpan<byte> bytes)
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
            id = ReadId(ref reader, id);
            intervals.Add((id, Read(ref reader, facts)));
        }

        var without = ImmutableArray.CreateBuilder<string>(reader.Count());
        while (without.Count < without.Capacity)
        {
            id = ReadId(ref reader, id);
            without.Add(id);
        }

        return (intervals.MoveToImmutable(), without.MoveToImmutable());
    }

    private static void Write(BinaryWriter writer, string id, ref string last)
    {
        var shared = last.AsSpan().CommonPrefixLength(id);
        writer.Write7BitEncodedInt(shared);
        writer.Write(id[shared..]);
        last = id;
    }

    private static string ReadId(ref PackedReader reader, string last)
    {
        var shared = reader.Count();
        var rest = reader.Text();
        return rest.Length == 0 && shared == last.Length ? last : string.Concat(last.AsSpan(0, shared), rest);
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
