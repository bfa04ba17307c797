using ComplianceTracker.EventStore.Parking;

namespace ComplianceTracker.Api.Parked;

/// <summary>Parked events.</summary>
/// <param name="Items">The events, by subscription and position.</param>
/// <param name="Next">The cursor of the next page, or null.</param>
public sealed record ParkedPage(IReadOnlyList<ParkedItem> Items, string? Next);

/// <summary>An event that a projection has set aside.</summary>
/// <param name="Subscription">The projection.</param>
/// <param name="Position">The event's log position.</param>
/// <param name="StreamId">Its stream; everything later in it waits too.</param>
/// <param name="EventId">Its id.</param>
/// <param name="Type">Its stored name.</param>
/// <param name="State"><c>failed</c>: the projection fails on it; <c>waiting</c>: an earlier event of its stream is parked.</param>
/// <param name="Reason">What it failed with; null while it waits.</param>
/// <param name="Attempts">How often it was tried by itself.</param>
/// <param name="FirstFailedAt">When it was parked as failed, or null.</param>
/// <param name="LastFailedAt">When it last failed, or null.</param>
public sealed record ParkedItem(
    string Subscription,
    long Position,
    string StreamId,
    Guid EventId,
    string Type,
    ParkedState State,
    string? Reason,
    int Attempts,
    DateTimeOffset? FirstFailedAt,
    DateTimeOffset? LastFailedAt);

/// <summary>What was done to parked events, newest first.</summary>
/// <param name="Items">The entries.</param>
/// <param name="Next">The cursor of the next page, or null.</param>
public sealed record ParkedLogPage(IReadOnlyList<ParkedLogItem> Items, string? Next);

/// <summary>What was done to a parked event.</summary>
/// <param name="Subscription">The projection.</param>
/// <param name="Position">The event's log position.</param>
/// <param name="StreamId">Its stream.</param>
/// <param name="EventId">Its id.</param>
/// <param name="Type">Its stored name.</param>
/// <param name="Action"><c>parked</c>, <c>failed</c> again, <c>handled</c> or <c>skipped</c>.</param>
/// <param name="Reason">What it failed with, or why it was skipped; null where it was handled.</param>
/// <param name="Actor">Who asked for it; null for what the projection did by itself.</param>
/// <param name="At">When.</param>
public sealed record ParkedLogItem(
    string Subscription,
    long Position,
    string StreamId,
    Guid EventId,
    string Type,
    ParkedAction Action,
    string? Reason,
    string? Actor,
    DateTimeOffset At);

/// <summary>Why a parked event is left out for good.</summary>
/// <param name="Reason">The reason, for the log; 1 to 2000 characters.</param>
public sealed record SkipBody(string Reason);

/// <summary>What came of a retry or a skip.</summary>
/// <param name="Handled">How many events were handled now: the one named and those that waited for it.</param>
/// <param name="Failing">The event of the stream that fails, or null: nothing of the stream is parked any more.</param>
public sealed record ReleaseAnswer(int Handled, FailingEvent? Failing);

/// <summary>A parked event that failed again.</summary>
/// <param name="Position">Its log position.</param>
/// <param name="Reason">What it failed with.</param>
public sealed record FailingEvent(long Position, string Reason);
