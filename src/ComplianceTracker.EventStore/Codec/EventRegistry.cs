using System.Collections.Immutable;

namespace ComplianceTracker.EventStore.Codec;

/// <summary>
/// Which stored name stands for which CLR type. Names are literals with a version, written down once and never derived from code,
/// so that renaming a class changes nothing that is stored. Immutable.
/// </summary>
public sealed class EventRegistry
{
    private readonly ImmutableDictionary<Type, EventRegistration> byClr;
    private readonly ImmutableDictionary<string, EventRegistration> byName;
    private readonly ImmutableDictionary<string, Upcaster> upcasters;

    internal EventRegistry(
        ImmutableDictionary<Type, EventRegistration> byClr,
        ImmutableDictionary<string, EventRegistration> byName,
        ImmutableDictionary<string, Upcaster> upcasters)
    {
        this.byClr = byClr;
        this.byName = byName;
        this.upcasters = upcasters;
    }

    /// <summary>The names that events are written under, in ordinal order.</summary>
    public ImmutableArray<string> CurrentNames => [.. byName.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The names that are only read, through upcasters, in ordinal order.</summary>
    public ImmutableArray<string> RetiredNames => [.. upcasters.Keys.Order(StringComparer.Ordinal)];

    /// <summary>True when events stored under the name can be read.</summary>
    public bool Knows(string type) => byName.ContainsKey(type) || upcasters.ContainsKey(type);

    /// <summary>The stored name for an event.</summary>
    /// <exception cref="InvalidOperationException">Its class is not registered, or it chose a name that was not declared.</exception>
    public string NameOf(object @event) => Of(@event).Name;

    internal (string Name, EventRegistration Registration) Of(object @event)
    {
        if (!byClr.TryGetValue(@event.GetType(), out var registration))
        {
            throw new InvalidOperationException($"{@event.GetType()} is not registered as an event.");
        }

        var name = registration.NameOf(@event);
        return registration.Names.Contains(name, StringComparer.Ordinal)
            ? (name, registration)
            : throw new InvalidOperationException($"{@event.GetType()} chose the stored name '{name}', which it did not declare.");
    }

    internal EventRegistration? Find(string type) => byName.GetValueOrDefault(type);

    internal Upcaster? FindUpcaster(string type) => upcasters.GetValueOrDefault(type);
}
