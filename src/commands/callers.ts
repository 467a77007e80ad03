import type { Question } from '../resolve/read-state.ts';

/** What a caller expects of `resolve`. */
type CallerPolicy = Pick<Question, 'policy' | 'force' | 'sendsUncached' | 'waitsForOthers' | 'ignoresPace'>;

/*
 * - policy: whether it waits for a request; see `Policy`
 * - sendsUncached: makes a request even if nothing can be cached, as a person's own command does
 * - waitsForOthers: waits for the request of another process although there is something to show
 * - ignoresPace: does not accept the slower pace that holds while the status line is in use
 */
const POLICIES = {
  /** A prompt, a bar, the status line: shows what is cached, at once. */
  prompt: {
    policy: 'background',
    force: false,
    sendsUncached: false,
    waitsForOthers: false,
    ignoresPace: false,
  },
  /** A person at a terminal, who reads the answer. */
  terminal: { policy: 'wait', force: false, sendsUncached: true, waitsForOthers: false, ignoresPace: true },
  /** A program that reads JSON, and the worker. */
  script: { policy: 'wait', force: false, sendsUncached: false, waitsForOthers: false, ignoresPace: false },
  /** `refresh` of cron or a timer. */
  cron: { policy: 'wait', force: false, sendsUncached: true, waitsForOthers: true, ignoresPace: false },
  /** `refresh` of a person at a terminal. */
  refresh: { policy: 'wait', force: false, sendsUncached: true, waitsForOthers: true, ignoresPace: true },
  /** A monitoring plugin, and the refresh that a hook has started. */
  monitor: { policy: 'wait', force: false, sendsUncached: false, waitsForOthers: true, ignoresPace: false },
} as const satisfies Record<string, CallerPolicy>;

export type Caller = keyof typeof POLICIES;

/** How `resolve` answers a kind of caller. */
export function policyOf(caller: Caller): CallerPolicy {
  return POLICIES[caller];
}
