using Microsoft.Extensions.Logging;

namespace ComplianceTracker.EventStore.Marten.Messaging;

/// <summary>
/// Wolverine's log in the service's. What it tells of its ordinary work is for who looks into it: it comes a level lower, as does its surprise
/// that it has no handlers to discover.
/// </summary>
internal sealed class QuietLogs(ILoggerFactory service) : ILoggerProvider
{
    private const string Discovery = "Wolverine.Configuration.HandlerDiscovery";

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Quiet(service.CreateLogger(categoryName), categoryName == Discovery);

    /// <inheritdoc/>
    public void Dispose()
    {
        // The log is the service's.
    }

    private sealed class Quiet(ILogger to, bool expectsWarnings) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => to.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => to.IsEnabled(Lower(logLevel));

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var level = Lower(logLevel);
            if (to.IsEnabled(level))
            {
                to.Log(level, eventId, state, exception, formatter);
            }
        }

        private LogLevel Lower(LogLevel level) => level switch
        {
            LogLevel.Information => LogLevel.Debug,
            LogLevel.Warning when expectsWarnings => LogLevel.Debug,
            _ => level,
        };
    }
}
