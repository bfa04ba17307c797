using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace ComplianceTracker.Api.Tests.Fuzz;

/// <summary>Values that break programs: texts, numbers, days and instants at or past every edge.</summary>
internal static class Odd
{
    private const string RawStart = "~raw:";

    /// <summary>Texts that must be kept as they are, or refused.</summary>
    public static readonly Gen<string> Text = Gen.Frequency(
        (6, Gen.Elements(
            "", " ", "\t", "\r\n", "null", "NaN", "Infinity", "-0", "true", "[]", "{}", "*", "%", "%00", "%zz", "\"", "\\", "'", "`", "'; drop table mt_events;--",
            "<script>alert(1)</script>", "../../etc/passwd", "${jndi:ldap://x}", "{{7*7}}", "مرحبا بالعالم", "שלום", "\u202Ereversed\u202C", "👩‍👩‍👧‍👦", "🇨🇳", "e\u0301\u0301\u0301",
            "Z\u0351\u036B\u0343a\u0363\u0366l", "\uFEFFmark", "\u2028\u2029", "\u0085", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "\uFFFF\uFFFE", "\u007f", "\u0001\u001f", "ﷺ", "ß", "İı", "ǅ", "K", "½", "٣", "２０２１",
            "\u00AD\u200B\u200D", "個人信息保護法", "a,b", "a=b&c=d", "a;b", "#", "?", "+", "CON", "__proto__", "$type", "0x1F", "1_000", "01")),
        (3, from runes in ArrayOf(Gen.OneOf(Gen.Choose(1, 0x7f), Gen.Choose(0x80, 0xD7FF), Gen.Choose(0xE000, 0x10FFFF)), 24) select string.Concat(runes.Select(r => new Rune(r).ToString()))),
        (1, from text in Gen.Elements("x", "あ", "😀", "e\u0301", " ") from times in Gen.Elements(120, 121, 200, 300, 301, 1000, 1001, 2000, 20000) select string.Concat(Enumerable.Repeat(text, times))));

    /// <summary>Numbers as JSON and queries write them.</summary>
    public static readonly Gen<string> Number = Gen.Frequency(
        (3, Gen.Choose(-3, 1300).Select(n => $"{n}")),
        (2, Gen.Elements(
            "-0", "0.0", "1.5", "1e2", "1E+2", "1e400", "-1e400", "1e-400", "2147483647", "2147483648", "-2147483649", "4294967296", "9007199254740993", "9223372036854775807",
            "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551616", "0.1", "3.0000000000000000000000001", "123456789012345678901234567890", new string('9', 500))));

    /// <summary>Days near today's.</summary>
    public static readonly Gen<string> RealDay = from year in Gen.Choose(1985, 2040) from month in Gen.Choose(1, 12) from day in Gen.Choose(1, 28) select $"{year:D4}-{month:D2}-{day:D2}";

    /// <summary>Days, real and not.</summary>
    public static readonly Gen<string> Day = Gen.Frequency(
        (5, RealDay),
        (3, Gen.Elements(
            "1899-12-31", "1900-01-01", "2200-12-31", "2201-01-01", "0001-01-01", "9999-12-31", "0000-00-00", "2021-02-29", "2024-02-29", "1900-02-29", "2021-02-30", "2021-13-01", "2021-1-1",
            "20211101", "2021-11-01T00:00:00Z", "-0001-01-01", "+002021-01-01", " 2021-11-01", "2021-11-01 ", "２０２１-11-01", "2021/11/01", "today")));

    /// <summary>Instants, real and not.</summary>
    public static readonly Gen<string> Instant = Gen.Elements(
        "2026-11-21T08:00:00Z", "2199-06-30T10:30:00Z", "2021-11-01T00:00:00.123456789+08:00", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00-12:00",
        "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59+14:00", "1900-01-01T00:00:00Z", "2016-12-31T23:59:60Z", "2026-11-21t08:00:00z", "2026-11-21T08:00Z",
        "2026-11-21T24:00:00Z", "2026-11-21T08:00:00", "2026-11-21", "2026-11-21T08:00:00+99:00", "1e3", "4714-11-24T00:00:00Z");

    /// <summary>Time zones, real and not.</summary>
    public static readonly Gen<string> TimeZone = Gen.Elements(
        "UTC", "Europe/Berlin", "Asia/Shanghai", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York", "Etc/GMT+12", "Mars/Base", "europe/berlin", "W. Europe Standard Time", "+08:00", "../UTC", "");

    /// <summary>JSON of any shape where another was wanted.</summary>
    public static readonly Gen<JsonNode?> Json = Gen.Frequency(
        (4, Text.Select(JsonNode? (t) => t)),
        (3, Number.Select(JsonNode? (n) => Raw(n))),
        (2, Day.Select(JsonNode? (d) => d)),
        (5, Gen.Elements<string>(
            "null", "true", "false", "[]", "{}", "[[]]", "[null]", "[\"\"]", "{\"\":\"\"}", "{\"en\":\"x\"}", "{\"en\":null}", "{\"zz-ZZ-toolongtoolongtoolongtoolongtoolong\":\"x\"}", "{\"__proto__\":1}", "{\"$type\":\"x\"}",
            "{\"$ref\":\"#\"}", "{\"$id\":\"1\"}", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\ud83d\\ud83d\\ude00\"", "{\"\\ud800\":1}", "{\"a\":1,\"a\":2}", "{\"kind\":\"define\"}",
            "1.0", "-1", "1e400", "NaN", "Infinity", "01", "'x'", "[1,]", "{\"a\"}", "\"\\x\"", "\"\t\"", "tru").Select(JsonNode? (j) => Raw(j))),
        (1, Gen.Choose(1, 90).Select(JsonNode? (d) => Raw(new string('[', d) + new string(']', d)))),
        (1, Gen.Choose(1, 90).Select(JsonNode? (d) => Raw(string.Concat(Enumerable.Repeat("{\"a\":", d)) + "1" + new string('}', d)))));

    /// <summary>Mostly one of those that are right.</summary>
    public static Gen<string> Sometimes(Gen<string> odd, string[] right) => Gen.Frequency((4, Gen.Elements(right)), (1, odd));

    /// <summary>A list of up to so many.</summary>
    public static Gen<T[]> ArrayOf<T>(Gen<T> items, int most) => Gen.Choose(0, most).SelectMany(n => items.ArrayOf(n));

    /// <summary>JSON that no node can hold: a number too large, half of a surrogate pair, a member twice.</summary>
    public static JsonNode Raw(string json) => JsonValue.Create($"{RawStart}{Convert.ToBase64String(Encoding.UTF8.GetBytes(json))}~");

    /// <summary>The text of a node, with what is raw in its place.</summary>
    public static string Write(JsonNode? node)
    {
        var text = new StringBuilder();
        var rest = (node?.ToJsonString() ?? "null").AsSpan();
        for (int at; (at = rest.IndexOf("\"" + RawStart)) >= 0;)
        {
            text.Append(rest[..at]);
            rest = rest[(at + RawStart.Length + 1)..];
            var end = rest.IndexOf("~\"");
            // The writer escapes the plus of base64.
            text.Append(Encoding.UTF8.GetString(Convert.FromBase64String(rest[..end].ToString().Replace("\\u002B", "+", StringComparison.Ordinal))));
            rest = rest[(end + 2)..];
        }

        return text.Append(rest).ToString();
    }
}
