using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Faults;

/// <summary>One durable server for the faults that leave it alone, one after another: each loads the machine enough by itself.</summary>
[CollectionDefinition(nameof(SharedServer))]
public sealed class SharedServer : ICollectionFixture<DurableServer>;
