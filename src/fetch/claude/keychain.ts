import { isUtf8 } from 'node:buffer';
import type { ChildProcess } from 'node:child_process';
import type { System } from '../../platform/system.ts';
import { configDirHash } from './account.ts';

/** The result of macOS' keychain tool. `reason` is a text of this program. */
export type KeychainResult =
  | { readonly kind: 'found'; readonly value: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly reason: string };

/** A locked keychain asks the user for the password and waits, so the time is bounded. */
const READ_TIMEOUT_MS = 1500;
const LOOKUP_TIMEOUT_MS = 1000;
const MAX_OUTPUT_BYTES = 1024 * 1024;
/** `errSecItemNotFound` as the tool's exit status. */
const NOT_FOUND = 44;
const NOT_RUN = 'the keychain tool cannot be run';

/** The text of Claude Code's keychain item. The tool prints a text with other characters than ASCII as hex digits. */
export async function readKeychain(system: System): Promise<KeychainResult> {
  const result = await security(system, ['-w'], READ_TIMEOUT_MS);
  if (result.kind !== 'found') return result;
  return { kind: 'found', value: fromHex(result.value.trim()) };
}

/**
 * When the item was last changed, as the tool prints it (`20261120182312Z`): the keychain's part of the credentials'
 * fingerprint. Does not read the secret, so macOS asks for no password. `absent` without an item; null where the date is
 * unknown.
 */
export async function keychainModified(system: System): Promise<string | null> {
  const result = await security(system, [], LOOKUP_TIMEOUT_MS);
  if (result.kind === 'absent') return 'absent';
  if (result.kind === 'failed') return null;
  // `"mdat"<timedate>=0x3230…  "20261120182312Z\000"`. Bounded, because other attributes can contain any text.
  return /"mdat"<timedate>=[^\n]{0,64}"(\d{14}Z)/.exec(result.value)?.[1] ?? null;
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
    const end = (result: KeychainResult) => {
      clearTimeout(timer);
      resolve(result);
    };
    const fail = (reason: string) => {
      // Not waited for, because children of the tool can keep the pipe open.
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

/** Null when the process cannot be started. Node throws for most reasons, and emits an event for the others. */
function started(system: System, args: readonly string[]): ChildProcess | null {
  const { spawn } = process.getBuiltinModule('node:child_process');
  try {
    const child = spawn(system.securityCommand, args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...system.env },
    });
    // Without free descriptors the child has no streams, and the event comes later.
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
