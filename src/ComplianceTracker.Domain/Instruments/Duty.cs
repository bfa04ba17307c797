using ComplianceTracker.Domain.Common;

namespace ComplianceTracker.Domain.Instruments;

/// <summary>When a duty is due.</summary>
public enum DutyKind
{
    /// <summary>All the time.</summary>
    Continuous,

    /// <summary>Once.</summary>
    OneOff,

    /// <summary>Again and again, every <see cref="Duty.Period"/>.</summary>
    Recurring,

    /// <summary>Whenever something happens, within <see cref="Duty.Deadline"/>.</summary>
    OnEvent,
}

/// <summary>When and how long something must be done. Durations are ISO 8601.</summary>
/// <param name="Kind">Continuous, one-off, recurring or on an event.</param>
public sealed record Duty(DutyKind Kind)
{
    /// <summary>How often a recurring duty falls due (<c>P1Y</c>), or null.</summary>
    public string? Period { get; init; }

    /// <summary>The deadline in the record's words (<c>PT72H after awareness</c>), or null.</summary>
    public string? Deadline { get; init; }

    /// <summary>The deadline as a duration after the event, or null.</summary>
    public string? DeadlineDuration { get; init; }

    /// <summary>Which days the duration counts (<c>working-days</c>, <c>calendar-days</c>), or null.</summary>
    public string? DeadlineCalendar { get; init; }

    /// <summary>The deadline as a day, or null.</summary>
    public DateOnly? DeadlineDate { get; init; }

    /// <summary>The deadline as a day of each year (<c>--12-15</c> or as the record writes it), or null.</summary>
    public string? DeadlineAnnual { get; init; }

    /// <summary>How long records must be kept (<c>P3Y</c>), or null.</summary>
    public string? Retention { get; init; }

    /// <summary>Whether the retention is a minimum or a maximum, or null.</summary>
    public string? RetentionKind { get; init; }

    /// <summary>A remark, by language, or null.</summary>
    public LangText? Note { get; init; }
}
