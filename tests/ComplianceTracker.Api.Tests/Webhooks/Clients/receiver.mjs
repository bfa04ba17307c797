// A subscriber on the clients that subscribers use: Standard Webhooks, Svix and CloudEvents. It consents to deliveries, verifies each with
// every secret it was told (a line of JSON on standard input replaces them), and says on standard output what came of it. Told `false` it
// consents no longer, and echoes challenges that verify instead.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';

const require = createRequire(process.argv[2] + '/');
const { Webhook: StandardWebhook } = require('standardwebhooks');
const { Webhook: SvixWebhook } = require('svix');
const { HTTP } = require('cloudevents');

let secrets = [];
let consents = true;
createInterface({ input: process.stdin }).on('line', line => {
  const told = JSON.parse(line);
  if (typeof told === 'boolean') consents = told;
  else secrets = told;
  console.log(JSON.stringify({ told: secrets.length }));
});

function verifies(Client, secret, body, headers) {
  try {
    new Client(secret).verify(body, headers);
    return true;
  } catch (e) {
    return e.message;
  }
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', chunk => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString('utf8');
    if (request.method === 'OPTIONS') {
      response.writeHead(200, consents ? { 'WebHook-Allowed-Origin': '*' } : {}).end();
      return;
    }

    const report = { id: request.headers['webhook-id'], errors: [] };
    report.standard = secrets.map(secret => verifies(StandardWebhook, secret, body, request.headers));
    report.svix = secrets.map(secret => verifies(SvixWebhook, secret, body, request.headers));
    try {
      const event = HTTP.toEvent({ headers: request.headers, body });
      event.validate();
      report.type = event.type;
      if (event.id !== report.id) report.errors.push(`id ${event.id} is not webhook-id ${report.id}`);
    } catch (e) {
      report.errors.push(`cloudevents: ${e.message}`);
    }

    // The client is lax: what the specification says of attributes is checked on the raw body.
    const raw = JSON.parse(body);
    for (const [name, value] of Object.entries(raw)) {
      if (name === 'data') continue;
      if (!/^[a-z0-9]{1,20}$/.test(name)) report.errors.push(`attribute ${name}`);
      if (typeof value !== 'string' || value === '') report.errors.push(`value of ${name}`);
    }
    for (const name of ['id', 'source', 'specversion', 'type', 'time', 'subject', 'dataschema', 'sequence', 'traceparent']) {
      if (!(name in raw)) report.errors.push(`no ${name}`);
    }
    if (raw.specversion !== '1.0') report.errors.push('specversion');
    if (!/^https?:\/\//.test(raw.dataschema ?? '')) report.errors.push('dataschema is not absolute');
    if (Buffer.byteLength(body) > 64 * 1024) report.errors.push('more than 64 KiB');
    if (typeof raw.data !== 'object') report.errors.push('data is no object');
    console.log(JSON.stringify(report));
    if (raw.type === 'endpoint.challenge' && report.standard.every(v => v === true)) response.writeHead(200).end(raw.data.challenge);
    else response.writeHead(204).end();
  });
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
