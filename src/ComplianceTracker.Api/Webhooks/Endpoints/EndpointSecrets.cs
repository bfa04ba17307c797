using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Npgsql;

namespace ComplianceTracker.Api.Webhooks.Endpoints;

/// <summary>One of an endpoint's signing secrets.</summary>
/// <param name="Text">The secret as the subscriber has it, <c>whsec_</c> and Base64.</param>
/// <param name="Expires">From when on it signs no more, or null: it is the current one.</param>
/// <param name="Request">The keyed request that made it, or null; a repeated request finds its secret by this.</param>
internal sealed record EndpointSecret(string Text, DateTimeOffset? Expires, Guid? Request);

/// <summary>Protects what the database must not show: secrets and the subscriber's headers. Each is bound to its endpoint.</summary>
internal sealed partial class EndpointSecrets(NpgsqlDataSource database)
{
    private const string Prefix = "whsec_";
    private const int SecretBytes = 32;

    // A container of its own: the service's would read the keys at its start, when the database may be away or has no tables.
    private readonly Lock gate = new();
    private IDataProtectionProvider? current;

    /// <summary>A new secret.</summary>
    public static string Generate() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>The secrets, protected for the endpoint.</summary>
    public byte[] Protect(string tenant, string id, ImmutableArray<EndpointSecret> secrets) =>
        Protect(tenant, id, "secrets", JsonSerializer.SerializeToUtf8Bytes(secrets, Json.Default.ImmutableArrayEndpointSecret));

    /// <summary>The headers, protected for the endpoint; null for none.</summary>
    public byte[]? Protect(string tenant, string id, ImmutableSortedDictionary<string, string> headers) => headers.IsEmpty
        ? null
        : Protect(tenant, id, "headers", JsonSerializer.SerializeToUtf8Bytes(headers, Json.Default.ImmutableSortedDictionaryStringString));

    /// <summary>The endpoint's secrets, the newest first, expired ones among them.</summary>
    /// <exception cref="CryptographicException">The key is gone, or this was protected for something else.</exception>
    public ImmutableArray<EndpointSecret> SecretsOf(WebhookEndpoint endpoint) => JsonSerializer.Deserialize(
        Unprotect(endpoint.Tenant, endpoint.Id, "secrets", endpoint.ProtectedSecrets), Json.Default.ImmutableArrayEndpointSecret);

    /// <summary>The endpoint's headers; upper and lower case of their names are the same.</summary>
    /// <exception cref="CryptographicException">The key is gone, or this was protected for something else.</exception>
    public ImmutableSortedDictionary<string, string> HeadersOf(WebhookEndpoint endpoint) => endpoint.ProtectedHeaders is null
        ? ImmutableSortedDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase)
        : JsonSerializer.Deserialize(
            Unprotect(endpoint.Tenant, endpoint.Id, "headers", endpoint.ProtectedHeaders), Json.Default.ImmutableSortedDictionaryStringString)!
            .WithComparers(StringComparer.OrdinalIgnoreCase);

    private byte[] Protect(string tenant, string id, string what, byte[] plain) =>
        Do(provider => Protector(provider, tenant, id, what).Protect(plain));

    private byte[] Unprotect(string tenant, string id, string what, byte[] @protected)
    {
        try
        {
            return Do(provider => Protector(provider, tenant, id, what).Unprotect(@protected));
        }
        catch (CryptographicException)
        {
            // Another node may have made a key since the keys were read here.
            using (gate.EnterScope())
            {
                current = null;
            }

            return Do(provider => Protector(provider, tenant, id, what).Unprotect(@protected));
        }
    }

    private byte[] Do(Func<IDataProtectionProvider, byte[]> work)
    {
        IDataProtectionProvider provider;
        using (gate.EnterScope())
        {
            provider = current ??= Create();
        }

        try
        {
            return work(provider);
        }
        catch (CryptographicException e) when (e.InnerException is NpgsqlException away)
        {
            // The keys could not be read: that is the database's failure, and passes.
            throw new NpgsqlException(away.Message, away);
        }
    }

    private IDataProtectionProvider Create()
    {
        var services = new ServiceCollection();
        services.AddDataProtection().SetApplicationName("ComplianceTracker");
        services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = new DataProtectionKeys(database));
        return services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>();
    }

    private static IDataProtector Protector(IDataProtectionProvider provider, string tenant, string id, string what) =>
        provider.CreateProtector("ComplianceTracker.Webhooks", what, tenant, id);

    [JsonSerializable(typeof(ImmutableArray<EndpointSecret>))]
    [JsonSerializable(typeof(ImmutableSortedDictionary<string, string>))]
    private sealed partial class Json : JsonSerializerContext;
}
