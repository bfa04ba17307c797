using System.Collections.Immutable;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.Webhooks.Endpoints;

/// <summary>What a condition of an endpoint can read of an event. What an event does not say is unknown.</summary>
internal static class EventVocabulary
{
    public const string Type = "type";
    public const string Company = "company";
    public const string Instrument = "instrument";
    public const string Jurisdiction = "jurisdiction";
    public const string Topics = "topics";
    public const string Categories = "categories";
    public const string Obligations = "obligations";
    public const string StatusBefore = "status_before";
    public const string Status = "status";
    public const string StageBefore = "stage_before";
    public const string Stage = "stage";
    public const string AppliesBefore = "applies_before";
    public const string Applies = "applies";
    public const string From = "from";
    public const string To = "to";
    public const string Changes = "changes";
    public const string Cause = "cause";
    public const string Day = "day";
    public const string Confidence = "confidence";

    /// <summary>The names with their types.</summary>
    public static ImmutableSortedDictionary<string, FactType> Types { get; } = ImmutableSortedDictionary.CreateRange(
        StringComparer.Ordinal,
        new Dictionary<string, FactType>
        {
            [Type] = FactType.String,
            [Company] = FactType.String,
            [Instrument] = FactType.String,
            [Jurisdiction] = FactType.String,
            [Topics] = FactType.StringSet,
            [Categories] = FactType.StringSet,
            [Obligations] = FactType.StringSet,
            [StatusBefore] = FactType.String,
            [Status] = FactType.String,
            [StageBefore] = FactType.String,
            [Stage] = FactType.String,
            [AppliesBefore] = FactType.String,
            [Applies] = FactType.String,
            [From] = FactType.Date,
            [To] = FactType.Date,
            [Changes] = FactType.StringSet,
            [Cause] = FactType.String,
            [Day] = FactType.Date,
            [Confidence] = FactType.String,
        });

    /// <summary>The vocabulary made ready for conditions.</summary>
    public static FactIndex Index { get; } = FactIndex.Of(FactVocabulary.Empty.With(Types));
}
