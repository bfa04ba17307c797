using System.Collections.Frozen;

namespace ComplianceTracker.Domain.Consequences;

/// <summary>
/// In which time zone the days of a jurisdiction begin: that of its seat of government. Countries and zones are those of
/// <c>zone.tab</c> in the IANA time zone database, which names each zone's places; where a country has several, the one that holds its
/// capital; <c>EU</c> keeps Brussels time. A subdivision is listed where its seat keeps another time than its country's.
/// </summary>
public static class JurisdictionTimeZones
{
    /// <summary>The zone where none is known.</summary>
    public const string Utc = "UTC";

    private static readonly FrozenDictionary<string, string> Zones = Read(
        "AD Europe/Andorra; AE Asia/Dubai; AF Asia/Kabul; AG America/Antigua; AI America/Anguilla; AL Europe/Tirane; AM Asia/Yerevan; " +
        "AO Africa/Luanda; AR America/Argentina/Buenos_Aires; AS Pacific/Pago_Pago; AT Europe/Vienna; AU Australia/Sydney; " +
        "AW America/Aruba; AX Europe/Mariehamn; AZ Asia/Baku; BA Europe/Sarajevo; BB America/Barbados; BD Asia/Dhaka; BE Europe/Brussels; " +
        "BF Africa/Ouagadougou; BG Europe/Sofia; BH Asia/Bahrain; BI Africa/Bujumbura; BJ Africa/Porto-Novo; BL America/St_Barthelemy; " +
        "BM Atlantic/Bermuda; BN Asia/Brunei; BO America/La_Paz; BQ America/Kralendijk; BR America/Sao_Paulo; BS America/Nassau; " +
        "BT Asia/Thimphu; BW Africa/Gaborone; BY Europe/Minsk; BZ America/Belize; CA America/Toronto; CC Indian/Cocos; CD Africa/Kinshasa; " +
        "CF Africa/Bangui; CG Africa/Brazzaville; CH Europe/Zurich; CI Africa/Abidjan; CK Pacific/Rarotonga; CL America/Santiago; " +
        "CM Africa/Douala; CN Asia/Shanghai; CO America/Bogota; CR America/Costa_Rica; CU America/Havana; CV Atlantic/Cape_Verde; " +
        "CW America/Curacao; CX Indian/Christmas; CY Asia/Nicosia; CZ Europe/Prague; DE Europe/Berlin; DJ Africa/Djibouti; " +
        "DK Europe/Copenhagen; DM America/Dominica; DO America/Santo_Domingo; DZ Africa/Algiers; EC America/Guayaquil; EE Europe/Tallinn; " +
        "EG Africa/Cairo; EH Africa/El_Aaiun; ER Africa/Asmara; ES Europe/Madrid; ET Africa/Addis_Ababa; EU Europe/Brussels; " +
        "FI Europe/Helsinki; FJ Pacific/Fiji; FK Atlantic/Stanley; FM Pacific/Pohnpei; FO Atlantic/Faroe; FR Europe/Paris; " +
        "GA Africa/Libreville; GB Europe/London; GD America/Grenada; GE Asia/Tbilisi; GF America/Cayenne; GG Europe/Guernsey; " +
        "GH Africa/Accra; GI Europe/Gibraltar; GL America/Nuuk; GM Africa/Banjul; GN Africa/Conakry; GP America/Guadeloupe; " +
        "GQ Africa/Malabo; GR Europe/Athens; GS Atlantic/South_Georgia; GT America/Guatemala; GU Pacific/Guam; GW Africa/Bissau; " +
        "GY America/Guyana; HK Asia/Hong_Kong; HN America/Tegucigalpa; HR Europe/Zagreb; HT America/Port-au-Prince; HU Europe/Budapest; " +
        "ID Asia/Jakarta; IE Europe/Dublin; IL Asia/Jerusalem; IM Europe/Isle_of_Man; IN Asia/Kolkata; IO Indian/Chagos; IQ Asia/Baghdad; " +
        "IR Asia/Tehran; IS Atlantic/Reykjavik; IT Europe/Rome; JE Europe/Jersey; JM America/Jamaica; JO Asia/Amman; JP Asia/Tokyo; " +
        "KE Africa/Nairobi; KG Asia/Bishkek; KH Asia/Phnom_Penh; KI Pacific/Tarawa; KM Indian/Comoro; KN America/St_Kitts; " +
        "KP Asia/Pyongyang; KR Asia/Seoul; KW Asia/Kuwait; KY America/Cayman; KZ Asia/Almaty; LA Asia/Vientiane; LB Asia/Beirut; " +
        "LC America/St_Lucia; LI Europe/Vaduz; LK Asia/Colombo; LR Africa/Monrovia; LS Africa/Maseru; LT Europe/Vilnius; " +
        "LU Europe/Luxembourg; LV Europe/Riga; LY Africa/Tripoli; MA Africa/Casablanca; MC Europe/Monaco; MD Europe/Chisinau; " +
        "ME Europe/Podgorica; MF America/Marigot; MG Indian/Antananarivo; MH Pacific/Majuro; MK Europe/Skopje; ML Africa/Bamako; " +
        "MM Asia/Yangon; MN Asia/Ulaanbaatar; MO Asia/Macau; MP Pacific/Saipan; MQ America/Martinique; MR Africa/Nouakchott; " +
        "MS America/Montserrat; MT Europe/Malta; MU Indian/Mauritius; MV Indian/Maldives; MW Africa/Blantyre; MX America/Mexico_City; " +
        "MY Asia/Kuala_Lumpur; MZ Africa/Maputo; NA Africa/Windhoek; NC Pacific/Noumea; NE Africa/Niamey; NF Pacific/Norfolk; " +
        "NG Africa/Lagos; NI America/Managua; NL Europe/Amsterdam; NO Europe/Oslo; NP Asia/Kathmandu; NR Pacific/Nauru; NU Pacific/Niue; " +
        "NZ Pacific/Auckland; OM Asia/Muscat; PA America/Panama; PE America/Lima; PF Pacific/Tahiti; PG Pacific/Port_Moresby; " +
        "PH Asia/Manila; PK Asia/Karachi; PL Europe/Warsaw; PM America/Miquelon; PN Pacific/Pitcairn; PR America/Puerto_Rico; " +
        "PS Asia/Hebron; PT Europe/Lisbon; PW Pacific/Palau; PY America/Asuncion; QA Asia/Qatar; RE Indian/Reunion; RO Europe/Bucharest; " +
        "RS Europe/Belgrade; RU Europe/Moscow; RW Africa/Kigali; SA Asia/Riyadh; SB Pacific/Guadalcanal; SC Indian/Mahe; " +
        "SD Africa/Khartoum; SE Europe/Stockholm; SG Asia/Singapore; SH Atlantic/St_Helena; SI Europe/Ljubljana; SJ Arctic/Longyearbyen; " +
        "SK Europe/Bratislava; SL Africa/Freetown; SM Europe/San_Marino; SN Africa/Dakar; SO Africa/Mogadishu; SR America/Paramaribo; " +
        "SS Africa/Juba; ST Africa/Sao_Tome; SV America/El_Salvador; SX America/Lower_Princes; SY Asia/Damascus; SZ Africa/Mbabane; " +
        "TC America/Grand_Turk; TD Africa/Ndjamena; TF Indian/Kerguelen; TG Africa/Lome; TH Asia/Bangkok; TJ Asia/Dushanbe; " +
        "TK Pacific/Fakaofo; TL Asia/Dili; TM Asia/Ashgabat; TN Africa/Tunis; TO Pacific/Tongatapu; TR Europe/Istanbul; " +
        "TT America/Port_of_Spain; TV Pacific/Funafuti; TW Asia/Taipei; TZ Africa/Dar_es_Salaam; UA Europe/Kyiv; UG Africa/Kampala; " +
        "US America/New_York; UY America/Montevideo; UZ Asia/Tashkent; VA Europe/Vatican; VC America/St_Vincent; VE America/Caracas; " +
        "VG America/Tortola; VI America/St_Thomas; VN Asia/Ho_Chi_Minh; VU Pacific/Efate; WF Pacific/Wallis; WS Pacific/Apia; " +
        "YE Asia/Aden; YT Indian/Mayotte; ZA Africa/Johannesburg; ZM Africa/Lusaka; ZW Africa/Harare"
        + "; " +
        "AU-NT Australia/Darwin; AU-QLD Australia/Brisbane; AU-SA Australia/Adelaide; AU-TAS Australia/Hobart; AU-VIC Australia/Melbourne; " +
        "AU-WA Australia/Perth; BR-AC America/Rio_Branco; BR-AL America/Maceio; BR-AM America/Manaus; BR-AP America/Belem; " +
        "BR-BA America/Bahia; BR-CE America/Fortaleza; BR-MA America/Fortaleza; BR-MS America/Campo_Grande; BR-MT America/Cuiaba; " +
        "BR-PA America/Belem; BR-PB America/Fortaleza; BR-PE America/Recife; BR-PI America/Fortaleza; BR-RN America/Fortaleza; " +
        "BR-RO America/Porto_Velho; BR-RR America/Boa_Vista; BR-SE America/Maceio; BR-TO America/Araguaina; CA-AB America/Edmonton; " +
        "CA-BC America/Vancouver; CA-MB America/Winnipeg; CA-NB America/Moncton; CA-NL America/St_Johns; CA-NS America/Halifax; " +
        "CA-NT America/Edmonton; CA-NU America/Iqaluit; CA-PE America/Halifax; CA-SK America/Regina; CA-YT America/Whitehorse; " +
        "CL-AI America/Coyhaique; CL-MA America/Punta_Arenas; EC-W Pacific/Galapagos; ES-CE Africa/Ceuta; ES-CN Atlantic/Canary; " +
        "ES-ML Africa/Ceuta; ID-BA Asia/Makassar; ID-GO Asia/Makassar; ID-KB Asia/Pontianak; ID-KI Asia/Makassar; ID-KS Asia/Makassar; " +
        "ID-KT Asia/Pontianak; ID-KU Asia/Makassar; ID-MA Asia/Jayapura; ID-MU Asia/Jayapura; ID-NB Asia/Makassar; ID-NT Asia/Makassar; " +
        "ID-PA Asia/Jayapura; ID-PB Asia/Jayapura; ID-SA Asia/Makassar; ID-SG Asia/Makassar; ID-SN Asia/Makassar; ID-SR Asia/Makassar; " +
        "ID-ST Asia/Makassar; MX-BCN America/Tijuana; MX-BCS America/Mazatlan; MX-CAM America/Merida; MX-CHH America/Chihuahua; " +
        "MX-COA America/Monterrey; MX-DUR America/Monterrey; MX-NAY America/Mazatlan; MX-NLE America/Monterrey; MX-ROO America/Cancun; " +
        "MX-SIN America/Mazatlan; MX-SON America/Hermosillo; MX-TAM America/Monterrey; MX-YUC America/Merida; NZ-CIT Pacific/Chatham; " +
        "PT-20 Atlantic/Azores; PT-30 Atlantic/Madeira; RU-AL Asia/Barnaul; RU-ALT Asia/Barnaul; RU-AMU Asia/Yakutsk; " +
        "RU-AST Europe/Astrakhan; RU-BA Asia/Yekaterinburg; RU-BU Asia/Irkutsk; RU-CHE Asia/Yekaterinburg; RU-CHU Asia/Anadyr; " +
        "RU-IRK Asia/Irkutsk; RU-KAM Asia/Kamchatka; RU-KEM Asia/Novokuznetsk; RU-KGD Europe/Kaliningrad; RU-KGN Asia/Yekaterinburg; " +
        "RU-KHA Asia/Vladivostok; RU-KHM Asia/Yekaterinburg; RU-KK Asia/Krasnoyarsk; RU-KYA Asia/Krasnoyarsk; RU-MAG Asia/Magadan; " +
        "RU-NVS Asia/Novosibirsk; RU-OMS Asia/Omsk; RU-ORE Asia/Yekaterinburg; RU-PER Asia/Yekaterinburg; RU-PRI Asia/Vladivostok; " +
        "RU-SA Asia/Yakutsk; RU-SAK Asia/Sakhalin; RU-SAM Europe/Samara; RU-SAR Europe/Saratov; RU-SVE Asia/Yekaterinburg; " +
        "RU-TOM Asia/Tomsk; RU-TY Asia/Krasnoyarsk; RU-TYU Asia/Yekaterinburg; RU-UD Europe/Samara; RU-ULY Europe/Ulyanovsk; " +
        "RU-YAN Asia/Yekaterinburg; RU-YEV Asia/Vladivostok; RU-ZAB Asia/Chita; US-AK America/Juneau; US-AL America/Chicago; " +
        "US-AR America/Chicago; US-AS Pacific/Pago_Pago; US-AZ America/Phoenix; US-CA America/Los_Angeles; US-CO America/Denver; " +
        "US-GU Pacific/Guam; US-HI Pacific/Honolulu; US-IA America/Chicago; US-ID America/Boise; US-IL America/Chicago; " +
        "US-IN America/Indiana/Indianapolis; US-KS America/Chicago; US-LA America/Chicago; US-MI America/Detroit; US-MN America/Chicago; " +
        "US-MO America/Chicago; US-MP Pacific/Saipan; US-MS America/Chicago; US-MT America/Denver; US-ND America/Chicago; " +
        "US-NE America/Chicago; US-NM America/Denver; US-NV America/Los_Angeles; US-OK America/Chicago; US-OR America/Los_Angeles; " +
        "US-PR America/Puerto_Rico; US-SD America/Chicago; US-TN America/Chicago; US-TX America/Chicago; US-UT America/Denver; " +
        "US-VI America/St_Thomas; US-WA America/Los_Angeles; US-WI America/Chicago; US-WY America/Denver");

    /// <summary>Every zone that a jurisdiction can have.</summary>
    public static IReadOnlyCollection<string> All => [..Zones.Values.Append(Utc).Distinct(StringComparer.Ordinal)];

    /// <summary>The IANA time zone of the jurisdiction; of a subdivision that is not listed, its country's; of a country that is not, UTC.</summary>
    /// <param name="jurisdiction">ISO 3166-1 or 3166-2, or <c>EU</c>.</param>
    public static string Of(string jurisdiction) =>
        Zones.TryGetValue(jurisdiction, out var zone) || Zones.TryGetValue(jurisdiction.Split('-')[0], out zone) ? zone : Utc;

    private static FrozenDictionary<string, string> Read(string table) => table
        .Split("; ", StringSplitOptions.RemoveEmptyEntries)
        .Select(entry => entry.Split(' '))
        .ToFrozenDictionary(entry => entry[0], entry => entry[1], StringComparer.Ordinal);
}
