using System.Collections.Immutable;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>The kinds of types of the general evaluator.</summary>
internal enum TypeKind
{
    /// <summary>The type of the items of <c>[]</c>, which agrees with every type.</summary>
    None,

    /// <summary>Known at evaluation only.</summary>
    Dyn,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Null,
    Date,
    Set,
    List,
    Map,
    Type,
}

/// <summary>A type as it is checked: lists and maps with the types of what they hold.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Item">Of a list its items, of a map its values; else null.</param>
/// <param name="Key">Of a map its keys; else null.</param>
internal sealed record CelType(TypeKind Kind, CelType? Item = null, CelType? Key = null)
{
    public static CelType None { get; } = new(TypeKind.None);

    public static CelType Dyn { get; } = new(TypeKind.Dyn);

    public static CelType Bool { get; } = new(TypeKind.Bool);

    public static CelType Int { get; } = new(TypeKind.Int);

    public static CelType Uint { get; } = new(TypeKind.Uint);

    public static CelType Double { get; } = new(TypeKind.Double);

    public static CelType String { get; } = new(TypeKind.String);

    public static CelType Bytes { get; } = new(TypeKind.Bytes);

    public static CelType Null { get; } = new(TypeKind.Null);

    public static CelType Date { get; } = new(TypeKind.Date);

    public static CelType Set { get; } = new(TypeKind.Set);

    public static CelType Type { get; } = new(TypeKind.Type);

    /// <summary>True when the check leaves it to the evaluation.</summary>
    public bool IsOpen => Kind is TypeKind.Dyn or TypeKind.None;

    public bool IsNumber => Kind is TypeKind.Int or TypeKind.Uint or TypeKind.Double;

    /// <summary>The type in the words of errors.</summary>
    public string Words => Kind switch
    {
        TypeKind.Bool => "a bool",
        TypeKind.Int => "an int",
        TypeKind.Uint => "a uint",
        TypeKind.Double => "a double",
        TypeKind.String => "a string",
        TypeKind.Bytes => "bytes",
        TypeKind.Null => "null",
        TypeKind.Date => "a date",
        TypeKind.Set => "a string-set",
        TypeKind.List => Item is null ? "a list" : $"a {Name}",
        TypeKind.Map => Item is null ? "a map" : $"a {Name}",
        TypeKind.Type => "a type",
        TypeKind.Dyn => "a dyn",
        TypeKind.None => "nothing",
        _ => throw new ArgumentOutOfRangeException(nameof(Kind)),
    };

    /// <summary>The type as CEL writes it.</summary>
    public string Name => Kind switch
    {
        TypeKind.List => $"list({Item!.Name})",
        TypeKind.Map => $"map({Key!.Name}, {Item!.Name})",
        TypeKind.Null => "null_type",
        TypeKind.Set => "string-set",
        TypeKind.None => "dyn",
        _ => Kind.ToString().ToLowerInvariant(),
    };

    public static CelType ListOf(CelType item) => new(TypeKind.List, item);

    public static CelType MapOf(CelType key, CelType value) => new(TypeKind.Map, value, key);

    /// <summary>The type of a fact.</summary>
    public static CelType Of(FactType type) => type switch
    {
        FactType.Bool => Bool,
        FactType.Int => Int,
        FactType.Double => Double,
        FactType.String => String,
        FactType.Date => Date,
        FactType.StringSet => Set,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>The type of facts that is this one, or null where no fact has it.</summary>
    public FactType? AsFact => Kind switch
    {
        TypeKind.Bool => FactType.Bool,
        TypeKind.Int => FactType.Int,
        TypeKind.Double => FactType.Double,
        TypeKind.String => FactType.String,
        TypeKind.Date => FactType.Date,
        TypeKind.Set => FactType.StringSet,
        _ => null,
    };

    /// <summary>True when the kind is one of these or open.</summary>
    public bool Fits(params ReadOnlySpan<TypeKind> kinds) => IsOpen || kinds.Contains(Kind);

    /// <summary>True when values of the two types can be told equal or not. Numbers compare across their types.</summary>
    public static bool Comparable(CelType left, CelType right) => (left, right) switch
    {
        _ when left.IsOpen || right.IsOpen => true,
        _ when left.IsNumber && right.IsNumber => true,
        _ when left.Kind != right.Kind || left.Kind == TypeKind.Set => false,
        { left.Kind: TypeKind.List } => Comparable(left.Item!, right.Item!),
        { left.Kind: TypeKind.Map } => Comparable(left.Item!, right.Item!) && Comparable(left.Key!, right.Key!),
        _ => true,
    };

    /// <summary>The one type of both, or null where they are different types.</summary>
    public static CelType? Unify(CelType left, CelType right) => (left, right) switch
    {
        _ when left.Kind == TypeKind.None => right,
        _ when right.Kind == TypeKind.None => left,
        _ when left.Kind == TypeKind.Dyn || right.Kind == TypeKind.Dyn => Dyn,
        _ when left.Kind != right.Kind => null,
        { left.Kind: TypeKind.List } => Unify(left.Item!, right.Item!) is { } item ? ListOf(item) : null,
        { left.Kind: TypeKind.Map } => Unify(left.Key!, right.Key!) is { } key && Unify(left.Item!, right.Item!) is { } value ? MapOf(key, value) : null,
        _ => left,
    };
}
