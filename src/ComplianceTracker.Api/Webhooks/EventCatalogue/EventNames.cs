using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;

namespace ComplianceTracker.Api.Webhooks.EventCatalogue;

/// <summary>The types of what is delivered to endpoints, without versions.</summary>
internal static class EventNames
{
    /// <summary>The test that a subscriber asks for.</summary>
    public const string Test = "endpoint.test";

    /// <summary>The challenge that proves an endpoint.</summary>
    public const string Challenge = "endpoint.challenge";

    /// <summary>Deliveries to an endpoint fail.</summary>
    public const string Failing = "endpoint.failing";

    /// <summary>Deliveries to an endpoint succeed again.</summary>
    public const string Recovered = "endpoint.recovered";

    /// <summary>An endpoint gets nothing more until somebody enables it.</summary>
    public const string Disabled = "endpoint.disabled";

    /// <summary>Every type, in groups.</summary>
    public static ImmutableArray<string> All { get; } =
    [
        ..Words.All<DevelopmentKind>().Select(kind => $"instrument.{kind}"),
        ..Words.All<ConsequenceKind>().Select(kind => $"obligation.{kind}"),
        Test, Challenge, Failing, Recovered, Disabled,
    ];

    /// <summary>The beginnings that may be asked for.</summary>
    public static ImmutableArray<string> Beginnings { get; } = [..All.Select(name => $"{name[..name.IndexOf('.')]}.*").Distinct(), "*"];
}
