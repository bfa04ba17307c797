using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace ComplianceTracker.EventStore.Codec;

/// <summary>Collects the registrations of an <see cref="EventRegistry"/>. Every mistake is refused here, at start.</summary>
public sealed class EventRegistryBuilder
{
    private readonly Dictionary<Type, EventRegistration> byClr = [];
    private readonly Dictionary<string, EventRegistration> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Upcaster> upcasters = new(StringComparer.Ordinal);

    /// <summary>Registers a type under one stored name, for example <c>company.registered.v1</c>.</summary>
    /// <exception cref="ArgumentException">The name or the type is registered already.</exception>
    public EventRegistryBuilder Add<T>(string name, JsonTypeInfo<T> json)
        where T : class => Add([name], _ => name, json);

    /// <summary>Registers a type that is stored under several names, of which each event chooses one.</summary>
    /// <param name="names">All the names there are.</param>
    /// <param name="nameOf">The name of an event: one of <paramref name="names"/>, told by the event alone.</param>
    /// <param name="json">How the type is written and read; the name is not part of the body.</param>
    /// <exception cref="ArgumentException">There is no name, or a name or the type is registered already.</exception>
    public EventRegistryBuilder Add<T>(IReadOnlyList<string> names, Func<T, string> nameOf, JsonTypeInfo<T> json)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(names);
        var registration = new EventRegistration([.. names], e => nameOf((T)e), json);
        if (names.Count == 0 || !byClr.TryAdd(typeof(T), registration))
        {
            throw new ArgumentException($"{typeof(T)} is registered twice or without a name.", nameof(names));
        }

        foreach (var name in names)
        {
            if (string.IsNullOrWhiteSpace(name) || !byName.TryAdd(name, registration))
            {
                throw new ArgumentException($"The stored name '{name}' is empty or registered twice.", nameof(names));
            }
        }

        return this;
    }

    /// <summary>Registers the step from a retired stored name to its successor, itself current or retired.</summary>
    /// <param name="from">The retired name; nothing writes it any more.</param>
    /// <param name="to">The next name.</param>
    /// <param name="step">Turns the old body into the next one: a pure function, which may change its argument.</param>
    /// <exception cref="ArgumentException">The retired name has a step already.</exception>
    public EventRegistryBuilder Upcast(string from, string to, Func<JsonObject, JsonObject> step)
    {
        return upcasters.TryAdd(from, new Upcaster(to, step))
            ? this
            : throw new ArgumentException($"The stored name '{from}' has two upcasters.", nameof(from));
    }

    /// <summary>The finished registry.</summary>
    /// <exception cref="InvalidOperationException">A retired name is also current, or its steps lead nowhere.</exception>
    public EventRegistry Build()
    {
        foreach (var retired in upcasters.Keys)
        {
            if (byName.ContainsKey(retired))
            {
                throw new InvalidOperationException($"'{retired}' is both current and retired.");
            }

            var name = retired;
            for (var steps = 0; upcasters.TryGetValue(name, out var upcaster); steps++, name = upcaster.To)
            {
                if (steps > upcasters.Count)
                {
                    throw new InvalidOperationException($"The upcasters of '{retired}' go in a circle.");
                }
            }

            if (!byName.ContainsKey(name))
            {
                throw new InvalidOperationException($"The upcasters of '{retired}' end at '{name}', which is not registered.");
            }
        }

        return new EventRegistry(
            byClr.ToImmutableDictionary(), byName.ToImmutableDictionary(byName.Comparer), upcasters.ToImmutableDictionary(upcasters.Comparer));
    }
}

/// <summary>A step from a retired name to the next.</summary>
internal sealed record Upcaster(string To, Func<JsonObject, JsonObject> Step);
