using System.Globalization;
using ComplianceTracker.Benchmarks.Evaluate;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Vocabulary;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.Benchmarks.Match;

/// <summary>
/// The other way to ask many companies: a table with a column for each fact that some condition reads, null where it is unknown, and
/// the conditions as SQL, whose logic has three values too. Sets of jurisdictions have what they cover in columns of their own.
/// </summary>
internal sealed class FactTable(FactVocabulary vocabulary, IReadOnlyList<Condition> conditions)
{
    private readonly HandWrittenSource places = new(vocabulary);
    private readonly List<string> facts = [..conditions.SelectMany(c => c.FactNames).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public async Task FillAsync(NpgsqlConnection connection, IEnumerable<Dictionary<string, FactValue?>> profiles)
    {
        var columns = facts.SelectMany(ColumnsOf).ToList();
        await using (var create = new NpgsqlCommand($"drop table if exists facts; create table facts ({string.Join(", ", columns.Select(c => $"{c.Name} {c.Type}"))})", connection))
        {
            await create.ExecuteNonQueryAsync();
        }

        await using (var writer = await connection.BeginBinaryImportAsync($"copy facts from stdin (format binary)"))
        {
            foreach (var profile in profiles)
            {
                await writer.StartRowAsync();
                foreach (var fact in facts)
                {
                    await WriteAsync(writer, fact, profile.GetValueOrDefault(fact));
                }
            }

            await writer.CompleteAsync();
        }

        await using var analyze = new NpgsqlCommand("vacuum analyze facts", connection);
        await analyze.ExecuteNonQueryAsync();
    }

    /// <summary>How many come to yes and to unknown, for each condition; some conditions to a statement, in one scan.</summary>
    public async Task<long[]> CountAsync(NpgsqlConnection connection)
    {
        var counts = new List<long>();
        foreach (var some in conditions.Chunk(100))
        {
            var asked = some.Select(c => $"count(*) filter (where {Code(c.Root)}), count(*) filter (where ({Code(c.Root)}) is null)");
            await using var command = new NpgsqlCommand($"select {string.Join(", ", asked)} from facts", connection) { CommandTimeout = 600 };
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            counts.AddRange(Enumerable.Range(0, reader.FieldCount).Select(reader.GetInt64));
        }

        return [..counts];
    }

    private IEnumerable<(string Name, string Type)> ColumnsOf(string fact) => vocabulary.Facts[fact].Type switch
    {
        FactType.Bool => [(Name(fact), "boolean")],
        FactType.Int => [(Name(fact), "bigint")],
        FactType.Double => [(Name(fact), "double precision")],
        FactType.Date => [(Name(fact), "date")],
        FactType.String => [(Name(fact), "text")],
        _ => [(Name(fact), "text[]"), (Name(fact) + "_covered", "text[]"), (Name(fact) + "_open", "text[]")],
    };

    private async Task WriteAsync(NpgsqlBinaryImporter writer, string fact, FactValue? value)
    {
        switch (value)
        {
            case null:
                foreach (var _ in ColumnsOf(fact))
                {
                    await writer.WriteNullAsync();
                }

                break;
            case BoolValue b:
                await writer.WriteAsync(b.Value);
                break;
            case IntValue i when vocabulary.Facts[fact].Type == FactType.Int:
                await writer.WriteAsync(i.Value);
                break;
            case IntValue i:
                await writer.WriteAsync((double)i.Value);
                break;
            case DoubleValue d:
                await writer.WriteAsync(d.Value);
                break;
            case DateValue d:
                await writer.WriteAsync(d.Value, NpgsqlDbType.Date);
                break;
            case StringValue s:
                await writer.WriteAsync(s.Value);
                break;
            case SetValue set:
                var wholes = set.Values.SelectMany(places.WholesOf).ToHashSet(StringComparer.Ordinal);
                await writer.WriteAsync(set.Values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
                await writer.WriteAsync(wholes.Union(set.Values).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
                await writer.WriteAsync(set.Values.Where(v => !wholes.Contains(v)).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
                break;
        }
    }

    private string Code(Expression expression) => expression switch
    {
        Literal { Value: BoolValue b } => b.Value ? "true" : "false",
        FactReference fact => Name(fact.Name),
        Negation not => $"not ({Code(not.Operand)})",
        Junction junction => string.Join(junction.Kind == JunctionKind.And ? " and " : " or ", junction.Operands.Select(o => $"({Code(o)})")),
        Comparison { Operator: ComparisonOperator.In, Left: Literal { Value: StringValue value }, Right: FactReference set } => $"{Text(value.Value)} = any({Name(set.Name)})",
        Comparison { Left: FactReference fact, Right: Literal literal } relation => $"{Name(fact.Name)} {Sql(relation.Operator)} {Value(literal.Value)}",
        Call { Function: "covers", Target: FactReference set, Arguments: [Literal { Value: StringValue place }] } =>
            $"case when {Text(place.Value)} = any({Name(set.Name)}_covered) then true when {Name(set.Name)} is null or {Name(set.Name)}_open && array[{string.Join(", ", places.WholesOf(place.Value).Select(Text))}]::text[] then null else false end",
        _ => throw new NotSupportedException($"Not used by the record so far: {expression}"),
    };

    private static string Sql(ComparisonOperator relation) => relation switch
    {
        ComparisonOperator.Less => "<",
        ComparisonOperator.LessOrEqual => "<=",
        ComparisonOperator.Greater => ">",
        ComparisonOperator.GreaterOrEqual => ">=",
        ComparisonOperator.Equal => "=",
        _ => "<>",
    };

    private static string Value(FactValue value) => value switch
    {
        IntValue i => i.Value.ToString(CultureInfo.InvariantCulture),
        DoubleValue d => d.Value.ToString("R", CultureInfo.InvariantCulture) + "::double precision",
        DateValue d => $"date '{d.Value:yyyy-MM-dd}'",
        StringValue s => Text(s.Value),
        _ => throw new NotSupportedException($"Not used by the record so far: {value}"),
    };

    private static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Name(string fact) => "f_" + fact.Replace('.', '_').ToLowerInvariant();
}
