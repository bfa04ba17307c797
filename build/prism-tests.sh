#!/usr/bin/env bash
# Runs API tests while a Prism proxy judges every answer they get by the OpenAPI document that the service serves.
#
#   build/prism-tests.sh http://localhost:5080/swagger/v1/swagger.json    the document of a running service
#   build/prism-tests.sh document.json [filter]                           a file, and other tests than those that are usual
#
# The tests are those that call every operation and provoke every problem type; what Prism cannot judge is said in
# tests/ComplianceTracker.Api.Tests/Support/PrismCheck.cs. Needs Node.js 20 or later with npm; CHECK_TOOLS keeps the tools in one
# directory. The tests must have been built.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

source=${1:-http://localhost:5080/swagger/v1/swagger.json}
filter=${2:-FullyQualifiedName~.Document.|FullyQualifiedName~.Errors.|FullyQualifiedName~.Operations.|FullyQualifiedName~.Companies.|FullyQualifiedName~.Clocks.|FullyQualifiedName~.Feed.|FullyQualifiedName~.Idempotency.|FullyQualifiedName~BulkImport.An_import.|FullyQualifiedName~.Webhooks.Endpoints.|FullyQualifiedName~.Webhooks.EventCatalogue.|FullyQualifiedName~.Webhooks.Delivering.Asking}
port=${PRISM_PORT:-4010}
upstream=${PRISM_UPSTREAM_PORT:-4011}
work=$(mktemp -d)
prism=
stop() {
  if [ -n "$prism" ]; then kill "$prism" 2>/dev/null || true; wait "$prism" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap stop EXIT
tools=${CHECK_TOOLS:-$work/tools}
"$here/tools.sh" "$tools"

case $source in
  http://* | https://*) curl --fail --silent --show-error --max-time 30 --output "$work/openapi.json" "$source" ;;
  *) cp "$source" "$work/openapi.json" ;;
esac

# Requests are not judged: that of an address that is no UTF-8 would end Prism.
node "$tools/node_modules/.bin/prism" proxy --host 127.0.0.1 --port "$port" --validate-request=false --verboseLevel fatal "$work/openapi.json" "http://127.0.0.1:$upstream" >"$work/prism.log" 2>&1 &
prism=$!
for _ in $(seq 1 120); do
  curl --silent --output /dev/null --max-time 5 "http://127.0.0.1:$port/" && break
  kill -0 "$prism" 2>/dev/null || { echo "Prism ended:"; cat "$work/prism.log"; exit 1; }
  sleep 0.5
done

failed=0
COMPLIANCETRACKER_PRISM="http://127.0.0.1:$port" COMPLIANCETRACKER_PRISM_UPSTREAM="http://127.0.0.1:$upstream" COMPLIANCETRACKER_PRISM_LOG="$work/judged" \
  dotnet test "$here/../tests/ComplianceTracker.Api.Tests" --no-build --filter "$filter" || failed=1

echo "Judged by Prism $(grep -c '^judged' "$work/judged") answers, $(grep -c '^not judged' "$work/judged" || true) not:"
sort "$work/judged" | uniq -c | sort -rn
[ "$(grep -c '^judged' "$work/judged")" -gt 0 ] || { echo "Prism judged nothing."; exit 1; }
exit $failed
