using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Tests.Support;
using ComplianceTracker.Domain.Vocabulary;
using FsCheck;
using FsCheck.Fluent;

namespace ComplianceTracker.Domain.Tests.Obligations;

/// <summary>Intervals and single days tell the same story, and both the one that DESIGN tells sentence by sentence.</summary>
public sealed class RegisterProperties
{
    private static readonly Gen<(LegalHistory History, Rule Rule, CompanyProfile Company)> Cases =
        from developments in Scenarios.Developments
        from company in Scenarios.Company
        let history = new LawBook(developments).History()
        where history is not null
        select (history, LawBook.RuleOf(history), company);

    [Fact]
    public void The_register_agrees_with_asking_day_by_day()
    {
        Properties.ForAll(Cases, c =>
        {
            var intervals = Applicability.Intervals(c.Rule, new CompanyFrames(c.Company, Facts.Slots));
            var answers = CompanyRegister.Answers(new RegisterEntry(c.History, intervals));

            answers[0].Days.From.ShouldBeNull();
            answers[^1].Days.To.ShouldBeNull();
            answers.Zip(answers.Skip(1)).ShouldAllBe(pair => pair.First.Days.To == pair.Second.Days.From);
            foreach (var day in Scenarios.AllDays)
            {
                var inRegister = answers.Single(a => a.Days.Contains(day)).Answer;
                Texts.Of(inRegister).ShouldBe(Texts.Of(ObligationAnswer.On(c.History, intervals, day)), $"on {day:yyyy-MM-dd}");
            }
        });
    }

    [Fact]
    public void Intervals_agree_with_evaluating_the_condition_on_each_day()
    {
        Properties.ForAll(Cases, c =>
        {
            var intervals = Applicability.Intervals(c.Rule, new CompanyFrames(c.Company, Facts.Slots));

            intervals.Zip(intervals.Skip(1)).ShouldAllBe(pair => pair.First.Days.To <= pair.Second.Days.From);
            foreach (var day in Scenarios.AllDays)
            {
                var interval = intervals.SingleOrDefault(i => i.Days.Contains(day));
                var (applies, missing, earliest) = Evaluate(c.History, c.Company, day);
                (interval?.Applies ?? Truth.No).ShouldBe(applies);
                (interval?.MissingFacts ?? []).ShouldBe(missing);
                interval?.EarliestStart.ShouldBe(earliest);
            }
        });
    }

    [Fact]
    public void Stages_windows_and_statuses_are_those_that_the_sentences_give()
    {
        Properties.ForAll(Cases, c =>
        {
            var intervals = Applicability.Intervals(c.Rule, new CompanyFrames(c.Company, Facts.Slots));
            foreach (var day in Scenarios.AllDays)
            {
                var (applies, missing, earliest) = Evaluate(c.History, c.Company, day);
                var start = Later(c.History.Start, earliest);
                var stage = StageByTheSentences(c.History, day, start);
                var answer = ObligationAnswer.On(c.History, intervals, day);

                (answer is null ? (Stage?)null : answer.Stage).ShouldBe(stage);
                if (answer is null)
                {
                    continue;
                }

                answer.Applies.ShouldBe(applies);
                answer.MissingFacts.ShouldBe(missing);
                answer.From.ShouldBe(c.History.End <= start ? null : start);
                answer.To.ShouldBe(c.History.End);
                (answer.Status == Status.NotApplicable).ShouldBe(applies == Truth.No);
                (answer.Status == Status.Undetermined).ShouldBe(applies == Truth.Unknown && stage is not (Stage.Ended or Stage.Lapsed));
                (answer.Otherwise is null).ShouldBe(answer.Status != Status.Undetermined);
                answer.EnforcementPaused.ShouldBe(stage == Stage.InForce && c.History.EnforcementPauses.Any(p => p.Days.Contains(day)));
            }
        });
    }

    [Fact]
    public void The_days_on_which_it_applies_are_the_run_around_the_day_or_the_next_or_the_last()
    {
        Properties.ForAll(Cases, c =>
        {
            var intervals = Applicability.Intervals(c.Rule, new CompanyFrames(c.Company, Facts.Slots));
            var days = Scenarios.AllDays.ToImmutableArray();
            var byDay = days.Select(d => Evaluate(c.History, c.Company, d)).ToImmutableArray();
            for (var i = 0; i < days.Length; i++)
            {
                if (ObligationAnswer.On(c.History, intervals, days[i]) is not { } answer)
                {
                    continue;
                }

                var sure = answer.Applies == Truth.Yes;
                var inside = days.Select((d, j) =>
                    byDay[j].Applies != Truth.No && (!sure || byDay[j].Applies == Truth.Yes)
                    && Later(c.History.Start, byDay[j].Earliest) <= d && !(c.History.End <= d)).ToImmutableArray();
                var (since, until) = answer.Applies == Truth.No ? (null, null) : RunAround(days, inside, i);
                answer.AppliesSince.ShouldBe(since, $"since, on {days[i]:yyyy-MM-dd}");
                answer.AppliesUntil.ShouldBe(until, $"until, on {days[i]:yyyy-MM-dd}");
            }
        });
    }

