import type { AccountDirectory } from '../cache/directory.ts';
import { ensureDirectory } from '../cache/directory.ts';
import { acquireMutex } from '../cache/mutex.ts';
import { attempt } from './request-once.ts';
import type { Attempted, Turn } from './request-once.ts';
import { usageFrom, readState, cacheUnwritable } from './read-state.ts';

/** Tries once to be the one who asks: in the cache directory or, where that cannot be written, in the fallback. */
export async function ask(turn: Turn, timeoutMs: number): Promise<Attempted> {
  const { deps, question, paths } = turn;
  let reason = paths.warning ?? 'no cache directory';
  for (const directory of [paths.cache, question.sendsUncached ? paths.fallback : null]) {
    if (directory === null) continue;
    const result = await askUnderMutex(turn, directory, timeoutMs);
    if (result.kind !== 'unwritable') return result;
    reason = result.reason;
    deps.log(`${directory.path} cannot be written: ${reason}`);
  }
  if (question.sendsUncached) return attempt(turn, null, timeoutMs);
  const error = cacheUnwritable(deps.system, paths.cache, reason);
  const usage = usageFrom(deps, paths, readState(deps, paths, question, turn.fingerprint), { error });
  return { kind: 'answer', usage };
}

async function askUnderMutex(turn: Turn, directory: AccountDirectory, timeoutMs: number): Promise<Attempted> {
  const { system } = turn.deps;
  const problem = ensureDirectory(system, directory);
  if (problem !== null) return { kind: 'unwritable', reason: problem };
  const mutex = await acquireMutex(system, directory);
  if (mutex.kind === 'failed') return { kind: 'unwritable', reason: mutex.reason };
  if (mutex.kind === 'busy') return { kind: 'busy' };
  try {
    return await attempt(turn, directory, timeoutMs);
  } finally {
    await mutex.release();
  }
}
