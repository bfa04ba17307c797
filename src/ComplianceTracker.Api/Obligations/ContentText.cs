using System.Runtime.CompilerServices;
using System.Text.Json;
using ComplianceTracker.Api.Instruments;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Domain.Instruments;

namespace ComplianceTracker.Api.Obligations;

/// <summary>
/// What every answer says alike of an obligation's content, as JSON in UTF-8. Made once for each content on record and kept as
/// long as that: content never changes, a revision is another.
/// </summary>
internal sealed class ContentText
{
    private static readonly ConditionalWeakTable<ObligationContent, ContentText> Known = [];

    private ContentText(ObligationContent content)
    {
        Provision = Encoded(content.Provision);
        Title = JsonSerializer.SerializeToUtf8Bytes(content.Title, ApiJson.Types.LangText);
        Summary = JsonSerializer.SerializeToUtf8Bytes(content.Summary, ApiJson.Types.LangText);
        Category = Encoded(content.Category);
        Duty = JsonSerializer.SerializeToUtf8Bytes(DutyBody.From(content.Duty)!, ApiJson.Types.DutyBody);
        Penalty = JsonSerializer.SerializeToUtf8Bytes(content.Penalty, ApiJson.Types.LangText!);
        Source = Encoded(content.Source);
    }

    /// <summary>The citation.</summary>
    public JsonEncodedText Provision { get; }

    /// <summary>The short title, an object.</summary>
    public byte[] Title { get; }

    /// <summary>What it asks for, an object.</summary>
    public byte[] Summary { get; }

    /// <summary>The subject.</summary>
    public JsonEncodedText Category { get; }

    /// <summary>When and how long it must be done, an object.</summary>
    public byte[] Duty { get; }

    /// <summary>What a breach may cost, an object or null.</summary>
    public byte[] Penalty { get; }

    /// <summary>Where to look it up.</summary>
    public JsonEncodedText Source { get; }

    /// <summary>The text of a content.</summary>
    public static ContentText Of(ObligationContent content) => Known.GetValue(content, c => new ContentText(c));

    private static JsonEncodedText Encoded(string text) => JsonEncodedText.Encode(text, ApiJson.Encoder);
}