    [Fact]
    public void To_learn_a_fact_never_changes_an_answer_that_was_sure()
    {
        var cases =
            from c in Cases
            from fact in Gen.Elements("a", "b", "staff", "activities", "listed_on")
            from value in Gen.Choose(0, 1)
            from day in Scenarios.Day
            select (c.History, c.Rule, c.Company, fact, value, day);

        Properties.ForAll(cases, c =>
        {
            if (c.Company.ValueOn(c.fact, c.day) is not null)
            {
                return;
            }

            FactValue learned = c.fact switch
            {
                "staff" => new IntValue(c.value * 15),
                "activities" => SetValue.Complete(c.value == 0 ? [] : ["shop"]),
                "listed_on" => new DateValue(c.day.AddDays(c.value * 10)),
                _ => new BoolValue(c.value == 1),
            };
            var wiser = c.Company with
            {
                Facts = CompanyProfile.Declare(c.Company.Facts, [new(c.fact, learned, new(c.day, c.day.AddDays(1)))]),
            };
            var before = Ask(c.Company);
            var after = Ask(wiser);

            // Of retroactive law that reaches the company later than others nothing is said before it was made, unless it does not reach it.
            if (before is null)
            {
                (after?.Status ?? Status.NotApplicable).ShouldBe(Status.NotApplicable);
            }
            else if (after is null)
            {
                before.Status.ShouldBe(Status.Undetermined);
            }
            else if (before.Status != Status.Undetermined)
            {
                // A rule that may not apply at all can turn out not to, also where it is over.
                after.Status.ShouldBeOneOf(before.Applies == Truth.Unknown ? [before.Status, Status.NotApplicable] : [before.Status]);
            }

            ObligationAnswer? Ask(CompanyProfile company) =>
                ObligationAnswer.On(c.History, Applicability.Intervals(c.Rule, new CompanyFrames(company, Facts.Slots)), c.day);
        });
    }

    private static (Truth Applies, ImmutableArray<string> Missing, DateOnly? Earliest) Evaluate(LegalHistory history, CompanyProfile company, DateOnly day)
    {
        var content = history.ContentOn(day);
        var facts = FactFrame.Of(Facts.Slots, company.Facts.Select(f => KeyValuePair.Create(f.Key, f.Value.ValueOn(day))));
        var evaluation = Condition.Compile(content.Condition, Facts.Slots).Condition!.EvaluateWithMissing(facts);
        if (evaluation.Result == Truth.No || content.RelativeStart is not { } relative)
        {
            return (evaluation.Result, evaluation.MissingFacts, null);
        }

        return company.ValueOn(relative.Fact, day) is DateValue since
            ? (evaluation.Result, evaluation.MissingFacts, relative.Offset.After(since.Value))
            : (Truth.Unknown, [..evaluation.MissingFacts.Add(relative.Fact).Order(StringComparer.Ordinal)], null);
    }

    private static DateOnly? Later(DateOnly? start, DateOnly? earliest) => start is null || !(earliest > start) ? start : earliest;

    private static Stage? StageByTheSentences(LegalHistory history, DateOnly day, DateOnly? start)
    {
        if (history.End is { } end && end <= day)
        {
            return Stage.Ended;
        }

        if (history.Suspensions.Any(s => s.Days.Contains(day)))
        {
            return Stage.Suspended;
        }

        if (start is { } from && from <= day)
        {
            return Stage.InForce;
        }

        if (history.EnactedOn is { } enacted && enacted <= day)
        {
            return Stage.Upcoming;
        }

        return history.Drafts.LastOrDefault(d => d.On <= day) is { } draft ? draft.Lapsed ? Stage.Lapsed : Stage.Proposed : null;
    }

    private static (DateOnly? Since, DateOnly? Until) RunAround(ImmutableArray<DateOnly> days, ImmutableArray<bool> inside, int at)
    {
        var runs = new List<(int From, int To)>();
        for (var i = 0; i < inside.Length; i++)
        {
            if (inside[i] && (i == 0 || !inside[i - 1]))
            {
                runs.Add((i, i + 1));
            }
            else if (inside[i])
            {
                runs[^1] = (runs[^1].From, i + 1);
            }
        }

        if (runs.Count == 0)
        {
            return (null, null);
        }

        var next = runs.FindIndex(r => r.To > at);
        var (from, to) = next < 0 ? runs[^1] : runs[next];
        return (days[from], to == days.Length ? null : days[to]);
    }
}
