using System.Threading.Channels;
using ComplianceTracker.EventStore;
using ComplianceTracker.EventStore.Parking;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>
/// Gives lanes back, many at a time: while one commit is on its way to the disk, the next reports gather. A lane whose report could not
/// be written stays leased until the lease ends, and what it held is delivered again under the same ids.
/// </summary>
internal sealed partial class ReportWriter(IDeliveryQueue queue, ILogger<ReportWriter> logger)
{
    private const int Most = 256;
    private const int AtOnce = 2;
    private const int MostTries = 5;
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(200);

    private readonly Channel<(LaneReport Report, TaskCompletionSource<bool> Written)> reports =
        Channel.CreateUnbounded<(LaneReport, TaskCompletionSource<bool>)>();

    /// <summary>Writes the report; true when the lease still held.</summary>
    /// <exception cref="Exception">The database did not take it.</exception>
    public Task<bool> WriteAsync(LaneReport report)
    {
        var written = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!reports.Writer.TryWrite((report, written)))
        {
            written.SetException(new InvalidOperationException("The process stops: what was sent last is sent again when the lease ends."));
        }

        return written.Task;
    }

    /// <summary>Writes what is handed in until the channel is closed by <see cref="Complete"/>.</summary>
    public Task RunAsync() => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(WriteAllAsync)));

    /// <summary>Nothing more will be handed in.</summary>
    public void Complete() => reports.Writer.Complete();

    private async Task WriteAllAsync()
    {
        var some = new List<(LaneReport Report, TaskCompletionSource<bool> Written)>(Most);
        while (await reports.Reader.WaitToReadAsync())
        {
            some.Clear();
            while (some.Count < Most && reports.Reader.TryRead(out var next))
            {
                some.Add(next);
            }

            try
            {
                // Not cancelled when the service stops: what was sent is to be known.
                var held = await queue.ReportAsync([..some.Select(s => s.Report)], CancellationToken.None);
                for (var i = 0; i < some.Count; i++)
                {
                    some[i].Written.SetResult(held[i]);
                }
            }
            catch (Exception)
            {
                // One that cannot be stored keeps no other from being stored, and what is passing passes.
                foreach (var one in some)
                {
                    await WriteOneAsync(one.Report, one.Written);
                }
            }
        }
    }

    private async Task WriteOneAsync(LaneReport report, TaskCompletionSource<bool> written)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                written.SetResult((await queue.ReportAsync([report], CancellationToken.None))[0]);
                return;
            }
            catch (Exception e) when (attempt < MostTries && HandlerFailures.KindOf(e) == SubscriptionFailureKind.Passing)
            {
                await Task.Delay(AfterFailure * attempt);
            }
            catch (Exception e)
            {
                LogNotWritten(logger, e);
                written.SetException(e);
                return;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What became of deliveries could not be stored; they are delivered again when their lease ends")]
    private static partial void LogNotWritten(ILogger logger, Exception e);
}
