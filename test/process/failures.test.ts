import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isSignIn } from '../../src/usage/failure.ts';
import { MINUTE } from '../../src/usage/time.ts';
import { anEndpoint, closeAtTheEnd, fixture, json } from '../support/endpoint.ts';
import type { Answer } from '../support/endpoint.ts';
import { Machine, TOKEN } from '../support/program.ts';

/** The tables of docs/specs/endpoint.md with a wait, row by row. */
const rows = fs
  .readFileSync(new URL('../../docs/specs/endpoint.md', import.meta.url), 'utf8')
  .split('\n\n')
  .filter((part) => part.startsWith('| Answer | Code | Wait | Line |\n'))
  .flatMap((table) => table.trim().split('\n').slice(2))
  .map((line) => line.slice(2, -2).split(' | ') as [string, string, string, string]);

const body = JSON.stringify(fixture('2026-04-18-max.json'));
const html = '<html><body>Just a moment…</body></html>';
const filler = (bytes: number) => `{"five_hour":null,"x":"${'x'.repeat(bytes - 25)}"}`;
const raw = (bytes: Buffer | string, headers: Record<string, string>): Answer => {
  return (_request, response) => response.writeHead(200, headers).end(bytes);
};
const date = (ms: number) => new Date(Date.now() + ms).toUTCString();

/** Responses that need more than a status. */
const answers: Record<string, Answer> = {
  '200': json(body),
  '200, unknown keys': json({ ...JSON.parse(body), omelette: { utilization: 3 }, five_day: 'x' }),
  '200, no window': json({ five_hour: null }),
  '200, broken parts beside good ones': json({
    ...JSON.parse(body),
    seven_day: { utilization: -1 },
    limits: 'none',
    extra_usage: [],
  }),
  '200, an error: rate_limit_error': json({ type: 'error', error: { type: 'rate_limit_error' } }),
  '200, an error: rate_limit_error, Retry-After: 120': raw(
    JSON.stringify({ error: { type: 'rate_limit_error' } }),
    { 'retry-after': '120' },
  ),
  '200, an error: authentication_error': json({ type: 'error', error: { type: 'authentication_error' } }),
  '200, an error: permission_error': json({ type: 'error', error: { type: 'permission_error' } }),
  '200, an error: overloaded_error': json({ type: 'error', error: { type: 'overloaded_error' } }),
  '200, an error as a text': json({ error: 'unauthorized' }),
  '200, an error beside limits': json({ ...JSON.parse(body), error: { type: 'rate_limit_error' } }),
  '200, gzip': raw(gzipSync(body), { 'content-encoding': 'gzip' }),
  '200, 64 KiB': json(filler(65_536)),
  '200, 64 KiB and one byte': json(filler(65_537)),
  '200, gzip bomb': raw(gzipSync(filler(30_000_000)), { 'content-encoding': 'gzip' }),
  '200, broken gzip': raw(body, { 'content-encoding': 'gzip' }),
  '200, empty': json(''),
  '200, HTML': json(html),
  '200, array': json([body]),
  '200, null': json('null'),
  '200, a string': json('"usage"'),
  '200, truncated JSON': json(body.slice(0, -9)),
  '200, not UTF-8': raw(Buffer.from('{"five_hour":null,"x":"\xff"}', 'latin1'), {}),
  '201': json(body, 201),
  '204': (_request, response) => response.writeHead(204).end(),
  '304': (_request, response) => response.writeHead(304).end(),
  '403, HTML': json(html, 403, { 'content-type': 'text/html' }),
  '429, Retry-After: in ten minutes, as a date': (request, response) =>
    // Retry-After is in whole seconds, of which one can have begun.
    json({}, 429, { 'retry-after': date(10 * MINUTE + 999) })(request, response),
  '429, Retry-After: a minute ago, as a date': json({}, 429, { 'retry-after': date(-MINUTE) }),
  '429, Retry-After: twice': (_request, response) =>
    response
      .writeHead(429, [
        ['retry-after', '5'],
        ['retry-after', '10'],
      ])
      .end(),
};

/** All other rows of the first table: a status, with Retry-After where the row has it. */
function statusAnswer(row: string): Answer {
  const [, status, retryAfter] = /^(\d{3})(?:, Retry-After: (.+))?$/.exec(row) ?? [];
  if (status === undefined) throw new Error(`no answer for the row "${row}"`);
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  if (status.startsWith('3')) headers.location = 'http://127.0.0.1:9/elsewhere';
  return json({ error: { message: 'a message of the server' } }, Number(status), headers);
}

/** What happens to the connection instead of a response. */
const connections: Record<string, (socket: Socket) => void> = {
  'connection closed at once': (socket) => socket.destroy(),
  'connection lost within the body': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"five_hour":');
    setTimeout(() => socket.destroy(), 50);
  },
  'not HTTP': (socket) => socket.end('220 mail.example.test ESMTP\r\n'),
  silence: () => {},
  'headers, then silence': (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n'),
  'a byte now and then': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
    const timer = setInterval(() => socket.write(' '), 100);
    socket.on('close', () => clearInterval(timer));
  },
};

const oauth = (login: unknown) => JSON.stringify({ claudeAiOauth: login });

