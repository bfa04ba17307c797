namespace ComplianceTracker.Domain.Search;

/// <summary>Where in an instrument a search finds something.</summary>
public enum SearchField
{
    /// <summary>The name people use.</summary>
    ShortTitle,

    /// <summary>The full official title.</summary>
    Title,

    /// <summary>The instrument's id.</summary>
    Id,

    /// <summary>The official number.</summary>
    Number,

    /// <summary>Another official identifier.</summary>
    Identifier,

    /// <summary>A topic.</summary>
    Topic,

    /// <summary>Who made it.</summary>
    Authority,

    /// <summary>The citation of a provision.</summary>
    Provision,

    /// <summary>The title of an obligation.</summary>
    ObligationTitle,

    /// <summary>What an obligation asks for.</summary>
    Summary,

    /// <summary>The id of an obligation.</summary>
    ObligationId,
}

/// <summary>What a match in a field counts, and how long the field is as a rule.</summary>
internal static class SearchFields
{
    /// <summary>What one match counts before the length of the field is held against it.</summary>
    public static double Weight(SearchField field) => field switch
    {
        SearchField.ShortTitle => 6,
        SearchField.Title => 5,
        SearchField.Number or SearchField.Identifier => 5.5,
        SearchField.Id => 4,
        SearchField.Topic or SearchField.Provision => 3,
        SearchField.ObligationTitle => 2,
        SearchField.Authority or SearchField.ObligationId => 1.5,
        _ => 1,
    };

    /// <summary>The usual number of terms: a longer field counts less, a shorter one more. Chinese has a term for each character.</summary>
    public static double UsualLength(SearchField field, string? language) => (field switch
    {
        SearchField.Title => 12,
        SearchField.ObligationTitle => 6,
        SearchField.Summary => 25,
        _ => 4,
    }) * (language is not null && language.StartsWith("zh", StringComparison.Ordinal) ? 2 : 1);
}
