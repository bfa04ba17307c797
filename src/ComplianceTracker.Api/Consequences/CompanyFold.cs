using System.Text.Json;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.EventStore;
using ComplianceTracker.EventStore.Codec;

namespace ComplianceTracker.Api.Consequences;

/// <summary>Makes companies of their streams.</summary>
internal static class CompanyFold
{
    /// <summary>The profile with an event that is being handled: where it cannot be read, the subscription says so and sets it aside.</summary>
    public static CompanyProfile With(this EventTypes types, CompanyProfile? profile, RecordedEvent e) =>
        CompanyDecider.Evolve(profile, (CompanyEvent)types.Decode(e))!;

    /// <summary>The profile with an event that was handled before. One that cannot be read was set aside then, perhaps for good: it is left out.</summary>
    public static CompanyProfile? WithEarlier(this EventTypes types, CompanyProfile? profile, RecordedEvent e)
    {
        try
        {
            return types.With(profile, e);
        }
        catch (Exception unreadable) when (unreadable is JsonException or UnknownEventTypeException or InvalidOperationException or InvalidCastException)
        {
            return profile;
        }
    }
}
