using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>A vocabulary for trying out a condition on facts that nobody has defined.</summary>
public static class AdHocVocabulary
{
    /// <summary>
    /// The vocabulary with facts of the given types added, which list no values. A name that the vocabulary holds already means
    /// the given type here.
    /// </summary>
    public static FactVocabulary With(this FactVocabulary vocabulary, IEnumerable<KeyValuePair<string, FactType>> factTypes) =>
        vocabulary with
        {
            Facts = vocabulary.Facts.SetItems(factTypes.Select(fact => KeyValuePair.Create(fact.Key, Define(fact.Key, fact.Value)))),
        };

    private static FactDefinition Define(string name, FactType type) =>
        new(name, type, null, LangText.English(name), [], null, NotYetRead: false, null, []);
}
