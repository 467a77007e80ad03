import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { parseEntry } from '../support/claude.ts';
import { parseBackoff } from '../../src/cache/backoff.ts';
import { readPrerenderedFile } from '../../src/prerender/read.ts';
import { beside } from '../../src/commands/wrapped-command.ts';
import { fits } from '../../src/render/fits.ts';
import { readToml } from '../../src/config/toml.ts';
import { describeFault } from '../../src/platform/exceptions.ts';
import { checkBaseUrl } from '../../src/platform/base-url.ts';
import { findTopLevel } from '../../src/fetch/claude/top-level.ts';
import { hostsAddresses } from '../../src/fetch/hosts.ts';
import { proxyFor } from '../../src/fetch/proxy.ts';
import { formatMistake } from '../../src/render/template/format.ts';
import { widthOf } from '../../src/render/layout.ts';
import { parseRetryAfter } from '../../src/resolve/backoff.ts';
import { Input } from '../../src/commands/stdin.ts';
import { nodeSystem } from '../../src/platform/system.ts';
import { NEEDLE } from '../../src/fetch/claude/transcripts/message.ts';
import { wholeObjects } from '../../src/fetch/claude/transcripts/whole-objects.ts';
import { lineBuffer, readLines } from '../../src/fetch/claude/transcripts/lines.ts';
import { parseResponse } from '../../src/fetch/claude/data.ts';
import { isObject } from '../../src/usage/values.ts';
import { parseReport } from '../../src/fetch/claude/report.ts';
import { sanitize } from '../../src/usage/text.ts';
import { parsePosixZone } from '../../src/zone/posix.ts';

/*
 * Passes unusual texts to every reader of foreign text: random ones, and one piece repeated up to the longest
 * text that is ever read. Prints a line for each batch, and a line that begins with `!` for an exception or a
 * slow text.
 */

const [, , seed = '', count = '100'] = process.argv;
const system = nodeSystem();
const NOW = Date.UTC(2026, 10, 20, 18, 25);
const file = join(fs.mkdtempSync(join(tmpdir(), 'usageline-fuzz-')), 'file');

/** Writes the text into a file, for readers of files. */
function inFile<T>(text: string, read: (path: string) => T): T {
  fs.writeFileSync(file, text);
  return read(file);
}

/** Each reader with the pieces of its grammar and the longest text that it can get. */
const READERS: Readonly<
  Record<string, { pieces: readonly string[]; longest: number; read: (text: string) => unknown }>
