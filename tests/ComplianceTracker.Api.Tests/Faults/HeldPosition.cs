using System.Text;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Companies;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Faults;

/// <summary>
/// A writer that has appended an event with the engine's own SQL and has not ended its transaction: it holds a position of the log
/// while others commit later ones. Disposed, its session ends.
/// </summary>
internal sealed class HeldPosition : IAsyncDisposable
{
    private readonly NpgsqlConnection session;

    private HeldPosition(NpgsqlConnection session, long position, Write write) => (this.session, Position, Write) = (session, position, write);

    /// <summary>The position it holds.</summary>
    public long Position { get; }

    /// <summary>The database server's process that holds it.</summary>
    public int ProcessId => session.ProcessID;

    /// <summary>What it would have written, had it been a client.</summary>
    public Write Write { get; }

    /// <summary>Appends the registration of a company and leaves the transaction open, idle at most that long.</summary>
    public static async Task<HeldPosition> TakeAsync(FaultSite site, TimeSpan longestIdle)
    {
        var write = Load.Registration(Load.Marker());
        var data = new EventTypes().Encode(Guid.CreateVersion7(), new CompanyRegistered(write.Marker, write.Marker, null, []));
        var session = await site.ConnectAsync();
        await FaultSite.ExecuteAsync(session, $"set idle_in_transaction_session_timeout = {(long)longestIdle.TotalMilliseconds}");
        await FaultSite.ExecuteAsync(session, "begin");
        return new HeldPosition(session, await FaultSite.AppendAsync(session, write.StreamId, data.Type, Encoding.UTF8.GetString(data.Data.Span)), write);
    }

    /// <summary>Commits it, late.</summary>
    public Task CommitAsync() => FaultSite.ExecuteAsync(session, "commit");

    /// <summary>Rolls it back.</summary>
    public Task RollBackAsync() => FaultSite.ExecuteAsync(session, "rollback");

    public ValueTask DisposeAsync() => session.DisposeAsync();
}
