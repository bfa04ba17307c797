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
        SearchField.Number or SearchField.Identifier => 5,
        SearchField.Id or SearchField.ObligationId => 4,
        SearchField.Topic => 3,
        SearchField.ObligationTitle or SearchField.Provision => 2,
        SearchField.Authority => 1.5,
        _ => 1,
    };

    /// <summary>The usual number of terms: a longer field counts less, a shorter one more.</summary>
    public static double UsualLength(SearchField field) => field switch
    {
        SearchField.Title => 14,
        SearchField.ObligationTitle => 7,
        SearchField.Summary => 28,
        _ => 4,
    };
}
