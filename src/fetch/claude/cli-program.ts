import type { ChildProcess } from 'node:child_process';
import type { System } from '../../platform/system.ts';
import type { RefreshFailure } from '../../usage/failure.ts';
import { isMissingProgram } from '../kit/program.ts';
import { isObject } from '../../usage/values.ts';
import type { Outcome } from '../provider.ts';
import { configDirectory } from './config-directory.ts';
import { TOKENS } from './session-login.ts';

/*
 * Runs the installed `claude` for one control request. It may renew its login at any moment, and a login whose renewal is cut
 * off is lost. So it is never killed: its standard input is closed, at its deadline it is asked to end (SIGTERM), and where
 * it does not end it is left to itself.
 */

const COMMAND = 'claude';

/** No session file, no MCP servers, no settings: nothing but the answer. */
const ARGUMENTS =
  '-p --input-format stream-json --output-format stream-json --verbose --no-session-persistence --strict-mcp-config --setting-sources'
    .split(' ')
    .concat('');

const REQUEST_ID = 'usage-1';
const REQUEST = `${JSON.stringify({
  type: 'control_request',
  request_id: REQUEST_ID,
  request: { subtype: 'get_usage', skip_behaviors: true },
})}\n`;

/** The largest output, bytes. The answer has a few KB; other messages can come before it. */
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;

/** How long the program may take to end by itself after its answer, ms. */
const LINGER_MS = 1000;

/** Variables with which `claude` takes itself for a part of another session. */
const SESSION_VARIABLES = ['CLAUDECODE', 'CLAUDE_CODE_ENTRYPOINT'];

/**
 * Asks the program for usage. Never throws and never rejects.
 *
 * @returns the response: `subscription_type`, `rate_limits_available`, `rate_limits`
 */
export function askProgram(
  system: System,
  timeoutMs: number,
): Promise<Outcome<Readonly<Record<string, unknown>>>> {
  return new Promise((resolve) => {
    const child = started(system);
    if (child === null) return resolve(notStarted(false));
    const { stdin, stdout } = child;
    let text = '';
    let length = 0;
    let answer: Outcome<Readonly<Record<string, unknown>>> | null = null;
    let timer: NodeJS.Timeout;
    const end = (outcome: Outcome<Readonly<Record<string, unknown>>>) => {
      clearTimeout(timer);
      stdout?.destroy();
      child.unref();
      resolve(outcome);
    };
    const endGently = (outcome: Outcome<Readonly<Record<string, unknown>>>) => {
      // On Windows every signal ends a process at once.
      if (system.platform !== 'win32') child.kill('SIGTERM');
      end(outcome);
    };
    const take = (line: string) => {
      const found = answer ?? answerIn(line);
      if (answer !== null || found === null) return;
      answer = found;
      clearTimeout(timer);
      timer = setTimeout(() => endGently(found), LINGER_MS);
    };
    timer = setTimeout(() => endGently(failed('timeout')), Math.max(0, timeoutMs));
    child.on('error', (error) => end(notStarted(isMissingProgram(system, COMMAND, system.env.PATH, error))));
    // It may end before it has read its input.
    stdin?.on('error', () => {});
    stdin?.end(REQUEST);
    stdout?.on('error', () => {});
    stdout?.setEncoding('utf8');
    stdout?.on('data', (chunk: string) => {
      length += chunk.length;
      if (length > MAX_OUTPUT_BYTES)
        return endGently(answer ?? failed('bad_response', 'claude does not stop writing'));
      const lines = `${text}${chunk}`.split('\n');
      text = lines.pop() ?? '';
      lines.forEach(take);
      return undefined;
    });
    child.on('close', (code) => {
      take(text);
      end(
        answer ??
          failed(
            'bad_response',
            `claude ended without an answer (${code ?? 'by a signal'}): it may be too old`,
          ),
      );
    });
  });
}

/** Null where the process cannot be started. Node throws for most reasons, and emits an event for the others. */
function started(system: System): ChildProcess | null {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const onUnix = system.platform !== 'win32';
  try {
    const child = spawn(COMMAND, ARGUMENTS, {
      // Its standard error is not read: it can contain anything.
      stdio: ['pipe', 'pipe', 'ignore'],
      env: environmentOf(system),
      windowsHide: true,
      // Ctrl-C at the terminal of a waiting call is not meant for it. In `/` it finds no file of a project.
      ...(onUnix && { detached: true, cwd: '/' }),
    });
    return child.on('error', () => {});
  } catch {
    return null;
  }
}

/**
 * The environment in which `claude` uses the stored login of this account: CLAUDE_CONFIG_DIR names its directory, and is not
 * set for the default one, whose `.claude.json` is elsewhere with it.
 */
function environmentOf(system: System): Record<string, string | undefined> {
  const left = new Set<string>([...TOKENS, 'ANTHROPIC_BASE_URL', 'CLAUDE_CONFIG_DIR', ...SESSION_VARIABLES]);
  const env = Object.fromEntries(Object.entries(system.env).filter(([name]) => !left.has(name)));
  const directory = configDirectory(system);
  return { ...env, ...(directory !== null && { CLAUDE_CONFIG_DIR: directory }), DISABLE_AUTOUPDATER: '1' };
}

/** The answer in a line of the output; null in any other line. */
function answerIn(line: string): Outcome<Readonly<Record<string, unknown>>> | null {
  if (!line.includes('"control_response"')) return null;
  const { type, response } = objectIn(line);
  if (type !== 'control_response' || !isObject(response)) return null;
  if ((response.request_id ?? REQUEST_ID) !== REQUEST_ID) return null;
  if (response.subtype === 'error')
    return failed('bad_response', 'claude does not know get_usage: it may be too old');
  return isObject(response.response)
    ? { ok: true, value: response.response }
    : failed('bad_response', 'claude answered nothing');
}

function objectIn(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : {};
  } catch {
    // The error is not kept: its message quotes the text.
    return {};
  }
}

function notStarted(isMissing: boolean): Outcome<never> {
  const detail = isMissing ? 'claude was not found in PATH' : 'claude could not be started';
  return { ok: false, failure: { code: 'no_credentials', detail, unsent: true } };
}

function failed(code: RefreshFailure['code'], detail?: string): Outcome<never> {
  return { ok: false, failure: { code, ...(detail !== undefined && { detail }) } };
}
