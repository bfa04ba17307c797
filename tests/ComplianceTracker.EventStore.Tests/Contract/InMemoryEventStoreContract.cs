using ComplianceTracker.Testing;

namespace ComplianceTracker.EventStore.Tests.Contract;

public sealed class InMemoryEventStoreContract : EventStoreContract
{
    private readonly ShiftedClock clock = new();

    protected override Task<IEventStore> CreateStoreAsync() => Task.FromResult<IEventStore>(new InMemoryEventStore(clock));

    protected override Task StepClockBackAsync()
    {
        clock.Shift -= TimeSpan.FromHours(1);
        return Task.CompletedTask;
    }
}
