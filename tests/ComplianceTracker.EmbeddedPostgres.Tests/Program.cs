using ComplianceTracker.EmbeddedPostgres.Tests;
using Xunit.Runner.InProc.SystemConsole;

// "serve <directory>": a service of its own, for the tests that kill one. Anything else: the test runner.
return args is ["serve", var directory] ? await ServiceProcess.ServeAsync(directory) : await ConsoleRunner.Run(args);
