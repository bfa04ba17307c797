#!/usr/bin/env bash
# The long form of the fault tests: so many random moments of each fault (50 unless told), and holds as long as in life.
set -euo pipefail
cd "$(dirname "$0")/.."
COMPLIANCETRACKER_FAULTS=${1:-50} dotnet test tests/ComplianceTracker.Api.Tests \
  --filter 'FullyQualifiedName~Faults|FullyQualifiedName~A_rebuild|FullyQualifiedName~The_same_key|FullyQualifiedName~A_database_that_is_away|FullyQualifiedName~A_dispatcher_dies' --logger "console;verbosity=detailed"
