import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/usage/time.ts';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import { PATIENCE } from '../support/patience.ts';
import type { Answer } from '../support/endpoint.ts';
import { filesBelow, Machine, TOKEN, until } from '../support/program.ts';

/** Any part of it counts as a leak. */
const piece = TOKEN.slice(-16);

const answers: Record<string, Answer> = {
  usage: json(fixture('2026-04-18-max.json')),
  'a redirect': (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
  'an error that repeats the request': (request, response) =>
    json({ error: { message: `bad header ${request.headers.authorization}` } }, 400)(request, response),
  '401': json({ error: { message: TOKEN } }, 401),
  '403': json(`<html>${TOKEN}</html>`, 403),
  '429': json({ error: { message: TOKEN } }, 429, { 'retry-after': TOKEN }),
  '500': json({ error: { message: TOKEN } }, 500),
  garbage: (request) => request.socket.end(`${TOKEN}\r\n\r\n`),
  'a connection that is lost': (request) => request.socket.destroy(),
  silence: () => {},
};

const logins: Record<string, (machine: Machine) => void> = {
  'a valid login': () => {},
  'a token with a line end': (machine) => machine.login({ accessToken: `${TOKEN}\n` }),
  'a token that no header can hold': (machine) => machine.login({ accessToken: `${TOKEN}\u2028` }),
  'an expired token': (machine) => machine.login({ expiresAt: 1 }),
  'a file that is only the token': (machine) => fs.writeFileSync(machine.credentials, TOKEN),
  'the token in the environment': (machine) => {
    fs.unlinkSync(machine.credentials);
    machine.env.CLAUDE_CODE_OAUTH_TOKEN = `${TOKEN}\u0001`;
  },
};

const commands = [
  ['--wait'],
  ['--json'],
  ['show'],
  ['refresh'],
  ['--wait', '--debug'],
  ['refresh', '--force', '--debug'],
  [],
];

/** All files below a directory, as one text. */
function contents(directory: string, except: string): string {
  return filesBelow(directory)
    .filter(({ path }) => path !== except)
    .map(({ path, bytes }) => `${path} ${bytes}`)
    .join('\n');
}

describe.concurrent('the token is nowhere but in the request', () => {
  it.each(Object.keys(answers))('with a valid login, when the response is %s', async (name) => {
    const endpoint = await anEndpoint(answers[name]!);
    const machine = new Machine(endpoint.url);
    await expectNoLeak(machine);
    expect(endpoint.requests[0]!.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it.each(Object.keys(logins))('with %s', async (name) => {
    const endpoint = await anEndpoint(json(fixture('2026-04-18-max.json')));
    const machine = new Machine(endpoint.url);
    logins[name]!(machine);
    await expectNoLeak(machine);
  });

  it('with Node settings that print network traffic', async () => {
    const endpoint = await anEndpoint(json({}, 500));
    const machine = new Machine(endpoint.url, { NODE_DEBUG: 'http,net,tls,fs' });
    const run = await machine.run(['--wait', '--timeout', '1']);
    expect(run.stdout + run.stderr).not.toContain(piece);
  });

  it('in the arguments or the environment of any process that is started', async () => {
    const found: string[] = [];
    const endpoint = await anEndpoint((request, response) => {
      // The worker is waiting for the response: its arguments and environment can be read now.
      for (const pid of fs.readdirSync('/proc').filter((it) => /^\d+$/.test(it))) {
        try {
          const command = fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1');
          if (!command.includes('worker.cjs')) continue;
          found.push(command, fs.readFileSync(`/proc/${pid}/environ`, 'latin1'));
        } catch {
          // Gone meanwhile.
        }
      }
      json({}, 500)(request, response);
    });
    const machine = new Machine(endpoint.url);
    await machine.run([]);
    await until(() => found.length > 0, PATIENCE, 'a detached refresh that sends a request');
    expect(found.join('\n')).not.toContain(piece);
  });
});

async function expectNoLeak(machine: Machine): Promise<void> {
  for (const command of commands) {
    const args = command[0] === undefined ? command : [...command, '--timeout', '0.3'];
    const run = await machine.run(args);
    expect(run.stdout + run.stderr, `usageline ${command.join(' ')}`).not.toContain(piece);
    expect(contents(machine.home, machine.credentials)).not.toContain(piece);
    machine.ageBy(2 * MINUTE);
  }
}
