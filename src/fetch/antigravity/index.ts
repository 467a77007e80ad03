import { ABSENT, fileFingerprint } from '../../platform/fingerprint.ts';
import type { System } from '../../platform/system.ts';
import type { RefreshFailure } from '../../usage/failure.ts';
import type { SnapshotData } from '../../usage/snapshot.ts';
import { MINUTE, SECOND } from '../../usage/time.ts';
import type { Outcome } from '../provider.ts';
import { failureInBody } from '../error-body.ts';
import type { Body } from '../kit/call.ts';
import { defineProvider } from '../kit/define.ts';
import type { ProviderDefinition } from '../kit/define.ts';
import { below, inHome, known } from '../kit/directory.ts';
import {
  objectOf,
  objectsOf,
  percentFromFractionLeft,
  secondsOf,
  textOf,
  timeOfText,
} from '../kit/fields.ts';
import { parseObject, unusable } from '../kit/login.ts';
import type { Measure } from '../kit/measures.ts';
import { runProgram } from '../kit/program.ts';
import { isOfShape } from '../kit/shape.ts';
import { programTexts } from '../kit/texts.ts';

/*
 * Antigravity, through its own program `agy`: its token lives for an hour, and only `agy` can renew it. No token is read
 * here. The facts are of openusage, CodexBar and issues of antigravity-cli; see docs/providers/antigravity.md.
 */

/** A run of `agy` costs more than a request: it can refresh its login, and look for updates. */
const budget = { spacingMs: 10 * MINUTE, perHour: 6 };
const TIMEOUT_MS = 8 * SECOND;

const ARGUMENTS = ['-p', '/usage', '--output-format', 'json'];

function environmentOf(system: System): Record<string, string | undefined> {
  const { platform, env } = system;
  // The installer's directory, which the PATH of a bar often lacks.
  const installed = platform === 'win32' ? null : inHome(system, '.local', 'bin');
  return {
    // Only `true` counts (antigravity-cli, issue 1046). A run is not to start a download.
    AGY_CLI_DISABLE_AUTO_UPDATE: 'true',
    // Where it cannot renew its login, `agy` opens a browser. Here no person waits for one.
    BROWSER: 'true',
    DISPLAY: undefined,
    WAYLAND_DISPLAY: undefined,
    ...(installed !== null && { PATH: [env.PATH, installed].filter(Boolean).join(':') }),
  };
}

/** Words of `agy` that mean that there is no login. They are looked for and not shown. */
const SIGNED_OUT = ['authentication required', 'not logged in', 'not signed in', 'log in', 'sign in'];

/** The failure in an output without limits. */
function failureOf(said: string, exitCode: number): RefreshFailure {
  const text = said.slice(0, 65_536).toLowerCase();
  if (SIGNED_OUT.some((words) => text.includes(words))) return { code: 'unauthorized' };
  return exitCode === 0
    ? { code: 'bad_response' }
    : { code: 'bad_response', detail: `agy ended with exit code ${exitCode}` };
}

/** The data in what `agy` wrote: one object, behind lines of its own if there are any. */
function dataOf(text: string, exitCode: number): Outcome<Body> {
  const output = parseObject(text.slice(Math.max(0, text.indexOf('{'))));
  if (output === null) return { ok: false, failure: failureOf(text, exitCode) };
  const { data } = objectOf(output.command);
  const isUsage = output.status === undefined || output.status === 'SUCCESS';
  // An empty object is none: `agy` lists its groups.
  const isKnown = Object.keys(objectOf(data)).length > 0 && isOfShape(objectOf(data), { groups: 'list' });
  if (isUsage && exitCode === 0 && isKnown) return { ok: true, value: objectOf(data) };
  const said = [output.response, output.error].filter(Boolean).map(String).join('\n');
  const [inWords, inFields] = [failureOf(said, exitCode), failureInBody(output, null)];
  const isNamed = inWords.code === 'bad_response' && inFields !== null && inFields.code !== 'bad_response';
  return { ok: false, failure: isNamed ? inFields : inWords };
}

