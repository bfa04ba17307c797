using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using ComplianceTracker.Api.Feed;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Api.Tests.Webhooks.Support;
using ComplianceTracker.Api.Webhooks.Endpoints;
using ComplianceTracker.Api.Webhooks.Outbound;
using ComplianceTracker.EventStore;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceTracker.Api.Tests.Webhooks.Outbound;

/// <summary>F16: what listens where no delivery may go sees no connection, however the address is written and whenever its name changes.</summary>
public sealed class Forbidden_destinations(SubscribedService subscribed) : IClassFixture<SubscribedService>
{
    private const string Nothing = "No consent by OPTIONS, and the challenge failed: The host's name does not resolve.";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // The encodings of 127.0.0.1 and of this machine that a URL can hold.
    public static TheoryData<string> LoopbackHosts =>
    [
        "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "0x7f.0x0.0x0.0x1", "127.0.0.1.",
        "１２７.０.０.１", "127。0。0。1", "①②⑦.0.0.1", "localhost", "LOCALHOST.", "0.0.0.0", "0", "127.255.255.254",
        "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[2001:0000:4136:e378:8000:63bf:80ff:fffe]", "[::ffff:0:127.0.0.1]", "[fe80::1%25lo]", "[2a01:4f8::5efe:127.0.0.1]",
    ];

    public static TheoryData<string> OtherForbidden =>
    [
        "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1",
        "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b::8.8.8.8", "2002:a9fe:a9fe::1", "2002:808:808::1", "2001:0:a9fe:a9fe::",
        "fe80::1", "febf::1", "fec0::1", "fc00::1", "fdff::1", "ff02::1", "100::1", "2001:db8::1", "3fff::1", "3fff:fff::1", "5f00::1", "64:ff9b:1::1", "::2", "4000::1",
        "2001:2::1", "2001:10::1", "2606:4700::5efe:a9fe:a9fe", "2606:4700::200:5efe:10.0.0.1",
    ];

    public static TheoryData<string> Public =>
    [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "169.253.255.255", "172.15.255.255", "172.32.0.1", "192.0.1.1", "192.167.255.255", "198.17.255.255",
        "198.20.0.1", "223.255.255.255", "::ffff:8.8.8.8", "2606:4700:4700::1111", "2a00:1450:4001::200e", "2001:200::1", "2001:4860:4860::8888", "2003::1", "3ffe::1",
    ];

