using System.Text.RegularExpressions;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary><c>text.startsWith(part)</c> and its like; compared by ordinal.</summary>
internal sealed class TextNode(Func<string, string, bool> test, Node text, Node part) : TruthNode
{
    public override Truth Evaluate(FactFrame facts) =>
        text.Value(facts) is StringValue whole && part.Value(facts) is StringValue sought
            ? test(whole.Value, sought.Value) ? Truth.Yes : Truth.No
            : Truth.Unknown;

    public override void AddMissing(FactFrame facts, ISet<string> missing)
    {
        AddMissingOf(text, facts, missing);
        AddMissingOf(part, facts, missing);
    }
}

/// <summary><c>text.matches("pattern")</c>.</summary>
internal sealed class MatchesNode(Node text, Regex pattern) : TruthNode
{
    public override Truth Evaluate(FactFrame facts) =>
        text.Value(facts) is StringValue known ? pattern.IsMatch(known.Value) ? Truth.Yes : Truth.No : Truth.Unknown;

    public override void AddMissing(FactFrame facts, ISet<string> missing) => text.AddMissing(facts, missing);
}
