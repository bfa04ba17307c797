using System.Collections.Immutable;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>How deliveries are made: section <c>Webhooks</c> of the configuration.</summary>
internal sealed record WebhookSettings
{
    private static readonly ImmutableArray<TimeSpan> DefaultSchedule =
    [
        TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
        TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>The pause before each attempt, the first one's included; as many attempts as pauses (<c>Webhooks:Schedule:0</c>, …).</summary>
    public ImmutableArray<TimeSpan> Schedule { get; init; } = DefaultSchedule;

    /// <summary>How far a pause is stretched or shortened by chance, as a part of it: so that what failed together does not come back together.</summary>
    public double Jitter { get; init; } = 0.1;

    /// <summary>How long one attempt may take, from connecting to the end of the answer.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a dispatcher that does not report keeps what it took.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many deliveries one endpoint is sent at once by one process.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>How many failures in a row make an endpoint count as failing.</summary>
    public int FailuresToTrip { get; init; } = 5;

    /// <summary>How long a failing endpoint is left alone between two attempts, whatever is due.</summary>
    public TimeSpan ProbePause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest <c>Retry-After</c> that is obeyed to the letter; a longer one counts as this.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long finished deliveries and their attempts are kept.</summary>
    public TimeSpan AttemptRetention { get; init; } = TimeSpan.FromDays(90);

    /// <summary>False: this process records what is to be delivered, and leaves the delivering to others.</summary>
    public bool Dispatch { get; init; } = true;

    /// <summary>Reads the section.</summary>
    /// <exception cref="InvalidOperationException">A setting cannot be; the message names it.</exception>
    public static WebhookSettings From(IConfiguration configuration)
    {
        var section = configuration.GetSection("Webhooks");
        var defaults = new WebhookSettings();
        TimeSpan Time(string name, TimeSpan otherwise) => section.GetValue(name, otherwise);
        var schedule = section.GetSection(nameof(Schedule)).Get<TimeSpan[]>();
        var settings = new WebhookSettings
        {
            Schedule = schedule is null ? DefaultSchedule : [..schedule],
            Jitter = section.GetValue(nameof(Jitter), defaults.Jitter),
            Deadline = Time(nameof(Deadline), defaults.Deadline),
            Lease = Time(nameof(Lease), defaults.Lease),
            Concurrency = section.GetValue(nameof(Concurrency), defaults.Concurrency),
            FailuresToTrip = section.GetValue(nameof(FailuresToTrip), defaults.FailuresToTrip),
            ProbePause = Time(nameof(ProbePause), defaults.ProbePause),
            LongestRetryAfter = Time(nameof(LongestRetryAfter), defaults.LongestRetryAfter),
            AttemptRetention = Time(nameof(AttemptRetention), defaults.AttemptRetention),
            Dispatch = section.GetValue(nameof(Dispatch), defaults.Dispatch),
        };
        return settings switch
        {
            { Schedule: [] } or { Schedule.Length: > 100 } => throw Wrong(nameof(Schedule), "1 to 100 pauses"),
            _ when settings.Schedule.Any(pause => pause < TimeSpan.Zero || pause > TimeSpan.FromDays(7)) => throw Wrong(nameof(Schedule), "pauses of at most 7 days"),
            { Jitter: < 0 or > 0.5 } => throw Wrong(nameof(Jitter), "0 to 0.5"),
            _ when settings.Deadline < TimeSpan.FromMilliseconds(10) || settings.Deadline > TimeSpan.FromMinutes(2) => throw Wrong(nameof(Deadline), "10 ms to 2 minutes"),
            _ when settings.Lease < settings.Deadline * 2 => throw Wrong(nameof(Lease), $"at least twice the {nameof(Deadline)}"),
            { Concurrency: < 1 or > 1000 } => throw Wrong(nameof(Concurrency), "1 to 1,000"),
            { FailuresToTrip: < 1 } => throw Wrong(nameof(FailuresToTrip), "at least 1"),
            _ when settings.ProbePause < TimeSpan.Zero || settings.LongestRetryAfter < TimeSpan.Zero || settings.AttemptRetention < TimeSpan.Zero =>
                throw new InvalidOperationException("A duration of the section Webhooks is negative."),
            _ => settings,
        };
    }

    private static InvalidOperationException Wrong(string name, string range) => new($"Webhooks:{name} is {range}.");
}