> = {
  'the prepared line': {
    pieces: [
      '\u001B[0m',
      '\u001B[0M',
      '\u001B[',
      'm',
      '5h 22%',
      '日',
      '\n',
      'usageline-ready 1 ',
      '9999999999 ',
      '# x\n',
    ],
    longest: 16_384,
    read: (text) => [
      fits(text, 80),
      widthOf(text),
      inFile(text, (path) => readPrerenderedFile(system, path, 'x')),
    ],
  },
  'the output behind --after': {
    pieces: [
      '\u001B[1m',
      '\u001B]8;;http://x\u0007',
      '\u001B]8;;\u001B\\',
      '\u001B',
      '\u001B[',
      '\u001B[0;',
      '\u001BP',
      '\u0007',
      '\n',
      'a',
      '👩‍👩‍👧',
      '\u0301',
      '🇩🇪',
    ],
    longest: 65_536,
    read: (text) => [beside(text, () => 'line', 80), beside(text, () => 'line', null)],
  },
  'a template': {
    pieces: ['{', '}', '[', ']', '\\', '{5h.percent}', '{#windows}', '{/windows}', '{5h', 'a', '👩‍👩‍👧'],
    longest: 131_072,
    read: formatMistake,
  },
  'the configuration': {
    pieces: [
      'a',
      '.',
      '=',
      '"',
      "'",
      '[',
      ']',
      '{',
      '}',
      '#',
      '\n',
      ' ',
      '"""',
      "'''",
      '1,',
      '\\',
      '[a]\n',
      'b=1\n',
      '["a a"]\n',
    ],
    longest: 262_144,
    read: readToml,
  },
  NO_PROXY: {
    pieces: ['a', '.', '*', ',', ':', ':1', ' ', '127.0.0.1', 'example.test:443,', '[::1]'],
    longest: 131_072,
    read: (text) => {
      process.env.NO_PROXY = text.replaceAll('\0', '');
      process.env.HTTPS_PROXY = 'http://127.0.0.1:9';
      return proxyFor(new URL('https://example.test'));
    },
  },
  'the base URL': {
    pieces: ['/', 'https://', 'a', '@', ':', '?', '#', '%', '[', ']', '..', '\\'],
    longest: 131_072,
    read: checkBaseUrl,
  },
  'the hosts file': {
    pieces: ['127.0.0.1', '::1', ' ', '\t', '#', '\n', 'example.test', 'Example.Test.', '\u00fc', 'x'],
    longest: 4_194_304,
    read: (text) => inFile(text, (path) => hostsAddresses(path, 'example.test')),
  },
  'a report on standard input': {
    pieces: [
      '{',
      '}',
      '"',
      '\\',
      ':',
      ',',
      '[',
      ']',
      '\u0001',
      'rate_limits',
      '"five_hour":',
      '"used_percentage":',
      '22',
      ' ',
      '}\n',
    ],
    longest: 1_048_576,
    read: (text) => {
      const input = new Input();
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += 65_536)
        if (!input.add(bytes.subarray(at, at + 65_536))) break;
      return [input.complete, parseReport(text, NOW)];
    },
  },
  'a line of a transcript': {
    pieces: [
      '{',
      '}',
      '"',
      '\\',
      ':',
      ',',
      '[',
      ']',
      NEEDLE.toString(),
      '"message":',
      '{"a":1}',
      '1',
      ' ',
      '\n',
      '\\"',
    ],
    longest: 1_048_576,
    read: (text) => [
      wholeObjects(Buffer.from(text), Buffer.from(NEEDLE)),
      inFile(text, (path) => {
        const fd = fs.openSync(path, 'r');
        readLines(
          fs,
          fd,
          { offset: 0, skipping: false },
          lineBuffer(),
          () => false,
          () => {},
        );
        fs.closeSync(fd);
      }),
    ],
  },
  'a response': {
    pieces: [
      '{"five_hour":',
      '{"limits":[',
      '{"kind":"weekly_scoped"},',
      '"utilization":',
      '1e999',
      'null',
      '{',
      '}',
      '[',
      ']',
      ',',
      '":',
    ],
    longest: 65_536,
    read: (text) => [
      parseEntry(text),
      parseBackoff(text, 0, NOW),
      withJson(text, (value) => parseResponse(value)),
    ],
  },
  'the file that names the account': {
    pieces: [
      '{',
      '}',
      '"',
      '\\',
      ':',
      ',',
      '"oauthAccount":',
      '{"accountUuid":"a"}',
      '[',
      ']',
      ' ',
      '1',
      '\u0001',
    ],
    longest: 4_194_304,
    read: (text) => inFile(text, (path) => findTopLevel(system, path, 'oauthAccount')),
  },
  'names, headers, zones': {
    pieces: [' ', 'Mon', ', ', '00:', ':00', '<', '>', '+', 'A', '-1', '/', 'M3.2.0', ',', '\u001B'],
    longest: 131_072,
    read: (text) => [sanitize(text), parseRetryAfter(text, NOW), parsePosixZone(text)],
  },
};

function withJson(text: string, use: (value: Record<string, unknown>) => unknown): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isObject(value) ? use(value) : null;
}

/**
 * More than any reader takes on a busy machine, ms of this process' own CPU time: quadratic time would be
 * minutes.
 */
const MOST_MS = 5000;

function tryText(name: string, read: (text: string) => unknown, text: string, how: string): void {
  const before = process.cpuUsage();
  try {
    read(text);
  } catch (error) {
    console.log(`! ${name}: ${how}: ${describeFault(error)}`);
  }
  const { user } = process.cpuUsage(before);
  if (user / 1000 > MOST_MS) console.log(`! ${name}: ${how}: ${Math.round(user / 1000)} ms`);
}

for (const [name, { pieces, longest, read }] of Object.entries(READERS)) {
  const repeated = (piece: string) => piece.repeat(Math.ceil(longest / piece.length)).slice(0, longest);
  for (const piece of pieces) {
    tryText(name, read, repeated(piece), `${JSON.stringify(piece)} again and again`);
    for (const [before, after] of [
      [pieces[0], ''],
      ['', pieces[1]],
      [pieces[2], pieces[3]],
    ] as const)
      tryText(
        name,
        read,
        `${before}${repeated(piece).slice(20)}${after}`,
        `${JSON.stringify(before)}, ${JSON.stringify(piece)} again and again, ${JSON.stringify(after)}`,
      );
    console.log(`${name}: ${JSON.stringify(piece)}`);
  }
  const parts = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...pieces) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) },
  );
  const text = fc.oneof(
    fc.array(parts, { maxLength: 40 }).map((some) => some.join('')),
    // A few pieces repeated, which shows quadratic time.
    fc
      .tuple(
        fc.array(parts, { maxLength: 4 }),
        fc.array(parts, { minLength: 1, maxLength: 4 }),
        fc.array(parts, { maxLength: 4 }),
      )
      .map(
        ([before, some, after]) =>
          before.join('') +
          (some.join('') || ' ').repeat(2000).slice(0, Math.min(longest, 20_000)) +
          after.join(''),
      ),
  );
  fc.assert(
    fc.property(text, (some) => tryText(name, read, some, JSON.stringify(some.slice(0, 200)))),
    { numRuns: Number(count), ...(seed !== '' && { seed: Number(seed) }) },
  );
  console.log(`${name}: random texts`);
}
fs.rmSync(join(file, '..'), { recursive: true });
