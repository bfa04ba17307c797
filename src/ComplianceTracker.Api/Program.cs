using ComplianceTracker.Api.Hosting;

return await Commands.RunAsync(args);
