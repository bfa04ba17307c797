using System.Text;
using ComplianceTracker.Api.Webhooks.Endpoints;
using ComplianceTracker.Api.Webhooks.Outbound;

namespace ComplianceTracker.Api.Tests.Webhooks.Outbound;

/// <summary>Signatures are those of Standard Webhooks 1.0.0.</summary>
public sealed class Signatures
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const long Timestamp = 1614265330;
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"test": 2432232314}""");

    [Fact]
    public void The_published_vector_comes_out() =>
        StandardWebhooks.Sign(Secret, Id, Timestamp, Body).ShouldBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");

    [Fact]
    public void During_a_rotation_every_secret_signs_with_single_blanks_between()
    {
        var second = EndpointSecrets.Generate();
        var both = StandardWebhooks.Sign([StandardWebhooks.KeyOf(second), StandardWebhooks.KeyOf(Secret)], Id, Timestamp, Body);

        both.ShouldBe($"{StandardWebhooks.Sign(second, Id, Timestamp, Body)} {StandardWebhooks.Sign(Secret, Id, Timestamp, Body)}");
        both.Split(' ').ShouldAllBe(s => s.StartsWith("v1,", StringComparison.Ordinal) && s.Length == 47);
    }

    [Fact]
    public void Generated_secrets_hold_32_random_bytes()
    {
        var secrets = Enumerable.Range(0, 100).Select(_ => EndpointSecrets.Generate()).ToList();

        secrets.ShouldAllBe(s => s.StartsWith("whsec_", StringComparison.Ordinal) && StandardWebhooks.KeyOf(s).Length == 32);
        secrets.Distinct().Count().ShouldBe(100);
    }
}
