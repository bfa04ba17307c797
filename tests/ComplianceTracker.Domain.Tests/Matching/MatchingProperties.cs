using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Matching;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Tests.Conditions;
using ComplianceTracker.Domain.Tests.Support;
using ComplianceTracker.Domain.Vocabulary;
using FsCheck;
using FsCheck.Fluent;
using Properties = ComplianceTracker.Domain.Tests.Support.Properties;

namespace ComplianceTracker.Domain.Tests.Matching;

/// <summary>What is asked of all companies at once is what is asked of one after the other.</summary>
public sealed class MatchingProperties
{
    private static readonly Gen<(Expression[] Conditions, Dictionary<string, FactValue?>[] Companies)> Crowds =
        from conditions in Gen.OneOf(Trees.Conditions, WideTrees.Conditions.Select(c => c.Root)).NonEmptyListOf()
        from companies in Trees.SomeFacts.ListOf()
        select (conditions.ToArray(), companies.ToArray());

    // The law before and after, and companies with days of their own, some of whom change or go.
    private static readonly Gen<Scene> Scenes =
        from first in Scenarios.Developments
        from second in Scenarios.Developments
        from kept in Gen.Choose(1, 12)
        from successor in Gen.Elements("one", "two", "three")
        from companies in Scenarios.Company.ListOf(12)
        from later in Scenarios.Company.ListOf(4)
        from day in Scenarios.Day
        select new Scene(first, second, kept, successor, [..companies], [..later], day);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_condition_of_the_whole_language_comes_to_the_same_and_groups_lack_the_same_facts()
    {
        var crowds =
            from conditions in WideTrees.Conditions.ArrayOf(3)
            from companies in Trees.SomeFacts.ArrayOf(12)
            select (conditions, companies);
        Properties.ForAll(
            crowds,
            crowd =>
            {
                var population = new Population(Sample.Index);
                for (var i = 0; i < crowd.companies.Length; i++)
                {
                    population.Put($"{i}", Profile($"{i}", crowd.companies[i]));
                }

                foreach (var condition in crowd.conditions)
                {
                    var bits = population.Match(condition, Cancel);
                    var rule = RuleOf(condition);
                    var groups = population.Alike([rule], Cancel);
                    for (var i = 0; i < crowd.companies.Length; i++)
                    {
                        var number = population.Find($"{i}")!.Value;
                        var own = condition.EvaluateWithMissing(FactFrame.Of(Sample.Index, crowd.companies[i]));
                        bits.At(population.RowOn(number, Scenarios.First)).ShouldBe(own.Result, $"{condition.Text} for {i}");
                        var like = int.Parse(population.IdOf(groups.Representatives[groups.GroupOf[number]]));
                        condition.EvaluateWithMissing(FactFrame.Of(Sample.Index, crowd.companies[like])).MissingFacts.ShouldBe(own.MissingFacts, $"{condition.Text} for {i} as for {like}");
                    }
                }
            },
            100);
    }

    [Fact]
    public void Matching_ends_when_nobody_waits_for_it()
    {
        var population = new Population(Facts.Slots);
        population.Put("one", Facts.Company([new FactDeclaration("staff", new IntValue(3), Days.Always)]));
        var costly = Condition.Compile("[1, 2, 3].exists(x, x * staff == 9)", Facts.Slots).Condition!;
        using var gone = new CancellationTokenSource();
        gone.Cancel();

        Should.Throw<OperationCanceledException>(() => population.Match(costly, gone.Token));
        population.Match(costly, Cancel).At(0).ShouldBe(Truth.Yes);
    }

    [Fact]
    public void A_condition_comes_to_the_same_for_every_company_at_once_and_one_by_one()
    {
        Properties.ForAll(Crowds, crowd =>
        {
            var population = new Population(Sample.Index);
            var conditions = crowd.Conditions.Select(e => Condition.Compile(e.ToString(), Sample.Index).Condition!).ToList();
            for (var i = 0; i < crowd.Companies.Length; i++)
            {
                population.Put($"{i}", Profile($"{i}", crowd.Companies[i]));

                // Asked in between too: what was evaluated is kept, and more companies come.
                _ = population.Match(conditions[i % conditions.Count], Cancel);
            }

            foreach (var condition in conditions)
            {
                var bits = population.Match(condition, Cancel);
                for (var i = 0; i < crowd.Companies.Length; i++)
                {
                    bits.At(population.RowOn(population.Find($"{i}")!.Value, Scenarios.First))
                        .ShouldBe(condition.Evaluate(FactFrame.Of(Sample.Index, crowd.Companies[i])), $"{condition.Text} for {i}");
                }
            }
        });
    }

