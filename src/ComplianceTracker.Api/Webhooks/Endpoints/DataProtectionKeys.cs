using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;

namespace ComplianceTracker.Api.Webhooks.Endpoints;

/// <summary>The keys of ASP.NET Data Protection in the database, so that every node reads what another has protected.</summary>
internal sealed class DataProtectionKeys(NpgsqlDataSource database) : IXmlRepository
{
    /// <summary>The table of keys.</summary>
    public const string Schema = """
        create table if not exists ct_data_protection_key (
            id bigint generated always as identity primary key,
            name text not null,
            xml text not null,
            created_at timestamptz not null default now());
        """;

    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = database.CreateCommand("select xml from ct_data_protection_key order by id");
        using var reader = command.ExecuteReader();
        var found = new List<XElement>();
        while (reader.Read())
        {
            found.Add(XElement.Parse(reader.GetString(0)));
        }

        return found;
    }

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName)
    {
        using var command = database.CreateCommand("insert into ct_data_protection_key (name, xml) values ($1, $2)");
        command.Parameters.Add(new() { Value = friendlyName });
        command.Parameters.Add(new() { Value = element.ToString(SaveOptions.DisableFormatting) });
        command.ExecuteNonQuery();
    }
}
