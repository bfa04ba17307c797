using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;

namespace ComplianceTracker.Api.Problems;

/// <summary>Every problem type there is, and which of them a domain's rejection is. The one table.</summary>
internal static class ProblemTypes
{
    public static readonly ProblemType InvalidParameter = new(
        "invalid-parameter", 400, "A parameter is not valid",
        "A parameter of the path, the query or a header is not of the form it must have, lies outside what is allowed, or is not known.",
        "`parameter` names it and `detail` says what would be right.");

    public static readonly ProblemType BothRecordingClocks = new(
        "both-recording-clocks", 400, "Both clocks of recording were given",
        "`recordedAt` and `position` say the same thing in two ways; given together they might disagree.",
        "Give one of them.");

    public static readonly ProblemType MalformedBody = new(
        "malformed-body", 400, "The body is not well-formed JSON",
        "The body could not be read as JSON at all, or is missing.",
        "`detail` says where reading failed.");

    public static readonly ProblemType NotFound = new(
        "not-found", 404, "There is no such resource",
        "Nothing answers at this path, or the resource that it names does not exist.",
        "The OpenAPI document at /swagger/v1/swagger.json lists what there is.");

    public static readonly ProblemType CompanyNotFound = new(
        "company-not-found", 404, "The company is not registered",
        "No company is registered under that id, or it was not yet registered at the position or instant asked for.",
        "`GET /api/v1/companies` lists the companies; `PUT /api/v1/companies/{id}` registers one.");

    public static readonly ProblemType InstrumentNotFound = new(
        "instrument-not-found", 404, "The instrument is not on record",
        "No instrument is registered under that id, or it was not yet at the position or instant asked for.",
        "`GET /api/v1/instruments` lists the instruments; `POST /api/v1/instruments` registers one.");

    public static readonly ProblemType DevelopmentNotFound = new(
        "development-not-found", 404, "The development is not on record",
        "No development was recorded under that id, or it was not yet at the position or instant asked for.",
        "`GET /api/v1/instruments/{id}/developments` lists the developments of an instrument; `GET /api/v1/events?types=instrument.*` their events.");

    public static readonly ProblemType EventNotFound = new(
        "event-not-found", 404, "There is no event at this position",
        "The log holds no event at the position, or not yet.",
        "Take the position from an event's `dataref`, or from its `sequence` in `GET /api/v1/events`.");

    public static readonly ProblemType DeliveryNotFound = new(
        "delivery-not-found", 404, "There is no such delivery",
        "The endpoint has no delivery of that number. Finished deliveries are kept for a while only; the events themselves are kept for ever.",
        "`GET /api/v1/webhooks/endpoints/{id}/deliveries` lists the deliveries; a replay delivers older events again.");

    public static readonly ProblemType ObligationNotKnown = new(
        "obligation-not-known", 404, "The obligation is not known on these clocks",
        "No public development carried the rule on the day asked about, as known on the day given and as recorded by the position given, or no obligation has that id.",
        "Ask with later clocks, or see the instrument's developments.");

    public static readonly ProblemType FactNotFound = new(
        "fact-not-found", 404, "The vocabulary has no such fact",
        "No fact of that name is defined.",
        "`GET /api/v1/facts` lists the vocabulary; `expected` gives similar names.");

    public static readonly ProblemType ParkedEventNotFound = new(
        "parked-event-not-found", 404, "No such event is parked",
        "The projection has set aside no event at that position, or it was handled or skipped meanwhile.",
        "`GET /api/v1/operations/parked` lists what is parked; `GET /api/v1/operations/parked/log` what was done to it.");

    public static readonly ProblemType EndpointNotFound = new(
        "endpoint-not-found", 404, "The endpoint is not registered",
        "No webhook endpoint is registered under that id, or it was deleted.",
        "`GET /api/v1/webhooks/endpoints` lists the endpoints; `POST /api/v1/webhooks/endpoints` registers one.");

    public static readonly ProblemType EventTypeNotFound = new(
        "event-type-not-found", 404, "There is no such event type",
        "No event of that type and version is delivered.",
        "`GET /api/v1/webhooks/event-types` lists the types; `expected` gives similar names.");

