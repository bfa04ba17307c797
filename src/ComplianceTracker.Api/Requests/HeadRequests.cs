namespace ComplianceTracker.Api.Requests;

/// <summary>HEAD is answered by whatever answers GET; the server leaves the body out.</summary>
internal static class HeadRequests
{
    /// <summary>Adds the translation; routing must come after it.</summary>
    public static void UseHeadRequests(this WebApplication app) => app.Use((context, next) =>
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Features.Set(Mark.Instance);
            context.Request.Method = HttpMethods.Get;
        }

        return next(context);
    });

    /// <summary>The method as the client sent it.</summary>
    public static string SentMethod(this HttpContext context) => context.IsHead() ? HttpMethods.Head : context.Request.Method;

    /// <summary>True when the client wants no body.</summary>
    public static bool IsHead(this HttpContext context) => context.Features.Get<Mark>() is not null;

    /// <summary>What a resource takes that takes these methods.</summary>
    public static string WithHead(string allowed) => allowed.Split(", ").Contains(HttpMethods.Get) ? $"{allowed}, {HttpMethods.Head}" : allowed;

    private sealed class Mark
    {
        public static Mark Instance { get; } = new();
    }
}
