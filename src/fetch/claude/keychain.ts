import { isUtf8 } from 'node:buffer';
import type { ChildProcess } from 'node:child_process';
import type { System } from '../../platform/system.ts';
import { configDirHash } from './account.ts';

/** What macOS' keychain says. `reason` is a text of ours. */
export type KeychainResult =
  | { readonly kind: 'found'; readonly value: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly reason: string };

/** A locked keychain asks the user for the password, and waits. */
const READ_TIMEOUT_MS = 1500;
const LOOKUP_TIMEOUT_MS = 1000;
const MAX_OUTPUT_BYTES = 1024 * 1024;
/** `errSecItemNotFound` as the tool's exit status. */
const NOT_FOUND = 44;
const NOT_RUN = 'the keychain tool cannot be run';

/**
 * The text of Claude Code's keychain item. The tool prints it as hex digits when it holds anything but
 * ASCII.
 */
export async function readKeychain(system: System): Promise<KeychainResult> {
  const answer = await security(system, ['-w'], READ_TIMEOUT_MS);
  if (answer.kind !== 'found') return answer;
  return { kind: 'found', value: fromHex(answer.value.trim()) };
}

/**
 * When the item was last changed, as the tool prints it (`20261120182312Z`): the keychain's part of the
 * credentials stamp. The secret itself is not asked for, so nobody is asked for a password. `absent` where
 * there is no item; null where the tool does not say.
 */
export async function keychainModified(system: System): Promise<string | null> {
  const answer = await security(system, [], LOOKUP_TIMEOUT_MS);
  if (answer.kind === 'absent') return 'absent';
  if (answer.kind === 'failed') return null;
  // `"mdat"<timedate>=0x3230…  "20261120182312Z\000"`. Bounded, because other attributes can have any text.
  return /"mdat"<timedate>=[^\n]{0,64}"(\d{14}Z)/.exec(answer.value)?.[1] ?? null;
}

function serviceName(system: System): string {
  const hash = configDirHash(system);
  return hash === null ? 'Claude Code-credentials' : `Claude Code-credentials-${hash}`;
}

/** Runs the tool for Claude Code's item: bounded time, bounded output, no standard input. */
function security(system: System, flags: readonly string[], timeoutMs: number): Promise<KeychainResult> {
  const user = system.userName();
  const args = [
    'find-generic-password',
    ...(user === null ? [] : ['-a', user]),
    ...flags,
    '-s',
    serviceName(system),
  ];
  return new Promise((resolve) => {
    const child = started(system, args);
    const stdout = child?.stdout;
    if (!child || !stdout) return resolve({ kind: 'failed', reason: NOT_RUN });
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (answer: KeychainResult) => {
      clearTimeout(timer);
      resolve(answer);
    };
    const fail = (reason: string) => {
      // Its own children may hold the pipe open: it is closed here, and not waited for.
      child.kill('SIGKILL');
      stdout.destroy();
      child.unref();
      end({ kind: 'failed', reason });
    };
    const timer = setTimeout(() => fail('the keychain did not answer in time'), timeoutMs);
    stdout.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > MAX_OUTPUT_BYTES) fail('the keychain item is too large');
      else chunks.push(chunk);
    });
    child.on('error', () => fail(NOT_RUN));
    child.on('close', (code) => {
      if (code === 0) end({ kind: 'found', value: Buffer.concat(chunks).toString('utf8') });
      else if (code === NOT_FOUND) end({ kind: 'absent' });
      else fail(`the keychain tool failed (${code ?? 'killed'})`);
    });
  });
}

/** Null when the process cannot be started: Node throws for most reasons, and reports some as an event. */
function started(system: System, args: readonly string[]): ChildProcess | null {
  const { spawn } = process.getBuiltinModule('node:child_process');
  try {
    const child = spawn(system.securityCommand, args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...system.env },
    });
    // Without free descriptors it has no streams, and this event comes later.
    return child.on('error', () => {});
  } catch {
    return null;
  }
}

function fromHex(text: string): string {
  if (text.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(text)) return text;
  const bytes = Buffer.from(text, 'hex');
  return isUtf8(bytes) ? bytes.toString('utf8') : text;
}
