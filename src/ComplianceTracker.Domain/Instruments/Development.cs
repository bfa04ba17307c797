using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;

namespace ComplianceTracker.Domain.Instruments;

/// <summary>One thing that happened to an instrument on a day, with what it does to obligations. The event of the system.</summary>
/// <param name="Id">A slug, unique within the instrument.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Date">The official day, in the jurisdiction's calendar.</param>
/// <param name="PublicOn">The day on which the public could know it, where that is not <paramref name="Date"/>.</param>
/// <param name="Order">Orders developments of one day; the lower counts first.</param>
/// <param name="Scope"><c>amendment</c> when it concerns the making of a later amendment, not of the instrument; else null.</param>
/// <param name="Note">What happened, by language, or null.</param>
/// <param name="Source">Where to look it up.</param>
/// <param name="Confidence">How far it was checked.</param>
/// <param name="CausedBy">The id of the instrument, or the name of the act, that caused it; or null.</param>
/// <param name="Derived">True when the record's keeper added it so that an effect has its event.</param>
/// <param name="Seeds">Newsletters that report it.</param>
/// <param name="RelatedSeeds">Newsletters that speak of its matter.</param>
/// <param name="Corrects">For <see cref="DevelopmentKind.Corrected"/>: the id of the development whose place it takes; else null.</param>
/// <param name="Restated">For <see cref="DevelopmentKind.Corrected"/>: what of the original's kind and dates was recorded wrongly, or null.</param>
/// <param name="Effects">What it does to obligations, in the order in which it does it.</param>
public sealed record Development(
    string Id,
    DevelopmentKind Kind,
    DateOnly Date,
    DateOnly? PublicOn,
    int Order,
    string? Scope,
    LangText? Note,
    string Source,
    Confidence Confidence,
    string? CausedBy,
    bool Derived,
    ImmutableArray<string> Seeds,
    ImmutableArray<string> RelatedSeeds,
    string? Corrects,
    Restatement? Restated,
    ImmutableArray<Effect> Effects)
{
    /// <summary>The value of <see cref="Scope"/> for the making of a later amendment.</summary>
    public const string AmendmentScope = "amendment";

    /// <summary>The day on which the public could know it.</summary>
    public DateOnly PublicDay => PublicOn ?? Date;
}

/// <summary>
/// What a correction says about the kind and dates of the development it corrects. A member that is null stays the original's.
/// </summary>
/// <param name="Kind">The right kind, or null.</param>
/// <param name="Date">The right official day, or null.</param>
/// <param name="PublicOn">The right public day, or null.</param>
/// <param name="Order">The right order within the day, or null.</param>
/// <param name="Scope">The right scope, or null.</param>
public sealed record Restatement(DevelopmentKind? Kind, DateOnly? Date, DateOnly? PublicOn, int? Order, string? Scope);

/// <summary>A development as the log holds it.</summary>
/// <param name="Development">The development.</param>
/// <param name="Position">Its position in the log.</param>
/// <param name="RecordedAt">When the system recorded it, UTC.</param>
public sealed record RecordedDevelopment(Development Development, long Position, DateTimeOffset RecordedAt);
