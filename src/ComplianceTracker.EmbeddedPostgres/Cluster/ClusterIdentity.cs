using System.Security.Cryptography;
using System.Text.Json;

namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>What a cluster was given when it was made, kept beside it in a file that only its owner can read.</summary>
/// <param name="Id">
/// Stands on the command line of this cluster's server, so that a process can be told from any other that has come to
/// bear the same process id.
/// </param>
/// <param name="Password">The password of the one role, <see cref="UserName"/>.</param>
internal sealed record ClusterIdentity(string Id, string Password)
{
    /// <summary>The role that owns the cluster.</summary>
    public const string UserName = "compliance_tracker";

    public static ClusterIdentity Create() =>
        new("ct-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));

    public string ToJson() => JsonSerializer.Serialize(new Dictionary<string, string> { ["id"] = Id, ["password"] = Password });

    /// <exception cref="PostgresUnavailableException">The file is missing or not what was written.</exception>
    public static ClusterIdentity Read(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return new ClusterIdentity(json.RootElement.GetProperty("id").GetString()!, json.RootElement.GetProperty("password").GetString()!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Without the inner exception: a parser may quote what it could not read.
            throw new PostgresUnavailableException(
                $"The file {path}, which holds the password of the cluster beside it, cannot be read ({e.GetType().Name}). "
                + "Start the service as the user who made the data directory, or restore the file; without it the cluster cannot be opened.");
        }
    }
}
