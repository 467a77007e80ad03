/**
 * The usage endpoint, in a process of its own, because the measuring process blocks while it measures. Started
 * with an IPC channel: it sends its address, and for every message the number of requests so far.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';

const HOUR = 3_600_000;
let requests = 0;

/** Throw-away certificates of the tests. */
const tls = (name) => readFileSync(new URL(`../test/fixtures/tls/${name}`, import.meta.url));

const at = (hours) => new Date(Date.now() + hours * HOUR).toISOString().replace('Z', '000+00:00');

function body() {
  const session = { percent: 22, resets_at: at(4.6) };
  const week = { percent: 33, resets_at: at(99) };
  const scope = { model: { display_name: 'Fable', id: null }, surface: null };
  return {
    five_hour: { utilization: 22, resets_at: session.resets_at },
    seven_day: { utilization: 33, resets_at: week.resets_at },
    seven_day_opus: null,
    seven_day_sonnet: null,
    seven_day_oauth_apps: null,
    limits: [
      { group: 'session', kind: 'session', ...session, scope: null, severity: 'normal', is_active: false },
      { group: 'weekly', kind: 'weekly_all', ...week, scope: null, severity: 'normal', is_active: false },
      { group: 'weekly', kind: 'weekly_scoped', ...week, percent: 82, scope, is_active: true },
    ],
    extra_usage: {
      is_enabled: true,
      monthly_limit: 2000,
      used_credits: 763,
      utilization: 38.15,
      currency: 'EUR',
    },
    member_dashboard_available: false,
  };
}

const answer = (_request, response) => {
  requests += 1;
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body()));
};

const listen = (server, scheme) =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`${scheme}://127.0.0.1:${server.address().port}`));
  });

const http = await listen(createServer(answer), 'http');
const https = await listen(
  createSecureServer({ key: tls('server.key'), cert: tls('server.pem') }, answer),
  'https',
);
process.on('message', () => process.send({ requests }));
// The parent process is gone.
process.on('disconnect', () => process.exit(0));
process.send({ http, https });
