using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Vocabulary;
using CsvHelper;
using CsvHelper.Configuration;

namespace ComplianceTracker.Api.BulkImport;

/// <summary>Reads profiles off records of CSV under a header. An empty field is unknown; the members of a set are parted by semicolons.</summary>
internal sealed class CsvProfiles
{
    private const string Id = "id";
    private const string Name = "name";
    private const string TimeZone = "timeZone";

    private static readonly CsvConfiguration Rules = new(CultureInfo.InvariantCulture)
    {
        HasHeaderRecord = false,
        Mode = CsvMode.RFC4180,
        Delimiter = ",",
        BadDataFound = bad => throw new ApiProblem(ProblemTypes.InvalidBody, "A quote stands where none may: a field with quotes, commas or line breaks is put in quotes whole, and a quote in it is written twice."),
    };

    private readonly string[] columns;
    private readonly FactDefinition?[] facts;

    private CsvProfiles(string[] columns, FactDefinition?[] facts) => (this.columns, this.facts) = (columns, facts);

    /// <summary>The columns of a header.</summary>
    /// <exception cref="ApiProblem">A column is unknown, stands twice, or is missing.</exception>
    public static CsvProfiles Under(RawLine header, FactVocabulary vocabulary)
    {
        if (header.IsTooLong)
        {
            throw new ApiProblem(ProblemTypes.BodyTooLarge, "A line has at most 1 MB.") { Line = 1 };
        }

        var columns = Split(header.Bytes);
        foreach (var column in columns.Where(c => c is not (Id or Name or TimeZone) && vocabulary.Find(c) is null))
        {
            var nearest = Nearest.To(column, [Id, Name, TimeZone, ..vocabulary.Facts.Keys]);
            throw new ApiProblem(ProblemTypes.UnknownFact, $"The column '{column}' is neither id, name, timeZone nor a fact of the vocabulary{Hints.DidYouMean(nearest)}")
            {
                Line = (int)header.Number,
                Expected = nearest,
            };
        }

        return columns.GroupBy(c => c, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw new ApiProblem(ProblemTypes.InvalidBody, $"The column '{twice.Key}' stands twice.") { Line = (int)header.Number }
            : new[] { Id, Name }.FirstOrDefault(needed => !columns.Contains(needed)) is { } missing
            ? throw new ApiProblem(ProblemTypes.InvalidBody, $"The first line is the header; it has no column '{missing}'.") { Line = (int)header.Number, Expected = [missing] }
            : new CsvProfiles(columns, [..columns.Select(vocabulary.Find)]);
    }

    /// <summary>The profile of the record.</summary>
    /// <exception cref="ApiProblem">It is not CSV, or has other fields than the header.</exception>
    public PutCompany Parse(byte[] record)
    {
        var fields = Split(record);
        if (fields.Length != columns.Length)
        {
            throw new ApiProblem(ProblemTypes.InvalidBody, $"The line has {fields.Length} fields, the header {columns.Length}.");
        }

        string? Field(string column) => Array.IndexOf(columns, column) is var at and >= 0 && fields[at].Length > 0 ? fields[at] : null;
        var given = ImmutableArray.CreateBuilder<GivenFact>(columns.Length);
        for (var i = 0; i < columns.Length; i++)
        {
            if (facts[i] is { } fact && fields[i].Length > 0)
            {
                given.Add(new GivenFact(fact.Name, Value(fact.Type, fields[i]), Days.Always, $"/{JsonErrors.Escape(fact.Name)}"));
            }
        }

        return new PutCompany(Field(Id) ?? "", Field(Name) ?? "", Field(TimeZone), given.ToImmutable());
    }

    // What is not of the fact's type stays a text, which the rules of facts refuse in their words.
    private static FactValue Value(FactType type, string field) => type switch
    {
        FactType.Bool when bool.TryParse(field, out var truth) => new BoolValue(truth),
        FactType.Int when long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => new IntValue(whole),
        FactType.Double when double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => new DoubleValue(number),
        FactType.StringSet => SetValue.Complete(field.Split(';')),
        _ => new StringValue(field),
    };

    private static string[] Split(byte[] record)
    {
        if (!Utf8.IsValid(record) || record.AsSpan().Contains((byte)0))
        {
            throw new ApiProblem(ProblemTypes.ForbiddenText, "The line holds U+0000 or bytes that are not UTF-8.");
        }

        using var parser = new CsvParser(new StringReader(Encoding.UTF8.GetString(record)), Rules);
        return parser.Read() ? parser.Record ?? [] : [];
    }
}
