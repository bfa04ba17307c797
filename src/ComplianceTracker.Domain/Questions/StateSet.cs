using ComplianceTracker.Domain.Conditions;

namespace ComplianceTracker.Domain.Questions;

/// <summary>
/// A set of states of a part of a condition. A state is a pair: what the part comes to while one fact is unknown, and what it comes to with a
/// value of that fact, all others being the same. Learning never changes a yes or a no, so there are five: yes both times, no both times, open
/// both times, open and then yes, open and then no.
/// </summary>
internal readonly record struct StateSet
{
    private const int Yes = 1, No = 2, Stays = 4, TurnsYes = 8, TurnsNo = 16;

    private static readonly byte[,] Both = Table();

    private readonly byte states;

    private StateSet(int states) => this.states = (byte)states;

    /// <summary>Open both times alone.</summary>
    public static StateSet Open { get; } = new(Stays);

    /// <summary>True when one of the states is open without the fact and decided with it.</summary>
    public bool HoldsTurn => (states & (TurnsYes | TurnsNo)) != 0;

    /// <summary>The same truth both times, for each of the truths.</summary>
    public static StateSet Of(ReadOnlySpan<Truth> truths) => Of(truths, Yes, No);

    /// <summary>Open without the fact and the truth with it, for each of the truths.</summary>
    public static StateSet Turning(ReadOnlySpan<Truth> truths) => Of(truths, TurnsYes, TurnsNo);

    /// <summary>The states of either set.</summary>
    public StateSet Or(StateSet other) => new(states | other.states);

    /// <summary>The states of the opposite.</summary>
    public StateSet Denied() => new(
        ((states & Yes) << 1) | ((states & No) >> 1) | (states & Stays) | ((states & TurnsYes) << 1) | ((states & TurnsNo) >> 1));

    /// <summary>The states of both together, each in one of its own.</summary>
    public StateSet And(StateSet other) => new(Both[states, other.states]);

    private static StateSet Of(ReadOnlySpan<Truth> truths, int yes, int no)
    {
        var states = 0;
        foreach (var truth in truths)
        {
            states |= truth switch { Truth.Yes => yes, Truth.No => no, _ => Stays };
        }

        return new(states);
    }

    private static byte[,] Table()
    {
        var table = new byte[32, 32];
        for (var a = 0; a < 32; a++)
        {
            for (var b = 0; b < 32; b++)
            {
                foreach (var x in Single(a))
                {
                    foreach (var y in Single(b))
                    {
                        table[a, b] |= (byte)Joined(x, y);
                    }
                }
            }
        }

        return table;
    }

    private static IEnumerable<int> Single(int states) => new[] { Yes, No, Stays, TurnsYes, TurnsNo }.Where(s => (states & s) != 0);

    private static int Joined(int x, int y) => (x, y) switch
    {
        (No, _) or (_, No) => No,
        (Yes, var other) => other,
        (var other, Yes) => other,
        (TurnsNo, _) or (_, TurnsNo) => TurnsNo,
        (TurnsYes, TurnsYes) => TurnsYes,
        _ => Stays,
    };
}
