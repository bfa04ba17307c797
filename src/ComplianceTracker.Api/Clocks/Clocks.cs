namespace ComplianceTracker.Api.Clocks;

/// <summary>The three clocks of one question, settled: the same for the whole answer.</summary>
/// <param name="AsOf">The legal day the question is about.</param>
/// <param name="KnownOn">Only what was public by this day counts.</param>
/// <param name="Position">Only what was recorded by this log position counts; null: the newest there is.</param>
/// <param name="RecordedAt">The instant asked for, or null where the question named none.</param>
/// <param name="TimeZone">The IANA time zone whose today the days default to.</param>
internal sealed record QuestionClocks(DateOnly AsOf, DateOnly KnownOn, long? Position, DateTimeOffset? RecordedAt, string TimeZone)
{
    /// <summary>When the position asked for was recorded; null where none was asked for, or nothing was recorded by it.</summary>
    public DateTimeOffset? PositionRecordedAt { get; init; }
}
