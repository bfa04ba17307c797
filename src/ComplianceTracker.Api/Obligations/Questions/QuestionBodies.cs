using System.Text.Json.Nodes;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.Obligations.Questions;

/// <summary>A page of what a company must still tell, on one set of clocks.</summary>
/// <param name="CompanyId">The company.</param>
/// <param name="AsOf">The legal day of the answers that wait.</param>
/// <param name="KnownOn">Only what was public by this day counts.</param>
/// <param name="RecordedAt">Only what was recorded by this instant counts.</param>
/// <param name="TimeZone">The time zone of the default days.</param>
/// <param name="Position">The log position that the answer shows.</param>
/// <param name="Undetermined">The obligations that wait for an answer.</param>
/// <param name="Items">The questions, the one that settles most first.</param>
/// <param name="Next">The cursor of the next page, or null.</param>
public sealed record QuestionPage(
    string CompanyId,
    DateOnly AsOf,
    DateOnly KnownOn,
    DateTimeOffset? RecordedAt,
    string TimeZone,
    long Position,
    TallyBody Undetermined,
    IReadOnlyList<QuestionItem> Items,
    string? Next);

/// <summary>A fact to tell.</summary>
/// <param name="Fact">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Unit">What a number counts, or null.</param>
/// <param name="Description">What it means.</param>
/// <param name="Values">The values it may take; empty where no list is kept.</param>
/// <param name="ValueType"><c>jurisdiction</c> where the values are jurisdiction codes, or null.</param>
/// <param name="Note">A remark, or null.</param>
/// <param name="Value">What is known so far, or null: a set can be known and still leave open what is asked.</param>
/// <param name="Settles">How many obligations its answer settles alone, whatever it is.</param>
/// <param name="SettlesTogether">How many obligations the answers to it and to all questions above it settle, whatever they are.</param>
/// <param name="MaySettle">How many obligations some answer to it settles alone.</param>
/// <param name="Waiting">The obligations that wait for it, counted.</param>
/// <param name="Obligations">The obligations that wait for it, by id.</param>
public sealed record QuestionItem(
    string Fact,
    FactType Type,
    string? Unit,
    LangText Description,
    IReadOnlyList<AllowedValueBody> Values,
    string? ValueType,
    LangText? Note,
    JsonNode? Value,
    int Settles,
    int SettlesTogether,
    int MaySettle,
    TallyBody Waiting,
    IReadOnlyList<WaitingObligation> Obligations);

/// <summary>A value that a fact may take.</summary>
/// <param name="Value">The value as profiles and conditions write it.</param>
/// <param name="Label">What it means.</param>
public sealed record AllowedValueBody(string Value, LangText Label);

/// <summary>How many obligations, by what they would be if they applied.</summary>
/// <param name="All">All of them.</param>
/// <param name="InForce">Those that would be applicable.</param>
/// <param name="Upcoming">Those that would be upcoming.</param>
/// <param name="Other">Those that would be suspended or proposed.</param>
public sealed record TallyBody(int All, int InForce, int Upcoming, int Other)
{
    internal static TallyBody From(Domain.Questions.Tally tally) => new(tally.All, tally.InForce, tally.Upcoming, tally.Other);
}

/// <summary>An undetermined obligation that waits for an answer.</summary>
/// <param name="ObligationId">Its id.</param>
/// <param name="InstrumentId">The instrument that carries it.</param>
/// <param name="Jurisdiction">The instrument's jurisdiction.</param>
/// <param name="Provision">The citation.</param>
/// <param name="Title">A short title.</param>
/// <param name="Otherwise">The status it would have if it applied.</param>
/// <param name="WaitsFor">All facts that it waits for.</param>
public sealed record WaitingObligation(
    string ObligationId, string InstrumentId, string Jurisdiction, string Provision, LangText Title, Status Otherwise, IReadOnlyList<string> WaitsFor);
