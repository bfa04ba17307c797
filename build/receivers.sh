#!/usr/bin/env bash
# Takes the receivers of docs/webhooks.md as they stand there, starts each, subscribes it with the page's own calls, and sees it take
# a test and what follows for a company, and refuse what is not signed.
#
#   build/receivers.sh http://localhost:5080      a running service that may deliver to 127.0.0.0/8
#
# Needs curl and dotnet; a receiver whose tools (node with npm, python3) are missing is skipped and named.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

service=${1:-http://localhost:5080}
work=$(mktemp -d)
receiver=
stop() {
  if [ -n "$receiver" ]; then pkill -TERM -P "$receiver" 2>/dev/null || true; kill -TERM "$receiver" 2>/dev/null || true; wait "$receiver" 2>/dev/null || true; fi
  receiver=
}
trap 'stop; rm -rf "$work"' EXIT

# The block of the page in the language, word for word.
block() { awk -v fence="\`\`\`$1" '$0 == fence { on = 1; next } on && /^```/ { exit } on' "$here/../docs/webhooks.md"; }

member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

# Starts the command with the secret, and waits until it listens.
start() {
  stop
  (cd "$work/$language" && WEBHOOK_SECRET=$1 exec "${command[@]}") >"$work/said" 2>"$work/errors" &
  receiver=$!
  for _ in $(seq 1 240); do
    curl -s -o /dev/null --max-time 2 -X OPTIONS http://127.0.0.1:8787/ && return
    kill -0 "$receiver" 2>/dev/null || break
    sleep 0.5
  done
  echo "The $language receiver does not listen:"; cat "$work/said" "$work/errors"; exit 1
}

says() {
  for _ in $(seq 1 120); do grep -q "$1" "$work/said" && return; sleep 0.5; done
  echo "The $language receiver did not say '$1':"; cat "$work/said" "$work/errors"; exit 1
}

try() {
  company=heard-by-$language-$(date +%s)
  start ""
  endpoint=$(curl -fsS "$service/api/v1/webhooks/endpoints" -H 'Content-Type: application/json' \
    -d '{ "url": "http://127.0.0.1:8787/", "eventTypes": ["obligation.*", "instrument.*", "endpoint.*"], "leadTimes": ["P30D"] }')
  case $endpoint in *'"state":"active"'*) ;; *) echo "It did not consent: $endpoint"; exit 1 ;; esac
  id=$(printf '%s' "$endpoint" | member id)
  start "$(printf '%s' "$endpoint" | member secret)"
  curl -fsS -o /dev/null -X POST "$service/api/v1/webhooks/endpoints/$id/test"
  says "^endpoint.test webhooks/endpoints/$id 0 "
  curl -fsS -o /dev/null -X PUT "$service/api/v1/companies/$company" -H 'Content-Type: application/json' \
    -d '{ "name": "My Company", "facts": { "operates_in": ["CN"], "processes.personal_data": true } }'
  says "^obligation.applicable companies/$company "
  forged=$(curl -s -o /dev/null -w '%{http_code}' -X POST http://127.0.0.1:8787/ -d '{}' \
    -H 'webhook-id: x' -H "webhook-timestamp: $(date +%s)" -H 'webhook-signature: v1,AAAA')
  [ "$forged" = 401 ] || { echo "The $language receiver answered $forged to a forged delivery."; exit 1; }
  curl -fsS -o /dev/null -X DELETE "$service/api/v1/webhooks/endpoints/$id"
  stop
  echo "The $language receiver of docs/webhooks.md takes what is signed and nothing else."
}

language=js
mkdir -p "$work/js" "$work/python" "$work/csharp"
if command -v npm >/dev/null && command -v node >/dev/null; then
  block js >"$work/js/receiver.mjs"
  (cd "$work/js" && npm install --silent --no-audit --no-fund standardwebhooks@1.1.1 >/dev/null)
  command=(node receiver.mjs)
  try
else
  echo "SKIPPED for want of node and npm: the js receiver"
fi

language=python
if command -v python3 >/dev/null; then
  block python >"$work/python/receiver.py"
  command=(python3 receiver.py)
  try
else
  echo "SKIPPED for want of python3: the python receiver"
fi

language=csharp
block csharp >"$work/csharp/receiver.cs"
command=(dotnet run receiver.cs)
try