    [Theory]
    [MemberData(nameof(LoopbackHosts))]
    public async Task This_machine_is_reached_in_no_encoding_of_its_address(string host)
    {
        using var listener = new Trap();
        var settings = new OutboundSettings { AllowedPorts = [listener.Port] };
        using var way = Way(new SystemResolver(), settings);

        // At creation: refused, or not even a URL, or (as the system's resolver has it) a name of nothing.
        (await CreateAsync(way, $"https://{host}:{listener.Port}/")).ShouldBeOneOf("destination-forbidden", "invalid-body", Nothing);

        // In the connection, for an endpoint that was stored some other way.
        if (Uri.TryCreate($"https://{host}:{listener.Port}/", UriKind.Absolute, out var url))
        {
            (await way.Sender.SendAsync(Endpoint(url), Message, TimeSpan.FromSeconds(30), Token)).Error!.ShouldMatch("^Not sent: |^The host's name does not resolve");
            (await way.Verifier.AskAsync(Endpoint(url), Token)).Verified.ShouldBeFalse();
        }

        listener.Connections.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(OtherForbidden))]
    public async Task A_name_or_literal_of_a_forbidden_address_is_refused_beside_a_public_one_too(string address)
    {
        var (forbidden, fine) = (IPAddress.Parse(address), IPAddress.Parse("93.184.215.14"));
        ForbiddenNetworks.RuleOf(forbidden).ShouldNotBeNull();
        foreach (var addresses in (IPAddress[][])[[forbidden], [fine, forbidden], [forbidden, fine]])
        {
            var policy = new AddressPolicy(new OutboundSettings(), new Names { ["hooks.acme.example"] = addresses });
            (await Should.ThrowAsync<ForbiddenDestinationException>(() => policy.VetAsync("https", "hooks.acme.example", 443, Token))).Message.ShouldContain(forbidden.ToString());
        }

        var literal = new Uri($"https://{(forbidden.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{forbidden}]" : address)}/");
        await Should.ThrowAsync<ForbiddenDestinationException>(() => new AddressPolicy(new OutboundSettings(), new Names()).VetAsync("https", literal.IdnHost, 443, Token));
    }

    [Theory]
    [MemberData(nameof(Public))]
    public async Task A_public_address_is_reached_by_https_on_the_allowed_ports_alone(string address)
    {
        var policy = new AddressPolicy(new OutboundSettings(), new Names { ["hooks.acme.example"] = [IPAddress.Parse(address)] });

        (await policy.VetAsync("https", "hooks.acme.example", 443, Token)).ShouldBe([IPAddress.Parse(address)]);
        (await policy.VetAsync("https", "hooks.acme.example", 8443, Token)).ShouldNotBeEmpty();
        await Should.ThrowAsync<ForbiddenDestinationException>(() => policy.VetAsync("https", "hooks.acme.example", 22, Token));
        await Should.ThrowAsync<ForbiddenDestinationException>(() => policy.VetAsync("http", "hooks.acme.example", 443, Token));
    }

    [Fact]
    public async Task The_operators_networks_are_reached_and_nothing_beside_them()
    {
        var names = new Names
        {
            ["in"] = [IPAddress.Parse("10.1.2.3"), IPAddress.Parse("fd00:1::1"), IPAddress.Parse("::ffff:10.1.255.255")],
            ["beside"] = [IPAddress.Parse("10.2.0.1")],
            ["both"] = [IPAddress.Parse("10.1.2.3"), IPAddress.Parse("10.2.0.1")],
            ["mixed"] = [IPAddress.Parse("10.1.2.3"), IPAddress.Parse("8.8.8.8")],
            ["wrapped"] = [IPAddress.Parse("64:ff9b::a01:203")],
            ["none"] = [],
        };
        var policy = new AddressPolicy(
            new OutboundSettings { AllowedNetworks = [IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("fd00:1::/32")] }, names);

        (await policy.VetAsync("http", "in", 8080, Token)).Length.ShouldBe(3);
        foreach (var host in (string[])["beside", "both", "wrapped", "none"])
        {
            await Should.ThrowAsync<ForbiddenDestinationException>(() => policy.VetAsync("https", host, 443, Token), host);
        }

        // A public address beside an allowed one keeps to the public rules.
        (await policy.VetAsync("https", "mixed", 443, Token)).Length.ShouldBe(2);
        await Should.ThrowAsync<ForbiddenDestinationException>(() => policy.VetAsync("http", "mixed", 8080, Token));
    }

    [Fact]
    public async Task A_name_that_comes_to_mean_something_else_between_creation_verification_and_delivery_leads_nowhere()
    {
        // Two addresses of this machine, of which the operator allows one: what the name means is all that tells them apart.
        await using var receiver = await Receiver.StartAsync();
        using var trap = new Trap(IPAddress.Parse("127.0.0.2"), receiver.Url.Port);
        var names = new Names { ["hooks.acme.example"] = [IPAddress.Loopback] };
        var settings = new OutboundSettings { AllowedNetworks = [IPNetwork.Parse("127.0.0.1/32")] };
        var url = $"http://hooks.acme.example:{receiver.Url.Port}/hook";

        // Told at creation.
        names["hooks.acme.example"] = [IPAddress.Loopback, trap.Address];
        using (var way = Way(names, settings))
        {
            (await CreateAsync(way, url)).ShouldBe("destination-forbidden");
        }

        // Changed between the look-up at creation and the handshake.
        names.Then("hooks.acme.example", [IPAddress.Loopback], [trap.Address]);
        using (var way = Way(names, settings))
        {
            var (endpoint, _) = await way.Writer.CreateAsync(new EndpointBody { Url = url }, null, Token);
            endpoint.State.ShouldBe(EndpointState.Pending);
            endpoint.StateReason!.ShouldContain("127.0.0.0/8");
        }

        // Proved while it meant the right thing; changed before the delivery, the repetition and the next proof.
        names["hooks.acme.example"] = [IPAddress.Loopback];
        WebhookEndpoint active;
        using (var way = Way(names, settings))
        {
            (active, _) = await way.Writer.CreateAsync(new EndpointBody { Url = url }, null, Token);
            active.State.ShouldBe(EndpointState.Active);
            (await way.Sender.SendAsync(active, Message, TimeSpan.FromSeconds(30), Token)).Error.ShouldBeNull();
            names["hooks.acme.example"] = [trap.Address];

            // A connection to the vetted address is kept, and leads there and nowhere else.
            (await way.Sender.SendAsync(active, Message, TimeSpan.FromSeconds(30), Token)).Error.ShouldBeNull();
        }

        foreach (var meaning in (IPAddress[][])[[trap.Address], [trap.Address, IPAddress.Loopback], [IPAddress.Loopback, trap.Address], [IPAddress.Parse("::ffff:127.0.0.2")]])
        {
            names["hooks.acme.example"] = meaning;
            using var way = Way(names, settings);
            (await way.Sender.SendAsync(active, Message, TimeSpan.FromSeconds(30), Token)).Error!.ShouldStartWith("Not sent: ");
            (await way.Writer.VerifyAsync(active.Id, Token)).Verification.Verified.ShouldBeFalse();
        }

        trap.Connections.ShouldBe(0);
        receiver.Deliveries.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_redirect_to_a_forbidden_place_is_not_followed()
    {
        using var trap = new Trap(IPAddress.Parse("127.0.0.2"));
        subscribed.Receiver.Answers = _ => new ReceiverAnswer(307, "", ("Location", $"http://127.0.0.2:{trap.Port}/"));
        using var way = Way(new SystemResolver(), new OutboundSettings { AllowedNetworks = [IPNetwork.Parse("127.0.0.0/8")] });

        var exchange = await way.Sender.SendAsync(Endpoint(subscribed.Receiver.Url), Message, TimeSpan.FromSeconds(30), Token);

        (exchange.Status, exchange.Error).ShouldBe((307, "The endpoint answered 307; redirects are not followed."));
        trap.Connections.ShouldBe(0);
    }

    private static WebhookMessage Message => new($"m-{Guid.NewGuid():N}", "{}"u8.ToArray(), null);

    // What it was refused with, or why it is pending; null: it is active.
    private static async Task<string?> CreateAsync(Wiring way, string url)
    {
        try
        {
            var (endpoint, _) = await way.Writer.CreateAsync(new EndpointBody { Url = url }, null, Token);
            return endpoint.State == EndpointState.Pending ? endpoint.StateReason : null;
        }
        catch (ApiProblem problem)
        {
            return problem.Type.Slug;
        }
    }

    private WebhookEndpoint Endpoint(Uri url) => new()
    {
        Tenant = "default",
        Id = "ep_test",
        Url = url,
        Description = null,
        Filter = new EndpointFilter([], [], [], [], [], [], null, []),
        RateLimit = null,
        Ordered = true,
        State = EndpointState.Active,
        StateSince = default,
        StateReason = null,
        Since = 0,
        Version = 1,
        CreatedAt = default,
        ProtectedSecrets = subscribed.Secrets.Protect("default", "ep_test", [new EndpointSecret(EndpointSecrets.Generate(), null, null)]),
        ProtectedHeaders = null,
    };

    // The service's own parts with other settings and names.
    private Wiring Way(IHostResolver resolver, OutboundSettings settings)
    {
        var services = subscribed.Service.Services;
        var policy = new AddressPolicy(settings, resolver);
        var sender = new WebhookSender(policy, subscribed.Secrets, TimeProvider.System);
        var verifier = new EndpointVerifier(sender, settings, services.GetRequiredService<CloudEvents>(), TimeProvider.System);
        return new Wiring(sender, verifier, new EndpointWriter(
            services.GetRequiredService<EndpointStore>(), subscribed.Secrets, verifier, policy, services.GetRequiredService<IEventStore>(),
            services.GetRequiredService<EventTypes>(), TimeProvider.System));
    }

    private sealed record Wiring(WebhookSender Sender, EndpointVerifier Verifier, EndpointWriter Writer) : IDisposable
    {
        public void Dispose() => Sender.Dispose();
    }

    /// <summary>Names that mean what a test says, from one look-up to the next if it likes.</summary>
    private sealed class Names : IHostResolver
    {
        private readonly ConcurrentDictionary<string, ImmutableQueue<IPAddress[]>> meanings = new(StringComparer.OrdinalIgnoreCase);

        public IPAddress[] this[string name]
        {
            set => Then(name, value);
        }

        /// <summary>Each look-up takes the next; the last stays.</summary>
        public void Then(string name, params IPAddress[][] addresses) => meanings[name] = [..addresses];

        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
        {
            var queue = meanings[host];
            var next = queue.Dequeue(out var addresses);
            meanings[host] = next.IsEmpty ? queue : next;
            return Task.FromResult(addresses);
        }
    }

    /// <summary>Something that listens where nobody may go, on IPv4 and IPv6, and counts who comes.</summary>
    private sealed class Trap : IDisposable
    {
        private readonly List<TcpListener> listeners = [];

        public Trap()
        {
            // Every address of this machine, both families, on one port.
            var any = new TcpListener(IPAddress.IPv6Any, 0);
            any.Server.DualMode = true;
            any.Start();
            listeners.Add(any);
        }

        public Trap(IPAddress address, int port = 0)
        {
            var one = new TcpListener(address, port);
            one.Start();
            listeners.Add(one);
        }

        public int Port => ((IPEndPoint)listeners[0].LocalEndpoint).Port;

        public IPAddress Address => ((IPEndPoint)listeners[0].LocalEndpoint).Address;

        /// <summary>Who connected: the system takes connections whether or not anybody accepts them.</summary>
        public int Connections => listeners.Count(l => l.Pending());

        public void Dispose() => listeners.ForEach(l => l.Dispose());
    }
}
