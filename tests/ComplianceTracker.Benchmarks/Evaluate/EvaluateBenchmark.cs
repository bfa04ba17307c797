using System.Diagnostics;
using ComplianceTracker.Domain.Conditions;

namespace ComplianceTracker.Benchmarks.Evaluate;

/// <summary>Compiled conditions against the same conditions written in C#, every one over every profile, checked to agree first.</summary>
internal static class EvaluateBenchmark
{
    private const int ProfileCount = 10_000;
    private const double Reach = 0.4;

    public static async Task RunAsync(string[] args)
    {
        var vocabulary = Seeds.Vocabulary();
        var index = FactIndex.Of(vocabulary);
        var conditions = Seeds.Conditions().Select(text => Compile(text, index)).ToArray();
        var source = new HandWrittenSource(vocabulary);
        if (args is ["write", var path])
        {
            await File.WriteAllTextAsync(path, source.Write(conditions));
            return;
        }

        if (!conditions.Select(c => c.Text).SequenceEqual(HandWritten.All.Select(h => h.Text)))
        {
            throw new InvalidOperationException(
                "The conditions of the seeds have changed: run `-- evaluate write tests/ComplianceTracker.Benchmarks/Evaluate/HandWritten.g.cs` and build again.");
        }

        var profiles = new Profiles(vocabulary, seed: 1);
        var frames = new FactFrame[ProfileCount];
        var facts = new Facts[ProfileCount];
        for (var i = 0; i < ProfileCount; i++)
        {
            var profile = profiles.Next();
            (frames[i], facts[i]) = (FactFrame.Of(index, profile), new Facts(HandWritten.Names, profile, source.WholesOf));
        }

        var tests = HandWritten.All.Select(h => h.Test).ToArray();
        RequireAgreement(conditions, frames, tests, facts);

        // Two warm-up turns by hand: the code must have reached its last tier before the first round that counts.
        for (var i = 0; i < 4; i++)
        {
            Ours(conditions, frames);
            Theirs(tests, facts);
        }

        var rounds = await Rounds.TakeTurnsAsync(
            9, () => Task.FromResult(Ours(conditions, frames)), () => Task.FromResult(Theirs(tests, facts)));
        rounds.Print($"evaluate: {conditions.Length} conditions, {ProfileCount:N0} profiles", "/s", Reach);
    }

    private static Condition Compile(string text, FactIndex index)
    {
        var result = Condition.Compile(text, index);
        return result.Condition ?? throw new InvalidOperationException($"{text}: {result.Error}");
    }

    private static void RequireAgreement(Condition[] conditions, FactFrame[] frames, Func<Facts, Known>[] tests, Facts[] facts)
    {
        var counts = new long[3];
        for (var p = 0; p < frames.Length; p++)
        {
            for (var c = 0; c < conditions.Length; c++)
            {
                var ours = conditions[c].Evaluate(frames[p]) switch { Truth.No => Known.No, Truth.Yes => Known.Yes, _ => Known.Unknown };
                counts[ours.Value]++;
                if (ours != tests[c](facts[p]))
                {
                    throw new InvalidOperationException($"Profile {p} disagrees: {conditions[c].Text}");
                }
            }
        }

        Console.WriteLine($"both agree on all results: {counts[2]:N0} yes, {counts[1]:N0} unknown, {counts[0]:N0} no");
    }

    private static double Ours(Condition[] conditions, FactFrame[] frames)
    {
        var begun = Stopwatch.GetTimestamp();
        var yes = 0;
        foreach (var frame in frames)
        {
            foreach (var condition in conditions)
            {
                yes += condition.Evaluate(frame) == Truth.Yes ? 1 : 0;
            }
        }

        return Rate(begun, (long)conditions.Length * frames.Length, yes);
    }

    private static double Theirs(Func<Facts, Known>[] tests, Facts[] facts)
    {
        var begun = Stopwatch.GetTimestamp();
        var yes = 0;
        foreach (var profile in facts)
        {
            foreach (var test in tests)
            {
                yes += test(profile).Value == 2 ? 1 : 0;
            }
        }

        return Rate(begun, (long)tests.Length * facts.Length, yes);
    }

    private static double Rate(long begun, long evaluations, int yes) => yes >= 0 ? evaluations / Stopwatch.GetElapsedTime(begun).TotalSeconds : 0;
}