    public static readonly ProblemType MethodNotAllowed = new(
        "method-not-allowed", 405, "The resource does not take this method",
        "The path exists, but not with this method.",
        "The `Allow` header lists the methods it takes.");

    public static readonly ProblemType NotAcceptable = new(
        "not-acceptable", 406, "No representation that the client accepts",
        "The `Accept` header leaves none of the media types that the resource can be served as.",
        "`detail` names the media types there are.");

    public static readonly ProblemType InstrumentAlreadyRegistered = new(
        "instrument-already-registered", 409, "The instrument is registered already",
        "An instrument of that id is on record.",
        "Append its developments with `POST /api/v1/instruments/{id}/developments`.");

    public static readonly ProblemType DevelopmentAlreadyRecorded = new(
        "development-already-recorded", 409, "The development is recorded already",
        "The instrument's record holds a development of that id.",
        "What was recorded wrongly is put right by a development of kind `corrected` that names it.");

    public static readonly ProblemType CompanyAlreadyRegistered = new(
        "company-already-registered", 409, "The company is registered already",
        "A company of that id is registered, with another profile.",
        "Replace it with `If-Match` and the version at hand; in an import with `existing=replace`.");

    public static readonly ProblemType ConcurrentChange = new(
        "concurrent-change", 409, "Somebody else changed it at the same moment",
        "Others kept changing the resource while this change was being made.",
        "Send the request again.");

    public static readonly ProblemType ParkedEventWaits = new(
        "parked-event-waits", 409, "The event waits for an earlier one",
        "An earlier event of the same stream is parked. Events of a stream are handled in their order, so that one comes first.",
        "Retry or skip the event whose position `expected` gives; this one follows by itself.");

    public static readonly ProblemType EndpointNotVerified = new(
        "endpoint-not-verified", 409, "The endpoint was not proved",
        "An endpoint becomes active once it was proved that deliveries are wanted at its address, and another address is proved anew.",
        "`POST /api/v1/webhooks/endpoints/{id}/verify` asks it again.");

    public static readonly ProblemType IdempotencyKeyInUse = new(
        "idempotency-key-in-use", 409, "A request with the key is under way",
        "The same request was sent with the same `Idempotency-Key` and is not answered yet.",
        "Send it again after `Retry-After` seconds: it is answered as the one under way.");

    public static readonly ProblemType Archived = new(
        "company-archived", 410, "The company was archived",
        "The company takes no more changes and is no longer served as current; its past can be asked for with an earlier `position` or `recordedAt`.",
        "Register it under another id if it lives on.");

    public static readonly ProblemType PreconditionFailed = new(
        "precondition-failed", 412, "It changed since it was read",
        "The version in `If-Match` is not the current one.",
        "Read it again, apply the change to what it is now and send that version.");

    public static readonly ProblemType BodyTooLarge = new(
        "body-too-large", 413, "The body is too large",
        "A request body, or a line of an import, has at most 1 MB.",
        "Send less at once.");

    public static readonly ProblemType UriTooLong = new(
        "uri-too-long", 414, "The path and the query are too long",
        "The path and the query have at most 8192 characters together.",
        "Ask for less at once; what filters by many values may be asked in parts.");

    public static readonly ProblemType UnsupportedMediaType = new(
        "unsupported-media-type", 415, "The body's media type is not supported",
        "The body is not declared as JSON in UTF-8; or, in an import, as JSON Lines or CSV in UTF-8.",
        "Send `Content-Type: application/json`; to an import `application/jsonl`, `application/x-ndjson` or `text/csv`.");

    public static readonly ProblemType InvalidBody = new(
        "invalid-body", 422, "The body does not say what it must",
        "The body is JSON, but a member is missing, unknown, of the wrong type or out of range.",
        "`pointer` says where (RFC 6901), `detail` what would be right.");

    public static readonly ProblemType ForbiddenText = new(
        "forbidden-text", 422, "A text holds a character that cannot be kept",
        "A text holds U+0000 or half of a surrogate pair, which are no Unicode text.",
        "Leave the character out; every other one comes back as it went in.");

    public static readonly ProblemType DateOutOfRange = new(
        "date-out-of-range", 422, "A day lies outside 1900-2200",
        "The record speaks about the days from 1900-01-01 to 2200-12-31.",
        "Check the year.");

