namespace ComplianceTracker.Api.Hosting;

/// <summary>What a service is started with.</summary>
internal sealed record ServiceSettings
{
    /// <summary>The address the service binds to when nothing else is configured.</summary>
    public const string DefaultUrls = "http://localhost:5080";

    /// <summary>The database.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>True when the database may lose acknowledged writes: tests only.</summary>
    public bool IsThrowaway { get; init; }

    /// <summary>The seeds to import at the first start, or null: none.</summary>
    public string? Seeds { get; init; } = DefaultSeeds;

    /// <summary>False: a command that works on the database beside services, and runs nothing of what they share.</summary>
    public bool IsNode { get; init; } = true;

    /// <summary>How long a transaction may keep the log from being read before the service is no longer ready.</summary>
    public TimeSpan LongestStall { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What tells the time and waits, but for the event store, whose stamps are the database's: a test may set it.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Arguments for the host (<c>--urls</c> and whatever ASP.NET Core takes).</summary>
    public IReadOnlyList<string> HostArguments { get; init; } = [];

    /// <summary>The seeds that the service ships with.</summary>
    public static string DefaultSeeds => Path.Combine(AppContext.BaseDirectory, "seeds");
}
