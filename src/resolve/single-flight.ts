import { countRefresh } from '../cache/counts.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { ensureDirectory } from '../cache/make-directory.ts';
import { acquireMutex } from '../cache/mutex.ts';
import { cacheUnwritable, readState, usageFrom } from './read-state.ts';
import type { Call } from './read-state.ts';
import { requestOnce } from './request-once.ts';
import type { RequestResult } from './request-once.ts';

/**
 * Tries once to be the one process that sends the request. The mutex is in the cache directory or, where that cannot be
 * written and `sendsUncached` allows it, in the fallback directory. Where neither can be written, `sendsUncached` sends
 * without a mutex.
 */
export async function singleFlight(call: Call, timeoutMs: number): Promise<RequestResult> {
  const { deps, question, paths } = call;
  let reason = paths.warning ?? 'no cache directory';
  for (const directory of [paths.cache, question.sendsUncached ? paths.fallback : null]) {
    if (directory === null) continue;
    const result = await requestUnderMutex(call, directory, timeoutMs);
    if (result.kind !== 'unwritable') return result;
    reason = result.reason;
    deps.log(`${directory.path} cannot be written: ${reason}`);
  }
  if (question.sendsUncached) return requestOnce(call, null, timeoutMs);
  const error = cacheUnwritable(deps.system, paths.cache, reason);
  const usage = usageFrom(deps, paths, readState(deps, paths, question, call.fingerprint), { error });
  return { kind: 'usage', usage, end: 'unsent' };
}

async function requestUnderMutex(
  call: Call,
  directory: AccountDirectory,
  timeoutMs: number,
): Promise<RequestResult> {
  const { system } = call.deps;
  const problem = ensureDirectory(system, directory);
  if (problem !== null) return { kind: 'unwritable', reason: problem };
  const mutex = await acquireMutex(system, directory);
  if (mutex.kind === 'failed') return { kind: 'unwritable', reason: mutex.reason };
  if (mutex.kind === 'busy') return { kind: 'busy' };
  try {
    const result = await requestOnce(call, directory, timeoutMs);
    if (result.kind === 'usage' && directory === call.paths.cache)
      countRefresh(system, directory, result.end);
    return result;
  } finally {
    await mutex.release();
  }
}
