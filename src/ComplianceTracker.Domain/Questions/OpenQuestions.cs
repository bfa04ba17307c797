using System.Collections.Immutable;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Explanations;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Domain.Questions;

/// <summary>What a company must still tell for its undetermined obligations, the question that settles most first.</summary>
public static class OpenQuestions
{
    /// <summary>What keeps the answer for an obligation undetermined; null where it is not.</summary>
    /// <param name="rule">The obligation on the day.</param>
    /// <param name="answer">The answer for it.</param>
    /// <param name="facts">The company's facts of the day.</param>
    public static Waiting? Of(DayRule rule, ObligationAnswer answer, FactFrame facts)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return answer is { Status: Status.Undetermined, Otherwise: { } otherwise } && Doubt.Of(rule, facts) is { } doubt
            ? new Waiting(answer.History.ObligationId, otherwise, doubt.Facts, doubt.MaySettle)
            : null;
    }

    /// <summary>
    /// The questions in the order in which to ask them. An obligation is settled once all facts that it waits for are known, so questions that
    /// settle something only together come after each other: next come those that settle most for each question asked, counting obligations in force
    /// first, then upcoming ones, then the others.
    /// </summary>
    public static ImmutableArray<OpenQuestion> InOrder(IEnumerable<Waiting> waiting)
    {
        var open = waiting.OrderBy(w => w.ObligationId, StringComparer.Ordinal).ToImmutableArray();
        var order = new Ordering(open).Facts();
        var questions = ImmutableArray.CreateBuilder<OpenQuestion>(order.Count);
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var fact in order)
        {
            known.Add(fact);
            var own = open.Where(w => w.Facts.Contains(fact, StringComparer.Ordinal)).ToImmutableArray();
            questions.Add(new OpenQuestion(
                fact,
                Tally.Of(own.Where(w => w.Facts.Length == 1)),
                Tally.Of(open.Where(w => w.Facts.All(known.Contains))),
                Tally.Of(own.Where(w => w.MaySettle.Contains(fact, StringComparer.Ordinal))),
                own));
        }

        return questions.MoveToImmutable();
    }
}

/// <summary>An undetermined obligation and what it waits for.</summary>
/// <param name="ObligationId">The obligation.</param>
/// <param name="Otherwise">The status it would have if it applied.</param>
/// <param name="Facts">The facts that can still change the answer, ordinal: known all, they settle it.</param>
/// <param name="MaySettle">Those of them of which some value settles it alone, ordinal.</param>
public sealed record Waiting(string ObligationId, Status Otherwise, ImmutableArray<string> Facts, ImmutableArray<string> MaySettle);

/// <summary>A fact to ask a company for.</summary>
/// <param name="Fact">The fact.</param>
/// <param name="Settles">The obligations that its answer settles alone, whatever it is.</param>
/// <param name="SettlesTogether">The obligations that the answers to it and to all questions before it settle, whatever they are.</param>
/// <param name="MaySettle">The obligations that some answer to it settles alone.</param>
/// <param name="Waiting">The obligations that wait for it, by id.</param>
public sealed record OpenQuestion(string Fact, Tally Settles, Tally SettlesTogether, Tally MaySettle, ImmutableArray<Waiting> Waiting);

/// <summary>How many obligations, by what they would be if they applied. The greater counts first what is in force, then what is upcoming.</summary>
/// <param name="InForce">Those that would be applicable.</param>
/// <param name="Upcoming">Those that would be upcoming.</param>
/// <param name="Other">Those that would be suspended or proposed.</param>
public readonly record struct Tally(int InForce, int Upcoming, int Other)
{
    /// <summary>All of them.</summary>
    public int All => InForce + Upcoming + Other;

    /// <summary>Counts obligations.</summary>
    public static Tally Of(IEnumerable<Waiting> waiting) => waiting.Aggregate(default(Tally), (tally, w) => tally.With(w.Otherwise));

    /// <summary>One more.</summary>
    public Tally With(Status otherwise) => otherwise switch
    {
        Status.Applicable => this with { InForce = InForce + 1 },
        Status.Upcoming => this with { Upcoming = Upcoming + 1 },
        _ => this with { Other = Other + 1 },
    };
}