function windows(data: SnapshotData): Measure[] {
  return objectsOf(data.groups).flatMap((group) => {
    const buckets = objectsOf(group.buckets);
    const part = partOf(textOf(group.name ?? group.displayName) ?? '');
    const partId = buckets.map(partIdOf).find((id) => id !== null) ?? null;
    return buckets.map((bucket): Measure => {
      return {
        used: percentFromFractionLeft(fractionOf(bucket)),
        resetsAt: timeOfText(bucket.reset_time ?? bucket.resetTime),
        length: lengthOf(textOf(bucket.window) ?? ''),
        projected: true,
        part,
        partId,
        isModel: true,
      };
    });
  });
}

/** A group of models, short: `A and B models` becomes `A+B`. */
function partOf(name: string): string {
  const words = name.split(' ').filter((word) => word.toLowerCase() !== 'models');
  return words.join(' ').replaceAll(' and ', '+');
}

/** The group in the id of a bucket, `gemini` of `gemini-5h`: the names of groups have changed, their ids have not. */
function partIdOf(bucket: Body): string | null {
  const [id, window] = [textOf(bucket.id ?? bucket.bucketId), textOf(bucket.window)];
  return id !== null && window !== null && id.endsWith(`-${window}`) ? id.slice(0, -window.length - 1) : null;
}

/** What remains, 0 to 1. */
function fractionOf(bucket: Body): unknown {
  const rest = objectOf(bucket.remaining);
  return (
    bucket.remaining_fraction ??
    bucket.remainingFraction ??
    (rest.case === 'remainingFraction' ? rest.value : null)
  );
}

/** `weekly`, `5h`, `3d` */
function lengthOf(window: string): Measure['length'] {
  if (window === 'weekly') return secondsOf(1, 'week');
  if (window === 'daily') return secondsOf(1, 'day');
  if (window === 'monthly') return 'month';
  const [count, unit] = [window.slice(0, -1), window.slice(-1)];
  if (unit === 'h') return secondsOf(count, 'hour');
  return unit === 'd' ? secondsOf(count, 'day') : null;
}

const definition: ProviderDefinition = {
  id: 'antigravity',
  texts: programTexts({
    name: 'Antigravity',
    vendor: 'Google',
    client: 'Antigravity',
    signInCommand: 'agy',
    budget,
    mainWindows: { 'five_hour:gemini': '5h Gemini', 'seven_day:gemini': '7d Gemini' },
    failures: {
      unauthorized: { happened: 'agy is not signed in' },
      timeout: { happened: 'agy did not answer in time' },
      bad_response: {
        happened: 'The answer of agy could not be understood',
        advice: 'Run `agy -p /usage` to see what it says: older versions do not know it.',
      },
    },
  }),
  budget,
  leastTimeoutMs: TIMEOUT_MS,
  baseUrl: 'https://daily-cloudcode-pa.googleapis.com',
  directory: { variable: null, standard: (system) => inHome(system, '.gemini', 'antigravity-cli') },
  keyVariables: [],
  // The token is in a keychain where there is one. Then the directory alone says that `agy` is in use.
  files: (system, directory) => known(below(system, directory, 'antigravity-oauth-token')),
  databases: (_system, directory) => known(directory),
  login: (system, _files, directory) =>
    directory === null || fileFingerprint(system, directory) === ABSENT
      ? unusable('no_credentials')
      : { ok: true, value: { token: 'agy' } },
  async ask(_login, { system, left }) {
    const output = await runProgram(system, 'agy', ARGUMENTS, {
      timeoutMs: left(),
      env: environmentOf(system),
      // A pipe that is closed: `agy` takes /dev/null for a person, and opens a browser.
      input: '',
    });
    if (!output.ok) return { ok: false, failure: output.failure };
    const data = dataOf(output.text, output.exitCode);
    return data.ok ? { ok: true, value: { data: data.value } } : data;
  },
  windows,
};

/** Antigravity. */
export const provider = /* @__PURE__ */ defineProvider(definition);
