import fs from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { filesBelow } from '../support/program.ts';
import { closeAtTheEnd } from '../support/endpoint.ts';
import type { Answer } from '../support/endpoint.ts';
import type { CaseBody, CaseLogin, ProviderCase } from './case.ts';

/** Whether this Node has the SQLite that `kit/sqlite.ts` needs. */
export const hasSqlite = (() => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 16);
})();

/** A request as the endpoint saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** All of it, with raw headers. */
  readonly text: string;
}

/** An endpoint on loopback that answers as a test says, and remembers what it saw. */
export interface CaseEndpoint {
  readonly url: string;
  readonly seen: Seen[];
  answer: Answer;
}

export async function caseEndpoint(answer: Answer): Promise<CaseEndpoint> {
  const endpoint: { url: string; seen: Seen[]; answer: Answer } = { url: '', seen: [], answer };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const { method = '', url: path = '', headers } = request;
      const text = [method, path, ...request.rawHeaders, body].join('\n');
      endpoint.seen.push({ method, path, headers, body, text });
      endpoint.answer(request, response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', 511, resolve);
  });
  closeAtTheEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  endpoint.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return endpoint;
}

/** Answers with the bodies of a case: by path where there are several; a number there is the status of a refusal. */
export function bodyAnswer(of: CaseBody): Answer {
  return ({ url = '' }, response) => {
    const body = 'bodies' in of ? of.bodies[url] : of.body;
    const status = 'bodies' in of && typeof body === 'number' ? body : 200;
    response.writeHead(body === undefined ? 404 : status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
  };
}

/** Writes the files of a login below a home directory. Returns its variables. */
export function writeLogin(home: string, { files = {}, env = {} }: CaseLogin): Record<string, string> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(home, name);
    fs.mkdirSync(dirname(path), { recursive: true });
    const bytes = typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content);
    fs.writeFileSync(path, bytes, { mode: 0o600 });
  }
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value.replace(/^~/, () => home)]),
  );
}

/**
 * Puts a program of the provider's into a directory: it writes what it was run with to `runs`, and answers with the content
 * of `output` and the exit code in `code`; with `sleep` it answers too late.
 */
export function writeProgram(directory: string, { name }: NonNullable<ProviderCase['program']>): void {
  fs.mkdirSync(directory, { recursive: true });
  const quoted = `'${directory}'`;
  const script = `#!/bin/sh
printf '%s\\n' "$*" >> ${quoted}/runs
[ ! -e ${quoted}/sleep ] || exec sleep 30
cat ${quoted}/output
exit "$(cat ${quoted}/code)"
`;
  fs.writeFileSync(join(directory, name), script, { mode: 0o755 });
  setOutput(directory, '{}');
}

/** What the program answers with from now on. */
export function setOutput(directory: string, output: string, code = 0): void {
  fs.writeFileSync(join(directory, 'output'), output);
  fs.writeFileSync(join(directory, 'code'), String(code));
}

/** Every file below a directory with its bytes and times, as one text for comparisons. */
export function imageOf(home: string, without: readonly string[] = []): string[] {
  return filesBelow(home)
    .filter(({ path }) => !without.some((name) => path.startsWith(join(home, name))))
    .map(({ path, bytes }) => {
      const { mtimeMs, size, mode, ino } = fs.statSync(path);
      return [path, mtimeMs, size, mode, ino, bytes].join('\n');
    });
}