    [Fact]
    public void A_choice_whose_condition_fails_is_settled_for_nobody()
    {
        var population = new Population(Sample.Index);
        var condition = Condition.Compile("100 / persons > 3 ? a : a", Sample.Index).Condition!;
        long?[] persons = [null, 0, 7];
        for (var i = 0; i < persons.Length; i++)
        {
            population.Put($"{i}", Profile($"{i}", new() { ["a"] = new BoolValue(true), ["persons"] = persons[i] is { } n ? new IntValue(n) : null }));
        }

        var bits = population.Match(condition, Cancel);

        Enumerable.Range(0, persons.Length).Select(i => bits.At(population.RowOn(population.Find($"{i}")!.Value, Scenarios.First)))
            .ShouldBe([Truth.Unknown, Truth.Unknown, Truth.Yes]);
    }

    [Fact]
    public void A_change_of_law_changes_the_same_for_every_company_at_once_and_one_by_one()
    {
        Properties.ForAll(Scenes, scene =>
        {
            var population = new Population(Facts.Slots);
            scene.Fill(population);
            var (before, after) = scene.Rules();
            var changes = after.Keys.Where(id => id != "three").Select(id => new RuleChange(id, before[id], after[id])).ToList();

            var impact = Impact.Of(population, changes, id => id == "three" ? after["three"] : null, scene.Day, Cancel);

            population.Count.ShouldBe(scene.Companies.Count);
            foreach (var (id, company) in scene.Companies)
            {
                var number = population.Find(id)!.Value;
                var expected = OneByOne(company, before, after, scene.Day);
                impact.For(number).Select(Told).ShouldBe(expected.Select(Told), $"{id} on {scene.Day}");
                impact.TouchOf(number).ShouldBe(
                    expected.IsEmpty ? Touch.None : expected.All(c => c.After?.Status == Status.Undetermined) ? Touch.Undetermined : Touch.Sure);
            }
        });
    }

    [Fact]
    public void A_rule_has_the_same_days_for_every_company_at_once_and_one_by_one()
    {
        Properties.ForAll(Scenes, scene =>
        {
            var population = new Population(Facts.Slots);
            scene.Fill(population);
            var rules = scene.Rules().After.Values.OfType<Rule>().ToList();

            var register = PopulationRegister.Of(population, rules, Cancel);

            foreach (var (id, company) in scene.Companies)
            {
                register.Of(population.Find(id)!.Value).ShouldBe(
                    CompanyRegister.Of(new CompanyFrames(company, Facts.Slots), rules.OrderBy(r => r.History.ObligationId, StringComparer.Ordinal))
                        .SelectMany(entry => entry.Intervals.Select(i => (entry.History.ObligationId, i))),
                    id);
            }
        });
    }

    [Fact]
    public void A_company_that_was_put_in_comes_out_with_the_same_facts_on_every_day()
    {
        Properties.ForAll(Scenes, scene =>
        {
            var population = new Population(Facts.Slots);
            scene.Fill(population);
            foreach (var (id, company) in scene.Companies)
            {
                var found = population.ProfileOf(population.Find(id)!.Value);
                foreach (var day in Scenarios.AllDays)
                {
                    Facts.Slots.Vocabulary.Facts.Keys.Select(f => found.ValueOn(f, day)).ShouldBe(Facts.Slots.Vocabulary.Facts.Keys.Select(f => company.ValueOn(f, day)));
                }
            }
        });
    }

    [Fact]
    public void Sets_of_more_values_than_bits_are_asked_one_by_one_and_keep_their_values()
    {
        var population = new Population(Facts.Slots);
        var covers = Condition.Compile("places.covers(\"CN\")", Facts.Slots).Condition!;
        var holds = Condition.Compile("\"shop\" in activities && size(activities) > 1", Facts.Slots).Condition!;
        for (var i = 0; i < 400; i++)
        {
            population.Put($"{i}", Facts.Company(
            [
                new FactDeclaration("activities", SetValue.Complete(["shop", $"a{i}"]), Days.Always),
                new FactDeclaration("places", SetValue.Complete(i % 2 == 0 ? ["CN-SH"] : [$"X{i}"]), Days.Always),
            ]));
        }

        for (var i = 0; i < 400; i++)
        {
            var company = population.Find($"{i}")!.Value;
            population.Match(covers, Cancel).At(population.RowOn(company, Scenarios.First)).ShouldBe(i % 2 == 0 ? Truth.Yes : Truth.No);
            population.Match(holds, Cancel).At(population.RowOn(company, Scenarios.First)).ShouldBe(Truth.Yes);
            population.ProfileOf(company).ValueOn("activities", Scenarios.First).ShouldBe(SetValue.Complete(["shop", $"a{i}"]));
        }
    }

