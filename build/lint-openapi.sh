#!/usr/bin/env bash
# Lints the OpenAPI document: Spectral (spectral:oas) and Redocly (recommended-strict). Both must find nothing.
#
#   build/lint-openapi.sh                                       the document of a service on this machine
#   build/lint-openapi.sh http://localhost:5081/swagger/v1/swagger.json
#   build/lint-openapi.sh document.json
#
# Needs Node.js 20 or later with npm. The linters go into a throw-away directory; set CHECK_TOOLS to keep them in one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

source=${1:-http://localhost:5080/swagger/v1/swagger.json}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tools=${CHECK_TOOLS:-$work/tools}
"$here/tools.sh" "$tools"
tools=$(cd "$tools" && pwd)

case $source in
  http://* | https://*) curl --fail --silent --show-error --max-time 30 --output "$work/openapi.json" "$source" ;;
  *) cp "$source" "$work/openapi.json" ;;
esac

cd "$work"
echo 'extends: ["spectral:oas"]' > spectral.yaml
echo 'extends: [recommended-strict]' > redocly.yaml
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true

failed=0
echo "Spectral, spectral:oas"
timeout 120 "$tools/node_modules/.bin/spectral" lint openapi.json --ruleset spectral.yaml --fail-severity=hint || failed=1
echo "Redocly, recommended-strict"
timeout 120 "$tools/node_modules/.bin/redocly" lint openapi.json --config redocly.yaml || failed=1
exit $failed
