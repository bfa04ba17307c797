using System.Collections.Immutable;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Changes;

/// <summary>What became of one obligation of a company between two points.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="ObligationId">The obligation; of a replacement, the one that is over.</param>
/// <param name="Before">The answer at the first point, or null: there was none.</param>
/// <param name="After">The answer at the second point, or null: there is none.</param>
/// <param name="ReplacedBy">Of a replacement, the answers for the obligations that take the place; otherwise empty.</param>
/// <param name="Members">The members of the answer that this is about, in the API's names; empty when there is no answer at one of the points.</param>
/// <param name="Causes">What brought it about; never empty.</param>
public sealed record Change(
    ChangeKind Kind,
    string ObligationId,
    ObligationAnswer? Before,
    ObligationAnswer? After,
    ImmutableArray<ObligationAnswer> ReplacedBy,
    ImmutableArray<string> Members,
    ImmutableArray<ChangeCause> Causes);

/// <summary>What brought a change about.</summary>
public abstract record ChangeCause
{
    private ChangeCause()
    {
    }

    /// <summary>Something happened to the instrument: it became public or recorded between the points, or decided a day that came between them.</summary>
    /// <param name="InstrumentId">The instrument.</param>
    /// <param name="By">The development, as counted at the second point; at the first where it no longer counts.</param>
    public sealed record Development(string InstrumentId, CountedDevelopment By) : ChangeCause;

    /// <summary>A fact of the company is another at the second point, or a day that follows from it came.</summary>
    /// <param name="Name">The fact.</param>
    /// <param name="Before">Its value at the first point, or null: unknown.</param>
    /// <param name="After">Its value at the second point, or null: unknown.</param>
    public sealed record Fact(string Name, FactValue? Before, FactValue? After) : ChangeCause;

    /// <summary>The vocabulary gained a value of the fact, or a member of a group of jurisdictions.</summary>
    /// <param name="Name">The fact that the condition reads.</param>
    public sealed record Vocabulary(string Name) : ChangeCause;

    /// <summary>The company was registered between the points.</summary>
    public sealed record Registration : ChangeCause;
}
