using ComplianceTracker.EventStore.Parking;
using ComplianceTracker.EventStore.Work;
using Wolverine.ErrorHandling;
using Wolverine.Runtime;
using Wolverine.Runtime.Handlers;

namespace ComplianceTracker.EventStore.Marten.Messaging;

/// <summary>
/// Lets the worker of this process work on what a call names. The call stays in Wolverine's inbox until nothing is due under its key: when
/// this process dies, another one is handed it.
/// </summary>
internal sealed class CallHandler(MessagingNode node) : MessageHandler<Call>
{
    // Where work fails now on this event and now on that, it is given up as well.
    private const int MostMoves = 5;
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>The worker while this process works, else null.</summary>
    public WorkingKeys? Working { get; set; }

    /// <summary>
    /// What fails on an event of its own fault gets two more tries in place and becomes a dead letter, which is listed with the parked events.
    /// </summary>
    public override void ConfigureChain(HandlerChain chain) =>
        chain.OnException<Exception>().RetryWithCooldown(AfterFailure, AfterFailure * 2).Then.MoveToErrorQueue();

    /// <inheritdoc/>
    protected override async Task HandleAsync(Call message, MessageContext context, CancellationToken cancellation)
    {
        // Null: it stopped working while the call was handed over. Whoever works next asks the worker what there is to do.
        while (Working is { } working)
        {
            try
            {
                if (await working.WorkAsync(message.Key))
                {
                    await node.Dead.ClearAsync(message.Key, cancellation);
                }

                return;
            }
            catch (Exception e) when (HandlerFailures.KindOf(e) == SubscriptionFailureKind.Passing)
            {
                // The database may be away: nothing is written, the call is in the inbox, and it is tried again here.
                if (!await working.PauseAsync(AfterFailure))
                {
                    return;
                }
            }
            catch (WorkFailedException e) when (message.Position != e.Position && message.Moved < MostMoves)
            {
                // From here on the call is about that event, and so is the dead letter that it may become.
                await node.Queue.PostAsync(message with { Position = e.Position, Moved = message.Moved + 1 }, AfterFailure, CancellationToken.None);
                return;
            }
            catch (Exception)
            {
                // Listed already: once is enough.
                if (await node.Dead.ContainsAsync(message, cancellation))
                {
                    return;
                }

                throw;
            }
        }
    }
}
