using System.Security.Cryptography;
using System.Text;

namespace ComplianceTracker.Api.BulkImport;

/// <summary>How far an import is. Immutable.</summary>
/// <param name="Passed">How many lines were dealt with, the header of CSV among them.</param>
/// <param name="Chain">What those lines hash to: each line's hash is made of the one before and its bytes.</param>
internal sealed record ImportTally(long Passed, byte[] Chain)
{
    /// <summary>Companies among the lines.</summary>
    public long Lines => Registered + Replaced + Unchanged + Refused;

    /// <summary>New companies.</summary>
    public long Registered { get; init; }

    /// <summary>Companies whose profile was replaced.</summary>
    public long Replaced { get; init; }

    /// <summary>Companies that were on record so.</summary>
    public long Unchanged { get; init; }

    /// <summary>Lines that were refused.</summary>
    public long Refused { get; init; }

    /// <summary>The highest log position of what was dealt with.</summary>
    public long Position { get; init; }

    /// <summary>True when the end was reached.</summary>
    public bool IsDone { get; init; }

    /// <summary>Nothing yet. What the lines mean belongs to what they hash to.</summary>
    public static ImportTally Begin(ImportFormat format, bool replaces) => new(0, SHA256.HashData(Encoding.UTF8.GetBytes($"{format} {replaces}")));

    /// <summary>The hash of the lines with one more.</summary>
    public static byte[] Link(byte[] chain, byte[] line)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(chain);
        hash.AppendData(line);
        return hash.GetHashAndReset();
    }

    /// <summary>The tally with one more company.</summary>
    public ImportTally With(LineOutcome outcome) => outcome.Kind switch
    {
        OutcomeKind.Registered => this with { Registered = Registered + 1, Position = Math.Max(Position, outcome.Position) },
        OutcomeKind.Replaced => this with { Replaced = Replaced + 1, Position = Math.Max(Position, outcome.Position) },
        OutcomeKind.Unchanged => this with { Unchanged = Unchanged + 1, Position = Math.Max(Position, outcome.Position) },
        OutcomeKind.Refused => this with { Refused = Refused + 1 },
        _ => throw new InvalidOperationException($"Unknown outcome {outcome.Kind}."),
    };
}