    [Fact]
    public void Old_rows_are_told_from_new_ones_and_wear_a_population_out()
    {
        var population = new Population(Facts.Slots);
        var company = Facts.Company([new FactDeclaration("a", new BoolValue(true), Days.Always)]);
        var condition = Condition.Compile("a", Facts.Slots).Condition!;
        for (var i = 0; i < 1500; i++)
        {
            population.Put("one", company);
            population.Match(condition, Cancel).At(population.RowOn(population.Find("one")!.Value, Scenarios.First)).ShouldBe(Truth.Yes);
        }

        population.Put("two", company with { IsArchived = true });
        (population.Count, population.Rows, population.IsWorn, population.Find("two")).ShouldBe((1, 1500, true, null));
    }

    private static string Told(Consequence c) =>
        $"{c.ObligationId} {c.Kind} {ObligationState.Of(c.Before)} {ObligationState.Of(c.After)} {string.Join(',', c.ReplacedBy.Select(r => r.History.ObligationId))} {string.Join(',', c.Changes)} "
        + string.Join(',', (c.After?.MissingFacts ?? []).Concat(c.Before?.MissingFacts ?? []));

    private static ImmutableArray<Consequence> OneByOne(CompanyProfile company, Dictionary<string, Rule?> before, Dictionary<string, Rule?> after, DateOnly day)
    {
        var frames = new CompanyFrames(company, Facts.Slots);
        return AnswerChanges.Between(after.Keys.Select(id => new AnswerChange(id, Answer(before[id]), Answer(after[id]))), id => Answer(after.GetValueOrDefault(id)));

        ObligationAnswer? Answer(Rule? rule) => rule is null ? null : ObligationAnswer.On(rule.History, Applicability.Intervals(rule, frames), day);
    }

    private static CompanyProfile Profile(string id, Dictionary<string, FactValue?> facts) => new(
        id, id, null,
        CompanyProfile.Declare(CompanyProfile.NoFacts, facts.Where(f => f.Value is not null).Select(f => new FactDeclaration(f.Key, f.Value, Days.Always))),
        false);

    private static Rule RuleOf(Condition condition) => new(
        new LawBook(Law.Happened("made", "2024-01-01", Law.Define(), Law.Enact("2024-02-01"))).History()!, [condition], condition.FactNames);

    private sealed record Scene(
        ImmutableArray<Development> First, ImmutableArray<Development> Second, int Kept, string Successor, ImmutableArray<CompanyProfile> Begun, ImmutableArray<CompanyProfile> Later, DateOnly Day)
    {
        /// <summary>The companies as they end up.</summary>
        public SortedDictionary<string, CompanyProfile> Companies
        {
            get
            {
                var companies = new SortedDictionary<string, CompanyProfile>(StringComparer.Ordinal);
                Put((id, company) => companies[id] = company, id => companies.Remove(id));
                return companies;
            }
        }

        public void Fill(Population population) => Put(population.Put, population.Remove);

        /// <summary>Two obligations that change and a third that stays, of which one may take another's place.</summary>
        public (Dictionary<string, Rule?> Before, Dictionary<string, Rule?> After) Rules()
        {
            var stays = RuleOf(Second, "three", "one");
            return (
                new() { ["one"] = RuleOf([..First.Take(Kept)], "one", Successor), ["two"] = RuleOf([..Second.Take(Kept)], "two", "one"), ["three"] = stays },
                new() { ["one"] = RuleOf(First, "one", Successor), ["two"] = RuleOf(Second, "two", "one"), ["three"] = stays });
        }

        private void Put(Action<string, CompanyProfile> put, Action<string> remove)
        {
            for (var i = 0; i < Begun.Length; i++)
            {
                put($"c{i}", Begun[i]);
            }

            for (var i = 0; i < Later.Length; i++)
            {
                put($"c{i}", Later[i]);
            }

            remove("c9");
        }

        private static Rule? RuleOf(ImmutableArray<Development> developments, string id, string successor) =>
            new LawBook(developments).History() is { } history
                ? LawBook.RuleOf(history with { ObligationId = id, ReplacedBy = successor == id ? [] : [successor] })
                : null;
    }
}
