using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace ComplianceTracker.Domain.Common;

/// <summary>Jurisdiction codes: ISO 3166-1 alpha-2, ISO 3166-2, and <c>EU</c> as a code of its own.</summary>
public static partial class Jurisdiction
{
    /// <summary>What a code looks like, for error messages.</summary>
    public const string Description = "an ISO 3166-1 alpha-2 or ISO 3166-2 code such as CN, CN-NM or US-CA, or EU";

    // ISO 3166-1 alpha-2, officially assigned codes, and EU. UK is not among them: a mistyped code would be a silent "no".
    private static readonly FrozenSet<string> Countries = (
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
        "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET EU FI FJ FK FM FO FR " +
        "GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT " +
        "JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ " +
        "NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW " +
        "SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ " +
        "UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>
    /// True for a code of that form whose country is assigned; whether the country has such a subdivision is not checked.
    /// </summary>
    public static bool IsValid(string? code) => code is not null && Form().IsMatch(code) && Countries.Contains(code[..2]);

    /// <summary>True when the part is the place itself or a subdivision of it (<c>CN-NM</c> lies within <c>CN</c>).</summary>
    public static bool IsWithin(string part, string whole) =>
        part.StartsWith(whole, StringComparison.Ordinal) && (part.Length == whole.Length || part[whole.Length] == '-');

    [GeneratedRegex(@"\A[A-Z]{2}(?:-[A-Z0-9]{1,3})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
