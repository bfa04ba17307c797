#!/usr/bin/env bash
# Lints the OpenAPI document: Spectral (spectral:oas) and Redocly (recommended-strict). Both must find nothing.
#
#   build/lint-openapi.sh                                       the document of a service on this machine
#   build/lint-openapi.sh http://localhost:5081/swagger/v1/swagger.json
#   build/lint-openapi.sh document.json
#
# Needs Node.js 20 or later with npm. The linters go into a throw-away directory; set LINT_TOOLS to keep them in one.
set -euo pipefail

spectral=6.16.3
redocly=2.77.0

source=${1:-http://localhost:5080/swagger/v1/swagger.json}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tools=${LINT_TOOLS:-$work/tools}

case $source in
  http://* | https://*) curl --fail --silent --show-error --output "$work/openapi.json" "$source" ;;
  *) cp "$source" "$work/openapi.json" ;;
esac

if [ ! -x "$tools/node_modules/.bin/redocly" ] || [ ! -x "$tools/node_modules/.bin/spectral" ]; then
  mkdir -p "$tools"
  npm install --prefix "$tools" --no-audit --no-fund --loglevel=error "@stoplight/spectral-cli@$spectral" "@redocly/cli@$redocly"
fi

cd "$work"
echo 'extends: ["spectral:oas"]' > spectral.yaml
echo 'extends: [recommended-strict]' > redocly.yaml
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true

failed=0
echo "Spectral $spectral, spectral:oas"
"$tools/node_modules/.bin/spectral" lint openapi.json --ruleset spectral.yaml --fail-severity=hint || failed=1
echo "Redocly $redocly, recommended-strict"
"$tools/node_modules/.bin/redocly" lint openapi.json --config redocly.yaml || failed=1
exit $failed
