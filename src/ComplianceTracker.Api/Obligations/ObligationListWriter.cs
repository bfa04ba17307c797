using System.Buffers;
using System.Text.Json;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Api.Obligations;

/// <summary>
/// Writes a page of answers straight from the answers, byte for byte what the serializer makes of <see cref="ObligationList.ToBody"/>:
/// the list is the question asked most, and most of its text is the same in every answer.
/// </summary>
internal sealed class ObligationListWriter(ObligationList list) : IResult
{
    private static readonly JsonWriterOptions Options = new() { Encoder = ApiJson.Encoder, SkipValidation = true };

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        Write(httpContext.Response.BodyWriter);
        await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }

    /// <summary>Writes the page.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Options);
        var (question, clocks) = (list.Question, list.Question.Clocks);
        json.WriteStartObject();
        json.WriteString("companyId"u8, question.CompanyId);
        Write(json, "asOf"u8, clocks.AsOf);
        Write(json, "knownOn"u8, clocks.KnownOn);
        json.WritePropertyName("recordedAt"u8);
        JsonSerializer.Serialize(json, question.RecordedAt, ApiJson.Types.NullableDateTimeOffset);
        json.WriteString("timeZone"u8, clocks.TimeZone);
        json.WriteNumber("position"u8, question.Position);
        json.WriteStartArray("items"u8);
        foreach (var answer in list.Answers)
        {
            Write(json, answer);
        }

        json.WriteEndArray();
        json.WriteString("next"u8, list.Next);
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, ObligationAnswer answer)
    {
        var (history, content, text) = (answer.History, answer.Content, ContentText.Of(answer.Content));
        json.WriteStartObject();
        json.WriteString("obligationId"u8, history.ObligationId);
        json.WriteString("instrumentId"u8, history.Instrument.Id);
        json.WriteString("jurisdiction"u8, history.Instrument.Jurisdiction);
        json.WriteString("provision"u8, text.Provision);
        Write(json, "title"u8, text.Title);
        Write(json, "summary"u8, text.Summary);
        json.WriteString("category"u8, text.Category);
        json.WriteString("nature"u8, Words.Of(content.Nature));
        json.WriteString("status"u8, Words.Of(answer.Status));
        json.WriteString("stage"u8, Words.Of(answer.Stage));
        json.WriteString("applies"u8, Words.Of(answer.Applies));
        Write(json, "from"u8, answer.From);
        Write(json, "to"u8, answer.To);
        Write(json, "fromLatest"u8, answer.FromLatest);
        Write(json, "appliesSince"u8, answer.AppliesSince);
        Write(json, "appliesUntil"u8, answer.AppliesUntil);
        Write(json, "suspendedUntil"u8, answer.SuspendedUntil);
        json.WriteBoolean("enforcementPaused"u8, answer.EnforcementPaused);
        Write(json, "missingFacts"u8, answer.MissingFacts);
        json.WriteString("otherwise"u8, answer.Otherwise is { } otherwise ? Words.Of(otherwise) : null);
        Write(json, "because"u8, ReasonTexts.Of(answer, list.Question.View.Vocabulary));
        Write(json, "duty"u8, text.Duty);
        Write(json, "penalty"u8, text.Penalty);
        json.WriteString("source"u8, text.Source);
        json.WriteString("confidence"u8, Words.Of(content.Confidence));
        json.WriteBoolean("unverified"u8, answer.Unverified);
        Write(json, "replaces"u8, ObligationItems.Replaces(answer, list.Question.View));
        Write(json, "replacedBy"u8, history.ReplacedBy);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, byte[] value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value, skipInputValidation: true);
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, DateOnly? day)
    {
        Span<char> text = stackalloc char[10];
        if (day is { } d && d.TryFormat(text, out _, "O"))
        {
            json.WriteString(name, text);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
