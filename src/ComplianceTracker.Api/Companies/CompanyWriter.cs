using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;

namespace ComplianceTracker.Api.Companies;

/// <summary>Carries out commands to company profiles.</summary>
internal sealed class CompanyWriter(Writer writer, CompanyStreams streams, InstrumentCatalogue catalogue)
{
    /// <summary>Carries out the command of a request.</summary>
    /// <param name="id">The company.</param>
    /// <param name="command">The command.</param>
    /// <param name="context">The request, whose <c>If-Match</c> counts.</param>
    /// <param name="matchNeeded">True when changing a company that exists needs <c>If-Match</c>.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ApiProblem">The command was refused, or a precondition does not hold.</exception>
    public Task<(WriteResult Result, bool Created)> WriteAsync(
        string id, CompanyCommand command, HttpContext context, bool matchNeeded, CancellationToken cancellationToken)
    {
        var match = Preconditions.From(context.Request);
        return writer.WriteAsync<CompanyProfile?, CompanyEvent>(
            id,
            StreamIds.Company(StreamIds.DefaultTenant, id),
            () => LoadAsync(id, cancellationToken),
            async (state, version) =>
            {
                // An archived company is gone: that is the answer, whatever version the client has.
                if (state is not { IsArchived: true })
                {
                    Check(match, matchNeeded, version);
                }

                return CompanyDecider.Decide(state, command, (await catalogue.NewestVocabularyAsync(cancellationToken)).Vocabulary);
            },
            WriteOrigin.Of(context),
            cancellationToken);
    }

    private static void Check(Preconditions match, bool matchNeeded, long version)
    {
        if (matchNeeded && version > 0 && !match.IsGiven)
        {
            throw new ApiProblem(
                ProblemTypes.PreconditionRequired, $"The company exists at version {version}; send If-Match: {Preconditions.ETag(version)} to replace that version, or * to replace any.");
        }

        match.Check(version);
    }

    private async Task<(CompanyProfile? State, long Version, long Position)> LoadAsync(string id, CancellationToken cancellationToken)
    {
        var state = await streams.AtAsync(StreamIds.DefaultTenant, id, null, cancellationToken);
        return (state.Profile, state.Version, state.Position);
    }
}
