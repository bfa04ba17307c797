using ComplianceTracker.EventStore.Marten;
using ComplianceTracker.EventStore.Parking;
using ComplianceTracker.EventStore.Postgres;
using ComplianceTracker.EventStore.Work;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ComplianceTracker.EventStore.Tests.Contract;

/// <summary>Compiled where the packages are: <c>-p:UseMarten=true</c>. Beyond the contract: what Wolverine gives up is listed with the parked events.</summary>
public sealed class WolverineWorkCallsContract(PostgresServer server) : WorkCallsContract
{
    private readonly ServiceProvider services = new ServiceCollection().AddLogging().BuildServiceProvider();
    private PostgresEventStore? tables;
    private IEventStore? store;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await ((IAsyncDisposable)store!).DisposeAsync();
        await tables!.DisposeAsync();
        await services.DisposeAsync();
    }

    [Fact]
    public async Task A_call_that_fails_on_an_event_again_and_again_is_parked_with_it_and_handled_when_it_is_retried()
    {
        var position = ((AppendResult.Appended)await store!.AppendAsync(
            [new StreamAppend("company-default-acme", ExpectedVersion.Any, [new EventData(Guid.CreateVersion7(), "fact.declared.v1", "{}"u8.ToArray())])],
            AppendMetadata.None,
            Cancel)).Position;
        var worker = Run(new Worker { Failures = { ["endpoint"] = 4 }, Failure = key => new WorkFailedException(position, "It cannot be told.", new FormatException(key)) });
        await worker.LookedAsync();
        worker.Add("endpoint");
        await CallAsync("endpoint");
        await worker.ToldAsync(4);

        // Wolverine stores it after the last try was told of.
        ParkedEvent? parked = null;
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); parked is null && clock.Elapsed < TimeSpan.FromSeconds(30);)
        {
            parked = (await store.ListParkedAsync(null, null, 10, Cancel)).SingleOrDefault();
        }

        parked.ShouldNotBeNull();

        (parked.Subscription, parked.Position, parked.StreamId, parked.State).ShouldBe((IWorkCalls.GivenUp, position, "company-default-acme", ParkedState.Failed));
        parked.Reason.ShouldNotBeNull().ShouldContain("It cannot be told.");
        (await store.ListParkedAsync(IWorkCalls.GivenUp, parked.Key, 10, Cancel)).ShouldBeEmpty();
        (await store.ListParkedAsync("Register", null, 10, Cancel)).ShouldBeEmpty();

        var request = new ReleaseRequest("ann", Guid.NewGuid());
        (await store.RetryParkedAsync(GivenUpCalls.Instance, position, request, Cancel)).ShouldBe(new ReleaseResult.Released(1));
        await worker.DoneAsync("endpoint");
        (await store.ListParkedAsync(null, null, 10, Cancel)).ShouldBeEmpty();
        (await store.RetryParkedAsync(GivenUpCalls.Instance, position, request, Cancel)).ShouldBe(new ReleaseResult.Released(1));
        (await store.RetryParkedAsync(GivenUpCalls.Instance, position, new("ann"), Cancel)).ShouldBe(new ReleaseResult.NotParked());
        (await store.ListParkedLogAsync(null, null, 10, Cancel)).Select(e => (e.Action, e.Actor, e.Position)).ShouldBe([(ParkedAction.Handled, "ann", position)]);
    }

    [Fact]
    public async Task What_is_on_its_way_survives_the_process_that_took_it()
    {
        var never = new TaskCompletionSource();
        var hung = Run(new Worker { Gates = { ["a"] = never.Task } });
        await hung.LookedAsync();
        hung.Add("a");
        await CallAsync("a");
        await hung.BegunAsync("a");

        // The call is in the inbox of this node for as long as it is worked on.
        await using var command = Database.CreateCommand("select count(*) from ct_wolverine.wolverine_incoming_envelopes where status = 'Incoming' and owner_id <> 0");
        (await command.ExecuteScalarAsync(Cancel)).ShouldBe(1L);
        never.SetResult();
    }

    [Fact]
    public void Nothing_is_compiled_at_run_time() =>
        AppDomain.CurrentDomain.GetAssemblies().Select(a => a.GetName().Name).ShouldNotContain(name => name!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal));

    protected override async Task<(NpgsqlDataSource Database, IWorkCalls Calls)> CreateAsync()
    {
        tables = PostgresServer.Open(await server.CreateMigratedAsync());
        (store, var calls) = MartenEngine.Join(tables, TimeProvider.System, services);
        await store.MigrateAsync(Cancel);
        return (tables.DataSource, calls);
    }
}
