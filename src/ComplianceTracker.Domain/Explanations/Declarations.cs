using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;

namespace ComplianceTracker.Domain.Explanations;

/// <summary>Which declaration each fact of a company goes back to. Immutable; the fold of the company's events.</summary>
public sealed class Declarations
{
    private readonly ImmutableList<(FactDeclaration Declared, long Position, DateTimeOffset RecordedAt)> inOrder;

    private Declarations(ImmutableList<(FactDeclaration, long, DateTimeOffset)> inOrder, (long, DateTimeOffset)? registered) =>
        (this.inOrder, Registered) = (inOrder, registered);

    /// <summary>Of a company that is not registered.</summary>
    public static Declarations None { get; } = new([], null);

    /// <summary>The log position of the company's registration and when that was, UTC; null: not registered.</summary>
    public (long Position, DateTimeOffset At)? Registered { get; }

    /// <summary>The declarations after one more event of the company.</summary>
    /// <param name="event">The event.</param>
    /// <param name="position">Its position in the log.</param>
    /// <param name="recordedAt">When it was recorded, UTC.</param>
    public Declarations With(CompanyEvent @event, long position, DateTimeOffset recordedAt)
    {
        return @event switch
        {
            CompanyRegistered e => new(Stamped(e.Facts), (position, recordedAt)),
            CompanyReplaced e => new(Stamped(e.Facts), Registered),
            FactsDeclared e => new(inOrder.AddRange(Stamped(e.Facts)), Registered),
            _ => this,
        };

        ImmutableList<(FactDeclaration, long, DateTimeOffset)> Stamped(ImmutableArray<FactDeclaration> facts) =>
            [..facts.Select(f => (f, position, recordedAt))];
    }

    /// <summary>What was declared last of the fact's value on the day, or null: nothing.</summary>
    /// <param name="profile">The company's facts after the same events.</param>
    /// <param name="fact">The fact.</param>
    /// <param name="day">The legal day.</param>
    public Declaration? Of(CompanyProfile profile, string fact, DateOnly day)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var at = inOrder.FindLastIndex(d => d.Declared.Fact == fact && d.Declared.Days.Contains(day));
        if (at < 0)
        {
            return null;
        }

        // What a later declaration left of it.
        var days = profile.FactOf(fact).Pieces.Where(p => p.Days.Contains(day)).Select(p => p.Days).DefaultIfEmpty(inOrder[at].Declared.Days).First();
        return new Declaration(days, inOrder[at].Position, inOrder[at].RecordedAt);
    }
}

/// <summary>When a fact's value holds and since when that is on record.</summary>
/// <param name="Days">The days in which it holds, half-open.</param>
/// <param name="Position">The log position of the declaration.</param>
/// <param name="RecordedAt">When it was declared, UTC.</param>
public sealed record Declaration(Days Days, long Position, DateTimeOffset RecordedAt);
