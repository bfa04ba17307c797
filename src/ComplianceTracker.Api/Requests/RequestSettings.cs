namespace ComplianceTracker.Api.Requests;

/// <summary>What one request may cost, and how many may be at work at once: the section <c>Requests</c> of the configuration.</summary>
internal sealed record RequestSettings
{
    /// <summary>How long a request may take; a wait that the client asked for comes on top.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many requests work at once.</summary>
    public int Concurrent { get; init; } = 128;

    /// <summary>How many more wait for their turn; beyond them requests are refused.</summary>
    public int Waiting { get; init; } = 512;

    /// <summary>How many clients follow the log live at once.</summary>
    public int Followers { get; init; } = 200;

    /// <summary>How long a request may take before it is logged as slow.</summary>
    public TimeSpan Slow { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The settings of the configuration.</summary>
    /// <exception cref="InvalidOperationException">A value cannot be; the message says which and what would be right.</exception>
    public static RequestSettings From(IConfiguration configuration)
    {
        var settings = configuration.GetSection("Requests").Get<RequestSettings>() ?? new RequestSettings();
        return settings switch
        {
            { Timeout.Ticks: <= 0 } => throw new InvalidOperationException("Requests:Timeout is a time such as 00:00:30, longer than nothing."),
            { Slow.Ticks: <= 0 } => throw new InvalidOperationException("Requests:Slow is a time such as 00:00:05, longer than nothing."),
            { Concurrent: < 1 } => throw new InvalidOperationException("Requests:Concurrent is at least 1."),
            { Followers: < 1 } => throw new InvalidOperationException("Requests:Followers is at least 1."),
            { Waiting: < 0 } => throw new InvalidOperationException("Requests:Waiting is at least 0."),
            _ => settings,
        };
    }
}
