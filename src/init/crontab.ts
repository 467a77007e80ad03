import type { System } from '../platform/system.ts';

/*
 * The user's crontab, which only the command `crontab` reads and writes. In plans and records it has this name in the place
 * of a path.
 */

/** The name of the crontab in plans and records. */
export const CRONTAB = 'crontab';

/** How long `crontab` may take, ms. */
const TIMEOUT_MS = 10_000;

/** Reads the crontab; null for none. In words, why it cannot be read. */
export function readCrontab(system: System): { readonly text: string | null } | { readonly reason: string } {
  const { status, stdout, stderr, error } = run(system, ['-l']);
  if (error !== undefined) return { reason: 'the command crontab cannot be started' };
  if (status === 0) return { text: stdout === '' ? null : stdout };
  return /^(?:crontab: )?no crontab for/m.test(stderr)
    ? { text: null }
    : { reason: `crontab -l fails: ${firstLine(stderr)}` };
}

/**
 * Replaces the crontab; null removes it.
 *
 * @returns why it could not be done, in words; or null
 */
export function writeCrontab(system: System, text: string | null): string | null {
  const { status, stderr } = text === null ? run(system, ['-r']) : run(system, ['-'], text);
  return status === 0 ? null : `crontab fails: ${firstLine(stderr)}`;
}

function run({ env }: System, args: readonly string[], input = '') {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  return spawnSync('crontab', args, {
    encoding: 'utf8',
    env: { ...env, LC_ALL: 'C' },
    input,
    timeout: TIMEOUT_MS,
  });
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] || 'no reason is given';
}
