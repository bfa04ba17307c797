namespace ComplianceTracker.Api.BulkImport;

/// <summary>
/// Cuts a stream into lines, or into records of CSV, where a line break between quotes belongs to the field. Holds no more than one line.
/// Blank lines are passed over, and so is a byte order mark.
/// </summary>
internal sealed class LineReader(Stream stream, ImportFormat format)
{
    /// <summary>The longest line, in bytes without its end.</summary>
    public const int LongestLine = 1024 * 1024;

    private readonly LineEnds ends = new(format == ImportFormat.Csv);
    private byte[] buffer = new byte[128 * 1024];
    private int start;
    private int scanned;
    private int filled;
    private long number = 1;
    private bool begun;

    /// <summary>How many bytes were read off the stream.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The next line, or null: there are no more.</summary>
    public async ValueTask<RawLine?> ReadAsync(CancellationToken cancellationToken)
    {
        if (!begun)
        {
            await PassMarkAsync(cancellationToken);
        }

        while (true)
        {
            var found = ends.Find(buffer.AsSpan(start, filled - start), ref scanned);
            if (found is >= 0 and <= LongestLine)
            {
                if (Take(found, skip: 1) is { } line)
                {
                    return line;
                }
            }
            else if (filled - start > LongestLine)
            {
                return await TakeTooLongAsync(cancellationToken);
            }
            else if (!await FillAsync(cancellationToken))
            {
                return start == filled ? null : Take(filled - start, skip: 0);
            }
        }
    }

    private RawLine? Take(int length, int skip)
    {
        var bytes = buffer.AsSpan(start, length);
        var line = new RawLine(number, bytes.TrimEnd((byte)'\r').ToArray(), IsTooLong: false);
        number += bytes.Count((byte)'\n') + skip;
        Pass(length + skip);
        return bytes.ContainsAnyExcept(" \t\r"u8) ? line : null;
    }

    // Where a quote was left open, only the end of a line can be told.
    private async Task<RawLine> TakeTooLongAsync(CancellationToken cancellationToken)
    {
        var first = buffer.AsSpan(start, LongestLine).ToArray();
        var line = new RawLine(number, first, IsTooLong: true);
        number += first.AsSpan().Count((byte)'\n');
        Pass(LongestLine);
        while (true)
        {
            var end = buffer.AsSpan(start, filled - start).IndexOf((byte)'\n');
            if (end >= 0)
            {
                number++;
                Pass(end + 1);
                return line;
            }

            Pass(filled - start);
            if (!await FillAsync(cancellationToken))
            {
                return line;
            }
        }
    }

    private void Pass(int length)
    {
        start += length;
        scanned = 0;
        ends.Begin();
    }

    private async Task PassMarkAsync(CancellationToken cancellationToken)
    {
        while (filled < 3 && await FillAsync(cancellationToken))
        {
        }

        begun = true;
        start = buffer.AsSpan(0, filled).StartsWith("\uFEFF"u8) ? 3 : 0;
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            (start, filled) = (0, filled - start);
        }

        if (filled == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        var read = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken);
        BytesRead += read;
        filled += read;
        return read > 0;
    }
}

/// <summary>A line as it came.</summary>
/// <param name="Number">The number of its first line in the whole, from 1.</param>
/// <param name="Bytes">The line without its end; the first megabyte of one that is too long.</param>
/// <param name="IsTooLong">True when it is longer than a line may be.</param>
internal sealed record RawLine(long Number, byte[] Bytes, bool IsTooLong);
