#!/usr/bin/env bash
# Installs the tools that check the OpenAPI document and the answers, once, into the directory given; it needs Node.js 20 with npm.
set -euo pipefail

tools=$1
versions=(@stoplight/prism-cli@5.14.2 @stoplight/spectral-cli@6.16.3 @redocly/cli@2.77.0)
stamp="$tools/.installed"

if [ "$(cat "$stamp" 2>/dev/null)" = "${versions[*]}" ]; then exit 0; fi
mkdir -p "$tools"
echo "Installing ${versions[*]}"
timeout 240 npm install --prefix "$tools" --no-audit --no-fund --loglevel=error --fetch-timeout=30000 --fetch-retries=2 "${versions[@]}" \
  || { echo "npm could not install the checks of the OpenAPI document (status $?; 124 is a timeout)." >&2; exit 1; }
echo "${versions[*]}" > "$stamp"
