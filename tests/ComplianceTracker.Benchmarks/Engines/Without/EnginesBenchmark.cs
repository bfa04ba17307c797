namespace ComplianceTracker.Benchmarks;

/// <summary>The engines side by side, in a build that holds only one of them.</summary>
internal static class EnginesBenchmark
{
    public static Task RunAsync(string[] args)
    {
        Console.WriteLine("engines: cannot be run, this build holds no Marten engine; it needs -p:UseMarten=true where the package feed has Marten.");
        return Task.CompletedTask;
    }
}
