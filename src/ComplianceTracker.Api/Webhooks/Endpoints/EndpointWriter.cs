using System.Collections.Immutable;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Webhooks.Outbound;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Webhooks.Endpoints;

/// <summary>Registers, changes, proves and rotates endpoints.</summary>
internal sealed class EndpointWriter(
    EndpointStore store, EndpointSecrets secrets, EndpointVerifier verifier, AddressPolicy policy, IEventStore log, EventTypes types, TimeProvider time)
{
    /// <summary>The most secrets that sign at once.</summary>
    public const int MostSecrets = 5;

    private const string Actor = "api";
    private const int MostTries = 8;
    private static readonly TimeSpan LongestLookUp = TimeSpan.FromSeconds(5);

    /// <summary>Registers an endpoint, and proves it if it can be proved at once.</summary>
    /// <param name="body">What the subscriber says.</param>
    /// <param name="request">The keyed request, or null; sent again it finds what it registered.</param>
    /// <param name="cancellationToken">Ends the attempt; an endpoint registered by then stays, pending.</param>
    /// <returns>The endpoint and its secret.</returns>
    public async Task<(WebhookEndpoint Endpoint, string Secret)> CreateAsync(EndpointBody body, KeyedRequest? request, CancellationToken cancellationToken)
    {
        var url = EndpointChecks.Url(body.Url);
        var headers = EndpointChecks.HeadersOf(
            (body.Headers ?? ImmutableDictionary<string, string>.Empty).Select(h => KeyValuePair.Create<string, string?>(h.Key, h.Value ?? throw NullHeader(h.Key))), NoHeaders);
        var tenant = StreamIds.DefaultTenant;
        var id = $"ep_{request?.EventId(0) ?? Guid.CreateVersion7(time.GetUtcNow()):N}";
        var now = time.GetUtcNow();
        var secret = EndpointSecrets.Generate();
        var endpoint = new WebhookEndpoint
        {
            Tenant = tenant,
            Id = id,
            Url = url,
            Description = EndpointChecks.Description(body.Description),
            Filter = new EndpointFilter(
                EndpointChecks.EventTypes(body.EventTypes),
                EndpointChecks.Ids(body.Companies, "/companies"),
                EndpointChecks.Jurisdictions(body.Jurisdictions),
                EndpointChecks.Ids(body.Topics, "/topics"),
                EndpointChecks.Ids(body.Instruments, "/instruments"),
                EndpointChecks.Categories(body.Categories),
                EndpointChecks.ConditionOf(body.Condition),
                EndpointChecks.LeadTimesOf(body.LeadTimes)),
            RateLimit = EndpointChecks.RateLimitOf(body.RateLimit),
            Ordered = body.Ordered ?? true,
            State = EndpointState.Pending,
            StateSince = now,
            StateReason = "It was not asked yet.",
            Since = null,
            Version = 1,
            CreatedAt = now,
            ProtectedSecrets = secrets.Protect(tenant, id, [new EndpointSecret(secret, null, null)]),
            ProtectedHeaders = secrets.Protect(tenant, id, headers),
            HeaderNames = [..headers.Keys],
        };
        await RefuseForbiddenAsync(url, cancellationToken);
        switch (await store.InsertAsync(endpoint, Actor, cancellationToken))
        {
            case Registration.TooMany:
                throw new ApiProblem(ProblemTypes.LimitExceeded, $"At most {EndpointStore.MostOfATenant} endpoints; delete those that nobody needs.");
            case Registration.AlreadyThere:
                var first = await FindAsync(id, cancellationToken);
                return (first, secrets.SecretsOf(first)[^1].Text);
            default:
                return ((await ProveAsync(endpoint, cancellationToken)).Endpoint, secret);
        }
    }

    /// <summary>The endpoint.</summary>
    /// <exception cref="ApiProblem">There is none.</exception>
    public async Task<WebhookEndpoint> FindAsync(string id, CancellationToken cancellationToken) =>
        await store.FindAsync(StreamIds.DefaultTenant, id, cancellationToken) ?? throw NotFound(id);

    /// <summary>Changes an endpoint. Another address is asked first, so that nothing is ever sent to one that was not proved.</summary>
    public async Task<WebhookEndpoint> PatchAsync(string id, EndpointPatchBody body, Preconditions preconditions, CancellationToken cancellationToken)
    {
        var url = body.Has(nameof(body.Url)) ? EndpointChecks.Url(body.Url) : null;
        Verification? verification = null;
        for (var attempt = 0; attempt < MostTries; attempt++)
        {
            var before = await FindAsync(id, cancellationToken);
            preconditions.Check(before.Version);
            var after = Patched(before, body);
            var moves = url is not null && url != before.Url;
            if (moves)
            {
                RefuseHeadersElsewhere(before, url!, body);
                after = after with { Url = url! };
                if (verification is null)
                {
                    await RefuseForbiddenAsync(url!, cancellationToken);
                    verification = await verifier.AskAsync(after, cancellationToken);
                }

                after = verification.Verified
                    ? Proved(after, await log.HeadAsync(cancellationToken), verification.Reason)
                    : Moved(after, EndpointState.Pending, verification.Reason) with { VerifiedAt = null, StateReason = verification.Reason };
            }

            after = body.Has(nameof(body.State)) ? WithState(after, body.State) : after;
            if (IsSame(before, after, body))
            {
                return before;
            }

            Func<Task>? say = before.State is EndpointState.Failing or EndpointState.Disabled && after.State == EndpointState.Active
                ? () => SayRecoveredAsync(before, cancellationToken)
                : null;
            if (await store.UpdateAsync(after, before.Version, "changed", Actor, Detail(before, after, body), cancellationToken, say) is { } changed)
            {
                return changed;
            }
        }

        throw Concurrent();
    }

    /// <summary>Deletes an endpoint.</summary>
    public async Task DeleteAsync(string id, Preconditions preconditions, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MostTries; attempt++)
        {
            var before = await FindAsync(id, cancellationToken);
            preconditions.Check(before.Version);
            if (await store.DeleteAsync(before.Tenant, id, before.Version, Actor, cancellationToken))
            {
                return;
            }
        }

        throw Concurrent();
    }

    /// <summary>Asks an endpoint whether it wants deliveries, and keeps the answer.</summary>
    public async Task<(Verification Verification, WebhookEndpoint Endpoint)> VerifyAsync(string id, CancellationToken cancellationToken) =>
        await ProveAsync(await FindAsync(id, cancellationToken), cancellationToken);

    /// <summary>Gives an endpoint a new secret; the old ones sign too for as long as is given.</summary>
    /// <returns>The new secret, until when the old ones sign, and the endpoint since.</returns>
    public async Task<(string Secret, DateTimeOffset PreviousUntil, WebhookEndpoint Endpoint)> RotateAsync(
        string id, TimeSpan grace, KeyedRequest? request, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MostTries; attempt++)
        {
            var before = await FindAsync(id, cancellationToken);
            var now = time.GetUtcNow();
            var known = Readable(() => secrets.SecretsOf(before), []);
            if (request is not null && known.FirstOrDefault(s => s.Request == request.Nonce) is { } done)
            {
                return (done.Text, known.Where(s => s.Expires is not null && s != done).Select(s => s.Expires!.Value).DefaultIfEmpty(now).Max(), before);
            }

            var until = now + grace;
            var old = known.Where(s => s.Expires is null || s.Expires > now)
                .Select(s => s with { Expires = s.Expires is { } earlier && earlier < until ? earlier : until })
                .Where(s => s.Expires > now)
                .ToList();
            if (old.Count >= MostSecrets)
            {
                throw new ApiProblem(ProblemTypes.LimitExceeded, $"At most {MostSecrets} secrets sign at once; the next of the old ones expires at {old.Min(s => s.Expires):O}. A gracePeriod of PT0S ends them at once.");
            }

            var secret = new EndpointSecret(EndpointSecrets.Generate(), null, request?.Nonce);
            var after = before with { ProtectedSecrets = secrets.Protect(before.Tenant, id, [secret, ..old]) };
            var detail = new JsonObject { ["previousUntil"] = until.ToString("O") };
            if (await store.UpdateAsync(after, before.Version, "secret-rotated", Actor, detail, cancellationToken) is { } changed)
            {
                return (secret.Text, until, changed);
            }
        }

        throw Concurrent();
    }

    /// <summary>The problem of an endpoint that is not there.</summary>
    public static ApiProblem NotFound(string id) => new(ProblemTypes.EndpointNotFound, $"No endpoint is registered as '{(id.Length > 200 ? id[..200] : id)}'.");

    private static ImmutableSortedDictionary<string, string> NoHeaders { get; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);

    private static ImmutableArray<string> Members { get; } =
    [
        nameof(EndpointPatchBody.Url), nameof(EndpointPatchBody.Description), nameof(EndpointPatchBody.EventTypes), nameof(EndpointPatchBody.Companies),
        nameof(EndpointPatchBody.Jurisdictions), nameof(EndpointPatchBody.Topics), nameof(EndpointPatchBody.Instruments), nameof(EndpointPatchBody.Categories),
        nameof(EndpointPatchBody.Condition), nameof(EndpointPatchBody.Headers), nameof(EndpointPatchBody.LeadTimes), nameof(EndpointPatchBody.RateLimit),
        nameof(EndpointPatchBody.Ordered), nameof(EndpointPatchBody.State),
    ];

    // Others were told that it fails; under an id of its own, so that whoever dies in between says the same again.
    private async Task SayRecoveredAsync(WebhookEndpoint before, CancellationToken cancellationToken)
    {
        var stream = StreamIds.Endpoint(before.Tenant, before.Id);
        var said = types.Encode(EndpointMoves.IdOf(before, EndpointState.Active), new EndpointRecovered(before.Id, before.StateSince));
        await log.AppendAsync([new StreamAppend(stream, ExpectedVersion.Any, [said])], RequestMetadata.Webhooks(before.Tenant), cancellationToken);
    }

    // Headers are never read back. Another address must not become a way to read them.
    private static void RefuseHeadersElsewhere(WebhookEndpoint before, Uri url, EndpointPatchBody body)
    {
        if ((body.Has(nameof(body.Headers)) && body.Headers is null) || url.GetLeftPart(UriPartial.Authority) == before.Url.GetLeftPart(UriPartial.Authority))
        {
            return;
        }

        var kept = before.HeaderNames.Except(body.Headers?.Keys ?? [], StringComparer.OrdinalIgnoreCase).ToList();
        if (kept.Count > 0)
        {
            throw new ApiProblem(
                ProblemTypes.InvalidBody,
                $"The headers {string.Join(", ", kept)} were given for {before.Url.Authority}, and what nobody may read is not sent elsewhere: with the address give each anew, or null for it, or null for all 'headers'.")
            {
                Pointer = "/headers",
            };
        }
    }

    // Told at once where it can be; the connection holds every address against the same rules again.
    private async Task RefuseForbiddenAsync(Uri url, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestLookUp);
        try
        {
            await policy.VetAsync(url.Scheme, url.IdnHost, url.Port, limit.Token);
        }
        catch (ForbiddenDestinationException e)
        {
            throw new ApiProblem(ProblemTypes.DestinationForbidden, e.Message) { Pointer = "/url" };
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // A name may come to resolve later; until then the endpoint stays pending and says so.
        }
    }

    private async Task<(Verification Verification, WebhookEndpoint Endpoint)> ProveAsync(WebhookEndpoint endpoint, CancellationToken cancellationToken)
    {
        var verification = await verifier.AskAsync(endpoint, cancellationToken);
        for (var attempt = 0; attempt < MostTries; attempt++)
        {
            // What another request made of it meanwhile stays, and a proof of another address proves nothing.
            var before = await FindAsync(endpoint.Id, cancellationToken);
            if (before.Url != endpoint.Url)
            {
                return (new Verification(false, "Its address changed while it was asked."), before);
            }

            var after = verification.Verified
                ? Proved(before, await log.HeadAsync(cancellationToken), verification.Reason)
                : before with { StateReason = before.State == EndpointState.Pending ? verification.Reason : before.StateReason };
            var what = verification.Verified ? "verified" : "not-verified";
            if (await store.UpdateAsync(after, before.Version, what, Actor, new JsonObject { ["reason"] = verification.Reason }, cancellationToken) is { } changed)
            {
                return (verification, changed);
            }
        }

        throw Concurrent();
    }

    private WebhookEndpoint Patched(WebhookEndpoint e, EndpointPatchBody body)
    {
        var filter = e.Filter;
        filter = body.Has(nameof(body.EventTypes)) ? filter with { EventTypes = EndpointChecks.EventTypes(body.EventTypes) } : filter;
        filter = body.Has(nameof(body.Companies)) ? filter with { Companies = EndpointChecks.Ids(body.Companies, "/companies") } : filter;
        filter = body.Has(nameof(body.Jurisdictions)) ? filter with { Jurisdictions = EndpointChecks.Jurisdictions(body.Jurisdictions) } : filter;
        filter = body.Has(nameof(body.Topics)) ? filter with { Topics = EndpointChecks.Ids(body.Topics, "/topics") } : filter;
        filter = body.Has(nameof(body.Instruments)) ? filter with { Instruments = EndpointChecks.Ids(body.Instruments, "/instruments") } : filter;
        filter = body.Has(nameof(body.Categories)) ? filter with { Categories = EndpointChecks.Categories(body.Categories) } : filter;
        filter = body.Has(nameof(body.Condition)) ? filter with { Condition = EndpointChecks.ConditionOf(body.Condition) } : filter;
        filter = body.Has(nameof(body.LeadTimes)) ? filter with { LeadTimes = EndpointChecks.LeadTimesOf(body.LeadTimes) } : filter;
        var after = e with
        {
            Filter = filter,
            Description = body.Has(nameof(body.Description)) ? EndpointChecks.Description(body.Description) : e.Description,
            RateLimit = body.Has(nameof(body.RateLimit)) ? EndpointChecks.RateLimitOf(body.RateLimit) : e.RateLimit,
            Ordered = body.Has(nameof(body.Ordered)) ? body.Ordered ?? true : e.Ordered,
        };
        if (body.Has(nameof(body.Headers)))
        {
            var headers = body.Headers is null ? NoHeaders : EndpointChecks.HeadersOf(body.Headers, Readable(() => secrets.HeadersOf(e), NoHeaders));
            after = after with { ProtectedHeaders = secrets.Protect(e.Tenant, e.Id, headers), HeaderNames = [..headers.Keys] };
        }

        return after;
    }

    // Pending is what was not proved, and nothing else is. One that its subscriber paused stays so.
    private WebhookEndpoint Proved(WebhookEndpoint e, long head, string reason)
    {
        var proved = e with { VerifiedAt = time.GetUtcNow(), Since = e.Since ?? head };
        return e.State == EndpointState.Pending ? Moved(proved, EndpointState.Active, reason) : proved;
    }

    private WebhookEndpoint WithState(WebhookEndpoint e, EndpointState asked) => asked switch
    {
        EndpointState.Paused or EndpointState.Active when e.State == EndpointState.Pending => throw new ApiProblem(
            ProblemTypes.EndpointNotVerified,
            $"It was not proved yet that deliveries are wanted at its address, so nothing is sent there: POST …/verify asks again, and makes it active. {e.StateReason}")
        {
            Pointer = "/state",
        },
        EndpointState.Paused => Moved(e, EndpointState.Paused, "Paused by its subscriber."),
        EndpointState.Active => Moved(e, EndpointState.Active, "Made active by its subscriber."),
        _ => throw new ApiProblem(ProblemTypes.InvalidBody, "A state to ask for is paused or active; the others come about by themselves.")
        {
            Pointer = "/state",
            Expected = [Words.Of(EndpointState.Paused), Words.Of(EndpointState.Active)],
        },
    };

    private WebhookEndpoint Moved(WebhookEndpoint e, EndpointState to, string reason) =>
        e.State == to ? e : e with { State = to, StateSince = time.GetUtcNow(), StateReason = reason };

    private static JsonObject Detail(WebhookEndpoint before, WebhookEndpoint after, EndpointPatchBody body)
    {
        var detail = new JsonObject { ["members"] = string.Join(", ", Members.Where(body.Has).Select(m => char.ToLowerInvariant(m[0]) + m[1..])) };
        if (after.State != before.State)
        {
            detail["state"] = Words.Of(after.State);
            detail["reason"] = after.StateReason;
        }

        if (after.Url != before.Url)
        {
            detail["url"] = after.Url.AbsoluteUri;
        }

        return detail;
    }

    // What cannot be read any more can be replaced: its key is gone, and nothing was signed with it since.
    private static T Readable<T>(Func<T> read, T otherwise)
    {
        try
        {
            return read();
        }
        catch (CryptographicException)
        {
            return otherwise;
        }
    }

    // Headers are protected anew with every change, so their bytes say nothing.
    private static bool IsSame(WebhookEndpoint before, WebhookEndpoint after, EndpointPatchBody body) =>
        !body.Has(nameof(body.Headers))
        && after.Url == before.Url && after.Description == before.Description && after.RateLimit == before.RateLimit && after.Ordered == before.Ordered
        && after.State == before.State && after.Filter.Condition == before.Filter.Condition
        && after.Filter.EventTypes.SequenceEqual(before.Filter.EventTypes) && after.Filter.Companies.SequenceEqual(before.Filter.Companies)
        && after.Filter.Jurisdictions.SequenceEqual(before.Filter.Jurisdictions) && after.Filter.Topics.SequenceEqual(before.Filter.Topics)
        && after.Filter.Instruments.SequenceEqual(before.Filter.Instruments) && after.Filter.Categories.SequenceEqual(before.Filter.Categories)
        && after.Filter.LeadTimes.SequenceEqual(before.Filter.LeadTimes);

    private static ApiProblem NullHeader(string name) =>
        new(ProblemTypes.InvalidBody, "The value must not be null.") { Pointer = $"/headers/{Json.JsonErrors.Escape(name)}" };

    private static ApiProblem Concurrent() =>
        new(ProblemTypes.ConcurrentChange, "Others kept changing it while this change was being made.") { RetryAfter = 1 };
}
