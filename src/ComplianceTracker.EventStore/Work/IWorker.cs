namespace ComplianceTracker.EventStore.Work;

/// <summary>Does what a queue calls for.</summary>
public interface IWorker
{
    /// <summary>The keys that have something to do, and how long until then: zero or less means now.</summary>
    /// <param name="among">The keys asked about, or null for all.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    Task<IReadOnlyDictionary<string, TimeSpan>> DueAsync(IReadOnlyCollection<string>? among, CancellationToken cancellationToken);

    /// <summary>Works until nothing is due under the key any more. Nobody does so twice at once.</summary>
    /// <param name="key">The key.</param>
    /// <param name="stop">Begin nothing more; not an error.</param>
    /// <exception cref="WorkFailedException">An event cannot be worked on, for a reason that is its own.</exception>
    /// <exception cref="Exception">Anything else that failed.</exception>
    Task WorkAsync(string key, CancellationToken stop);

    /// <summary>Something was called for while the key is worked on.</summary>
    void Wake(string key);

    /// <summary>Something failed and will be tried again; for the worker's log.</summary>
    /// <param name="key">The key whose run failed; null where the worker or the queue could not be asked.</param>
    /// <param name="failure">With what.</param>
    void Failed(string? key, Exception failure);
}
