using System.Buffers.Binary;
using System.Text;

namespace ComplianceTracker.Api.Storage;

/// <summary>
/// Reads what a <see cref="BinaryWriter"/> wrote in UTF-8: numbers of seven bits a byte, texts behind their length. Unlike a
/// <see cref="BinaryReader"/> it passes over what nobody asks for without copying it.
/// </summary>
/// <exception cref="InvalidDataException">From every member: the bytes end early or are none that were written.</exception>
internal ref struct PackedReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    /// <summary>One byte.</summary>
    public byte Byte() => Bytes(1)[0];

    /// <summary>A number as <see cref="BinaryWriter.Write7BitEncodedInt64"/> writes it.</summary>
    public long Number()
    {
        var number = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return (long)number;
            }
        }

        throw Wrong();
    }

    /// <summary>How many of something follow, or how long it is.</summary>
    public int Count() => Number() is >= 0 and <= int.MaxValue and var count ? (int)count : throw Wrong();

    /// <summary>A number of 64 bits, of whatever kind.</summary>
    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Bytes(sizeof(double)));

    /// <summary>A day as its number.</summary>
    public DateOnly Day() => Count() is var number && number <= DateOnly.MaxValue.DayNumber ? DateOnly.FromDayNumber(number) : throw Wrong();

    /// <summary>A text.</summary>
    public string Text() => Encoding.UTF8.GetString(TextBytes());

    /// <summary>A text as it is stored.</summary>
    public ReadOnlySpan<byte> TextBytes() => Bytes(Count());

    /// <summary>The next bytes.</summary>
    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count > rest.Length)
        {
            throw Wrong();
        }

        var next = rest[..count];
        rest = rest[count..];
        return next;
    }

    private static InvalidDataException Wrong() => new("The bytes of a stored row are not as they were written.");
}
