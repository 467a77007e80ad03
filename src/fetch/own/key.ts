import type { System } from '../../platform/system.ts';
import type { OwnKey, OwnProvider } from '../../usage/own-provider.ts';
import { SECOND } from '../../usage/time.ts';
import { judge, keyId, unusable } from '../kit/login.ts';
import type { Found, Login } from '../kit/login.ts';
import { runProgram } from '../kit/program.ts';
import type { WhyNot } from '../kit/program.ts';
import type { Identity } from '../provider.ts';

/** How long the command that prints the key may take, ms. */
const COMMAND_MS = 5 * SECOND;

/** Why the command printed no key. Its name is not repeated: a message has no word of the configuration's commands. */
const REASONS: Readonly<Record<WhyNot, string>> = {
  missing: 'the program of key_command was not found',
  not_started: 'key_command could not be started',
  late: `key_command did not end within ${COMMAND_MS / SECOND} s`,
  large: 'key_command printed too much',
};

/** The key of a provider of the user's own. `token` is the key and the description: another description counts as another login. */
export interface KeyLogin extends Login {
  readonly key: string;
}

/** A hash of 8 hex digits. */
export function hashOf(text: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** The key, trimmed; null where it takes a command to know it, or where there is none. */
function keyInVariable({ env }: System, key: OwnKey): string | null {
  return (key.kind === 'variable' && env[key.name]?.trim()) || null;
}

/** The part of the fingerprint that stands for the key. A command is not run: a prompt asks for this. */
export function markOf(system: System, key: OwnKey, description: string): string | null {
  if (key.kind !== 'variable') return `own:${description}`;
  const value = keyInVariable(system, key);
  return value === null ? null : `own:${description}:${hashOf(value)}`;
}

/** The account: the URL, and the key as far as it is known without running a command. */
export function identityOf(system: System, { url, key }: OwnProvider): Identity {
  const value = key.kind === 'command' ? key.words.join('\n') : keyInVariable(system, key);
  if (key.kind === 'variable' && value === null) return { kind: 'none' };
  const accountId = keyId([url, key.kind, value ?? ''].join('\n'));
  return { kind: 'known', accountId, organizationId: null, accountName: null, organizationName: null };
}

/** Reads the key. The command is run without a shell, and only where a request is about to be made. */
export async function keyLogin(system: System, key: OwnKey, description: string): Promise<Found<KeyLogin>> {
  switch (key.kind) {
    case 'none':
      return { ok: true, value: { token: description, key: '' } };
    case 'variable': {
      const value = keyInVariable(system, key);
      return value === null ? unusable('no_credentials', `${key.name} is not set`) : login(value, key.name);
    }
    case 'command': {
      const [program, ...args] = key.words;
      const path = program.startsWith('~/') ? `${system.home() ?? ''}${program.slice(1)}` : program;
      const output = await runProgram(system, path, args, { timeoutMs: COMMAND_MS, ownGroup: true });
      if (!output.ok) return unusable('keychain_error', REASONS[output.why]);
      if (output.exitCode !== 0)
        return unusable('keychain_error', `key_command ended with exit code ${output.exitCode}`);
      const value = output.text.trim();
      return value === ''
        ? unusable('no_credentials', 'key_command printed nothing')
        : login(value, 'the output of key_command');
    }
  }

  function login(value: string, origin: string): Found<KeyLogin> {
    const judged = judge({ token: value }, { origin, now: system.now() });
    return judged.ok ? { ok: true, value: { token: `${description}:${value}`, key: value } } : judged;
  }
}
