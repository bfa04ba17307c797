using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Companies;

/// <summary>Decides what follows from a command to a company profile, and folds its events.</summary>
public static class CompanyDecider
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxNameLength = 300;

    /// <summary>
    /// The events that follow, or why not. A command that changes nothing gives no events. Facts are held against the
    /// vocabulary, whose version says for which values a declared set is complete.
    /// </summary>
    /// <param name="state">The profile, or null: not registered.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="vocabulary">The vocabulary as it is now.</param>
    public static Decision<CompanyEvent> Decide(CompanyProfile? state, CompanyCommand command, FactVocabulary vocabulary)
    {
        if (state is { IsArchived: true })
        {
            return command is ArchiveCompany
                ? Decision<CompanyEvent>.Accept()
                : new Rejection(RejectionCode.CompanyArchived, $"The company '{state.Id}' was archived and takes no more changes.");
        }

        return command switch
        {
            PutCompany put => Put(state, put, vocabulary),
            DeclareFacts declare => Declare(state, declare, vocabulary),
            ArchiveCompany when state is not null => Decision<CompanyEvent>.Accept(new CompanyWasArchived()),
            _ => NotRegistered(),
        };
    }

    /// <summary>The profile after the event.</summary>
    public static CompanyProfile? Evolve(CompanyProfile? state, CompanyEvent @event) => @event switch
    {
        CompanyRegistered e => new CompanyProfile(e.CompanyId, e.Name, e.TimeZone, CompanyProfile.Declare(CompanyProfile.NoFacts, e.Facts), false),
        CompanyReplaced e when state is not null =>
            state with { Name = e.Name, TimeZone = e.TimeZone, Facts = CompanyProfile.Declare(CompanyProfile.NoFacts, e.Facts) },
        FactsDeclared e when state is not null => state with { Facts = CompanyProfile.Declare(state.Facts, e.Facts) },
        CompanyWasArchived when state is not null => state with { IsArchived = true },
        _ => throw new InvalidOperationException($"A company's stream cannot hold {@event.GetType().Name} before it is registered."),
    };

    private static Decision<CompanyEvent> Put(CompanyProfile? state, PutCompany put, FactVocabulary vocabulary)
    {
        if (!Slug.IsValid(put.CompanyId))
        {
            return new Rejection(RejectionCode.InvalidValue, $"A company id is {Slug.Description}.");
        }

        if (string.IsNullOrWhiteSpace(put.Name) || put.Name.Length > MaxNameLength)
        {
            return new Rejection(RejectionCode.InvalidValue, $"A name is needed, at most {MaxNameLength} characters long.", "/name");
        }

        if (FactChecking.Check(put.Facts, vocabulary, out var facts) is { } rejection)
        {
            return rejection;
        }

        if (state is null)
        {
            return Decision<CompanyEvent>.Accept(new CompanyRegistered(put.CompanyId, put.Name, put.TimeZone, facts));
        }

        return Changed(state, new CompanyReplaced(put.Name, put.TimeZone, facts));
    }

    private static Decision<CompanyEvent> Declare(CompanyProfile? state, DeclareFacts declare, FactVocabulary vocabulary)
    {
        if (state is null)
        {
            return NotRegistered();
        }

        if (FactChecking.Check(declare.Facts, vocabulary, out var facts) is { } rejection)
        {
            return rejection;
        }

        return Changed(state, new FactsDeclared(facts));
    }

    private static Decision<CompanyEvent> Changed(CompanyProfile state, CompanyEvent change)
    {
        var after = Evolve(state, change)!;
        var rejection = RecordLimits.Count(after.Facts.Values.Sum(f => f.Pieces.Length), RecordLimits.FactPieces, "values with their days in one profile", "");
        return rejection is not null ? rejection
            : IsSame(state, after) ? Decision<CompanyEvent>.Accept()
            : Decision<CompanyEvent>.Accept(change);
    }

    private static bool IsSame(CompanyProfile a, CompanyProfile b) =>
        a.Name == b.Name && a.TimeZone == b.TimeZone && a.Facts.SequenceEqual(b.Facts);

    private static Rejection NotRegistered() =>
        new(RejectionCode.CompanyNotRegistered, "No company is registered under that id.");
}