    public static readonly ProblemType WindowEndsBeforeStart = new(
        "window-ends-before-start", 422, "A window ends on or before the day on which it starts",
        "Windows are half-open: `from` is the first day inside and `to` the first day outside. No day would be inside this one.",
        "`to` lies after `from`.");

    public static readonly ProblemType UnknownFact = new(
        "unknown-fact", 422, "The vocabulary has no such fact",
        "The body names a fact that the vocabulary does not define.",
        "`expected` gives the nearest names; `GET /api/v1/facts` lists all.");

    public static readonly ProblemType FactTypeMismatch = new(
        "fact-type-mismatch", 422, "A value is not of the fact's type",
        "Every fact has one type: bool, int, double, string, date or string-set.",
        "`expected` says what the fact takes; null means unknown.");

    public static readonly ProblemType UnknownFactValue = new(
        "unknown-fact-value", 422, "The fact has no such value",
        "The fact lists its values, and this is none of them; or the value is no jurisdiction code.",
        "`expected` gives the nearest values; `PUT /api/v1/facts/{name}` adds values.");

    public static readonly ProblemType FactTypeNeverChanges = new(
        "fact-type-never-changes", 422, "A fact keeps its type",
        "The fact is defined with another type, and what was declared under it must stay readable.",
        "Define another fact.");

    public static readonly ProblemType ConditionInvalid = new(
        "condition-invalid", 422, "The condition is not valid",
        "The expression does not parse, or does not type-check against the vocabulary.",
        "`line` and `column` (from 1) say where, `expected` what would be right there.");

    public static readonly ProblemType EvaluationError = new(
        "evaluation-error", 422, "The expression has no value for these facts",
        "The expression is valid, but evaluating it failed: a division by zero, a number out of range, an entry that a list does not have, a text that cannot be converted.",
        "`line` and `column` (from 1) say where, `detail` says why. `&&`, `||` and `?:` can keep the part that fails from being asked.");

    public static readonly ProblemType CorrectionOfNothing = new(
        "correction-of-nothing", 422, "The correction names nothing on record",
        "A development of kind `corrected` names in `corrects` the development whose place it takes, and the instrument's record holds none of that id.",
        "`expected` gives the nearest ids.");

    public static readonly ProblemType ObligationOfAnotherInstrument = new(
        "obligation-of-another-instrument", 422, "The obligation belongs to another instrument",
        "An effect stands in the record of the instrument that owns the obligation.",
        "Record it there, with this act in `causedBy`; `expected` names the owner.");

    public static readonly ProblemType LimitExceeded = new(
        "limit-exceeded", 422, "More than the record takes",
        "A text is longer, a list has more entries, or the record of a company, an instrument or the vocabulary would grow beyond what it may hold.",
        "`pointer` says where and `detail` states the limit.");

    public static readonly ProblemType DestinationForbidden = new(
        "destination-forbidden", 422, "Deliveries may not go there",
        "The address of the endpoint lies in a network that no delivery may reach (the machine itself, private and special networks), is not https, or has a port that is not allowed.",
        "`detail` names the address and the rule. The operator can allow private networks with the setting `Webhooks:AllowedNetworks`, and ports with `Webhooks:AllowedPorts`.");

    public static readonly ProblemType IdempotencyKeyReused = new(
        "idempotency-key-reused", 422, "The key stands for another request",
        "A request with the same `Idempotency-Key` but another method, path, query, media type or body was sent within 24 hours.",
        "Send a new key with a new request, and the old one only with the very same request.");

    public static readonly ProblemType PreconditionRequired = new(
        "precondition-required", 428, "If-Match is needed",
        "Replacing a company that exists needs the version it replaces, so that no one's change is lost unseen.",
        "Send `If-Match` with the `ETag` of the last read, or `*` to replace whatever is there.");

    public static readonly ProblemType HeadersTooLarge = new(
        "headers-too-large", 431, "The headers are too large",
        "A request has at most 100 headers, of at most 16384 characters together.",
        "Leave out headers that the service has no use for, cookies among them.");

    public static readonly ProblemType InternalError = new(
        "internal-error", 500, "The service failed",
        "Something went wrong that should not. Nothing of the request was half-done: a write is stored whole or not at all.",
        "Send the request again; report the `traceId` if it stays.");

