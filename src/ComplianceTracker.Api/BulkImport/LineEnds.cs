namespace ComplianceTracker.Api.BulkImport;

/// <summary>
/// Finds where a line ends. Between the quotes of CSV a line break is text: a quote opens a field only at its beginning, and a second
/// one right behind the closing one is a quote in the text.
/// </summary>
internal sealed class LineEnds(bool isCsv)
{
    private bool quoted;
    private int closedAt = -1;

    /// <summary>A new line begins.</summary>
    public void Begin() => (quoted, closedAt) = (false, -1);

    /// <summary>The index of the line break that ends the line, or -1.</summary>
    /// <param name="line">Everything there is from the beginning of the line.</param>
    /// <param name="scanned">How much of it was looked through before, and then by now.</param>
    public int Find(ReadOnlySpan<byte> line, ref int scanned)
    {
        while (scanned < line.Length)
        {
            var rest = line[scanned..];
            var at = !isCsv ? rest.IndexOf((byte)'\n') : quoted ? rest.IndexOf((byte)'"') : rest.IndexOfAny((byte)'\n', (byte)'"');
            if (at < 0)
            {
                scanned = line.Length;
                return -1;
            }

            at += scanned;
            if (line[at] == '\n')
            {
                return at;
            }

            scanned = at + 1;
            if (quoted)
            {
                (quoted, closedAt) = (false, at);
            }
            else
            {
                quoted = at == 0 || line[at - 1] == ',' || closedAt == at - 1;
            }
        }

        return -1;
    }
}
