using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Instruments;

namespace ComplianceTracker.Domain.Obligations;

/// <summary>
/// What the counted developments say of one obligation: its content by legal day, and the days on which it was proposed,
/// made, started, suspended and ended. The same for every company; a start relative to a company's fact is added by
/// <see cref="ObligationAnswer"/>.
/// </summary>
public sealed record LegalHistory
{
    /// <summary>The instrument that owns the obligation.</summary>
    public required InstrumentIdentity Instrument { get; init; }

    /// <summary>The obligation's id.</summary>
    public required string ObligationId { get; init; }

    /// <summary>The content by legal day, in order and without gaps: the first from always on, the last until further notice.</summary>
    public required ImmutableArray<ContentPiece> Contents { get; init; }

    /// <summary>When drafts began and ceased to carry the rule, in counted order.</summary>
    public required ImmutableArray<DraftState> Drafts { get; init; }

    /// <summary>The official day on which it was made, or null: it is a draft.</summary>
    public required DateOnly? EnactedOn { get; init; }

    /// <summary>The first legal day, or null: none fixed.</summary>
    public required DateOnly? Start { get; init; }

    /// <summary>The outer limit of a start that is not fixed, or null.</summary>
    public required DateOnly? LatestBy { get; init; }

    /// <summary>The first day on which it no longer applies, or null: none known.</summary>
    public required DateOnly? End { get; init; }

    /// <summary>The obligations that take its place at its end.</summary>
    public required ImmutableArray<string> ReplacedBy { get; init; }

    /// <summary>The windows without legal effect.</summary>
    public required ImmutableArray<OrderWindow> Suspensions { get; init; }

    /// <summary>The windows without enforcement.</summary>
    public required ImmutableArray<OrderWindow> EnforcementPauses { get; init; }

    /// <summary>The developments that made it so, in counted order.</summary>
    public required ImmutableArray<Cause> Causes { get; init; }

    /// <summary>The content that holds on the day.</summary>
    public ObligationContent ContentOn(DateOnly day) => Contents[PieceOn(day)].Content;

    /// <summary>The index in <see cref="Contents"/> of the piece that holds on the day.</summary>
    public int PieceOn(DateOnly day)
    {
        var piece = Contents.Length - 1;
        while (piece > 0 && Contents[piece].From > day)
        {
            piece--;
        }

        return piece;
    }

    /// <summary>
    /// The stage on the day for a company whose own start is <paramref name="start"/> (the general start, or a later one
    /// relative to its facts); null when nothing counted carries the rule on that day.
    /// </summary>
    public Stage? StageOn(DateOnly day, DateOnly? start) =>
        End <= day ? Stage.Ended
        : IsOpen(Suspensions, day) ? Stage.Suspended
        : start <= day ? Stage.InForce
        : EnactedOn <= day ? Stage.Upcoming
        : DraftOn(day) switch
        {
            null => null,
            { Lapsed: true } => Stage.Lapsed,
            _ => Stage.Proposed,
        };

    /// <summary>The first day on or after the given one on which no suspension order is open; null when none is known.</summary>
    public DateOnly? SuspendedUntil(DateOnly day)
    {
        var until = day;
        while (Suspensions.FirstOrDefault(w => w.Days.Contains(until)) is { } window)
        {
            if (window.Days.To is not { } to)
            {
                return null;
            }

            until = to;
        }

        return until;
    }

    /// <summary>True when enforcement is paused on the day.</summary>
    public bool IsEnforcementPausedOn(DateOnly day) => IsOpen(EnforcementPauses, day);

    private static bool IsOpen(ImmutableArray<OrderWindow> windows, DateOnly day)
    {
        foreach (var window in windows)
        {
            if (window.Days.Contains(day))
            {
                return true;
            }
        }

        return false;
    }

    private DraftState? DraftOn(DateOnly day) => Drafts.LastOrDefault(d => d.On <= day);
}

/// <summary>The content from a legal day until the next piece's.</summary>
/// <param name="From">The first day, or null: always.</param>
/// <param name="Content">The content.</param>
public sealed record ContentPiece(DateOnly? From, ObligationContent Content);

/// <summary>A draft began or ceased to carry the rule.</summary>
/// <param name="On">The official day.</param>
/// <param name="Lapsed">False: proposed; true: dropped or overtaken.</param>
public sealed record DraftState(DateOnly On, bool Lapsed);

/// <summary>A window that an order opened.</summary>
/// <param name="OrderName">The order.</param>
/// <param name="Days">The days, half-open.</param>
public sealed record OrderWindow(string OrderName, Days Days);

/// <summary>A development that gave an obligation its content, stage or dates.</summary>
/// <param name="Effect">The effect it had.</param>
/// <param name="By">The development, as counted.</param>
public sealed record Cause(Effect Effect, CountedDevelopment By);