/** Logins that cannot be used. */
const logins: Record<string, (machine: Machine) => void> = {
  'no credentials': (machine) => fs.unlinkSync(machine.credentials),
  'credentials are a directory': (machine) => {
    fs.unlinkSync(machine.credentials);
    fs.mkdirSync(machine.credentials);
  },
  'credentials are a FIFO': (machine) => {
    fs.unlinkSync(machine.credentials);
    execFileSync('mkfifo', [machine.credentials]);
  },
  'credentials over 1 MiB': (machine) => fs.appendFileSync(machine.credentials, ' '.repeat(1024 * 1024)),
  'credentials are not JSON': (machine) => fs.writeFileSync(machine.credentials, TOKEN),
  'no access token': (machine) => fs.writeFileSync(machine.credentials, oauth({ refreshToken: 'x' })),
  'empty access token': (machine) => machine.login({ accessToken: '' }),
  'access token with a line end': (machine) => machine.login({ accessToken: `${TOKEN}\n` }),
  'only tokens of MCP servers': (machine) => fs.writeFileSync(machine.credentials, '{"mcpOAuth":{}}'),
  'expired token without a refresh token': (machine) =>
    machine.login({ expiresAt: Date.now() - MINUTE, refreshToken: undefined }),
  'expired token and expired refresh token': (machine) =>
    machine.login({ expiresAt: Date.now() - 2 * MINUTE, refreshTokenExpiresAt: Date.now() - MINUTE }),
  'expired token beside a refresh token': (machine) => machine.login({ expiresAt: Date.now() - MINUTE }),
  'token without the scope user:profile': (machine) => machine.login({ scopes: ['user:inference'] }),
  'network switched off': (machine) => {
    machine.env.CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC = '1';
  },
};

/** A machine on which the row happens, and the number of requests that have arrived. */
async function machineFor(row: string): Promise<{ machine: Machine; requests: () => number }> {
  if (row in connections) {
    let requests = 0;
    const url = await listening((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        requests += 1;
        connections[row]?.(socket);
      });
    });
    return { machine: new Machine(url), requests: () => requests };
  }
  if (row === 'connection refused') return { machine: new Machine('http://127.0.0.1:1'), requests: () => 1 };
  if (row === 'name that does not exist') {
    // No name server listens there, and the loopback interface reports that to c-ares at once.
    return { machine: new Machine('https://no-such-host.invalid'), requests: () => 1 };
  }
  const endpoint = await anEndpoint(answers[row] ?? (row in logins ? json(body) : statusAnswer(row)));
  const machine = new Machine(endpoint.url);
  logins[row]?.(machine);
  return { machine, requests: () => endpoint.requests.length };
}

async function listening(serve: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    serve(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closeAtTheEnd(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

/** Usage of twelve minutes ago, in the four public keys. */
function know(machine: Machine): string {
  const cached = new Date(Date.now() - 12 * MINUTE - 1000).toISOString();
  const file = `{"schema_version":1,"cached_at":"${cached}","data":{"five_hour":{"utilization":42,"resets_at":null}},"error":null}`;
  fs.mkdirSync(machine.cache, { recursive: true });
  fs.writeFileSync(`${machine.cache}/usage.json`, file);
  return file;
}

describe.concurrent('the endpoint responds, or does not', () => {
  it.each(rows)('%s: %s', async (row, code, wait, line) => {
    const { machine, requests } = await machineFor(row);
    // A longer deadline, because a busy machine can take seconds to respond.
    const args = ['--wait', '--timeout', code === 'timeout' ? '2' : '60'];
    const asks = row in logins ? 0 : 1;

    // With an entry.
    const before = know(machine);
    const run = await machine.run(args);
    expect(run).toMatchObject({ stderr: '', code: 0 });
    expect(requests(), run.stdout).toBe(asks);
    const staleLine = '5h 42% · 12m ago';
    if (code === '–') {
      expect(run.stdout).not.toContain('ago');
      expect(run.stdout).toMatch(/^(5h 22% 4h37m|no limits reported)/);
      expect(machine.read('usage.lock')).toMatchObject({ failures: 0 });
      expect(machine.read('usage.lock')).not.toHaveProperty('error');
      return;
    }
    const [shown, countdown] = split(run.stdout.trimEnd());
    // Numbers younger than an hour carry no note about a lapsed token.
    const beside = code === 'token_lapsed' ? staleLine : `${staleLine} · ${line}`;
    expect(shown).toBe(beside);
    expect(fs.readFileSync(`${machine.cache}/usage.json`, 'utf8')).toBe(before);
    if (wait === '–') {
      expect(fs.existsSync(`${machine.cache}/usage.lock`)).toBe(false);
    } else {
      const { blocked_until: until, written_at: at, error } = machine.read('usage.lock');
      expect(error).toBe(code);
      expect(until - at).toBeGreaterThanOrEqual(Number(wait));
      expect(until - at).toBeLessThanOrEqual(Math.min(Number(wait) * 1.1, 86_400) + 2);
      // The countdown ends at the next attempt, which the budget can put later than the backoff does.
      if (line === 'rate limited') expect(countdown).toMatch(Number(wait) < 60 ? /^(1m|<1m)$/ : /^\d+[hm]/);
    }

    // A second call sends no request.
    expect(split((await machine.run(args)).stdout.trimEnd())[0]).toBe(beside);
    expect(requests()).toBe(asks);

    // Without an entry.
    machine.reset();
    const json = await machine.run([...args, '--json']);
    expect(json).toMatchObject({ stderr: '', code: isSignIn(code) ? 3 : 4 });
    expect(JSON.parse(json.stdout)).toMatchObject({ state: 'none', windows: [], error: { code } });
    expect(split((await machine.run(args)).stdout.trimEnd())[0]).toBe(line);
    expect(json.stdout + run.stdout).not.toContain('a message of the server');
  });
});

/** Splits a line into the text and the countdown at its end. */
function split(text: string): [string, string | undefined] {
  const match = /^(.*rate limited) (\S+)$/.exec(text);
  return match ? [match[1] as string, match[2]] : [text, undefined];
}