    public static readonly ProblemType NotReady = new(
        "not-ready", 503, "The service is not ready",
        "The service is starting (migrations, the first import) or stopping, its database does not answer, or a projection does not move.",
        "Ask again; `detail` says what it waits for.");

    public static readonly ProblemType NotYetThere = new(
        "not-yet-there", 503, "The answer is not ready within the time given",
        "The read must reflect a log position that the projection has not reached within `Prefer: wait` seconds.",
        "Ask again; `Retry-After` says when.");

    public static readonly ProblemType Overloaded = new(
        "overloaded", 503, "The service has as much to do as it takes",
        "As many requests as may are at work or wait for their turn, or as many clients as may follow the log. Nothing of this request was done.",
        "Send it again after the seconds that `Retry-After` says.");

    public static readonly ProblemType Timeout = new(
        "timeout", 503, "The request took too long",
        "The request was not done within the time that one may take (30 seconds unless the service is configured otherwise; a wait asked for comes on top), and was given up. A write that got this answer may or may not be stored.",
        "Send the request again; a repeated write takes effect once.");

    public static readonly ProblemType Unavailable = new(
        "unavailable", 503, "The service cannot reach its database",
        "The database does not answer, or not within the time allowed. A write that got this answer may or may not be stored.",
        "Send the request again; with an `Idempotency-Key` a repeated POST takes effect once.");

    /// <summary>Every type, by status and slug.</summary>
    public static ImmutableArray<ProblemType> All { get; } =
    [
        InvalidParameter, BothRecordingClocks, MalformedBody,
        NotFound, CompanyNotFound, InstrumentNotFound, ObligationNotKnown, FactNotFound, ParkedEventNotFound, EndpointNotFound, DeliveryNotFound, EventTypeNotFound, EventNotFound, DevelopmentNotFound, MethodNotAllowed, NotAcceptable,
        InstrumentAlreadyRegistered, DevelopmentAlreadyRecorded, CompanyAlreadyRegistered, ConcurrentChange, ParkedEventWaits, EndpointNotVerified, IdempotencyKeyInUse,
        Archived, PreconditionFailed, BodyTooLarge, UriTooLong, UnsupportedMediaType,
        InvalidBody, ForbiddenText, DateOutOfRange, WindowEndsBeforeStart, UnknownFact, FactTypeMismatch, UnknownFactValue,
        FactTypeNeverChanges, ConditionInvalid, EvaluationError, CorrectionOfNothing, ObligationOfAnotherInstrument, LimitExceeded, DestinationForbidden, IdempotencyKeyReused,
        PreconditionRequired, HeadersTooLarge, InternalError, NotReady, NotYetThere, Overloaded, Timeout, Unavailable,
    ];

    /// <summary>The problem type of a rejection.</summary>
    public static ProblemType Of(RejectionCode code) => code switch
    {
        RejectionCode.InvalidValue => InvalidBody,
        RejectionCode.DateOutOfRange => DateOutOfRange,
        RejectionCode.WindowEndsBeforeStart => WindowEndsBeforeStart,
        RejectionCode.InstrumentNotRegistered => InstrumentNotFound,
        RejectionCode.InstrumentAlreadyRegistered => InstrumentAlreadyRegistered,
        RejectionCode.DevelopmentAlreadyRecorded => DevelopmentAlreadyRecorded,
        RejectionCode.CorrectionOfNothing => CorrectionOfNothing,
        RejectionCode.ObligationOfAnotherInstrument => ObligationOfAnotherInstrument,
        RejectionCode.LimitExceeded => LimitExceeded,
        RejectionCode.ConditionInvalid => ConditionInvalid,
        RejectionCode.UnknownFact => UnknownFact,
        RejectionCode.FactTypeMismatch => FactTypeMismatch,
        RejectionCode.UnknownFactValue => UnknownFactValue,
        RejectionCode.FactTypeNeverChanges => FactTypeNeverChanges,
        RejectionCode.CompanyNotRegistered => CompanyNotFound,
        RejectionCode.CompanyAlreadyRegistered => CompanyAlreadyRegistered,
        RejectionCode.CompanyArchived => Archived,
        _ => throw new InvalidOperationException($"The rejection {code} has no problem type."),
    };
}
