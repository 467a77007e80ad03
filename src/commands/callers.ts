import type { Question } from '../resolve/read-state.ts';

/** How `resolve` serves a caller. The only place where that depends on who calls. */
interface CallerPolicy extends Pick<
  Question,
  'policy' | 'force' | 'sendsUncached' | 'waitsForOthers' | 'ignoresPace'
> {
  /** Whether it waits for a request; see `Policy`. */
  readonly policy: Question['policy'];
  /** Makes a request even if its response cannot be cached. */
  readonly sendsUncached: boolean;
  /** Waits for the request of another process even if there are numbers to show. */
  readonly waitsForOthers: boolean;
  /** Is not bound by the slower pace of requests while a status line reports numbers. */
  readonly ignoresPace: boolean;
  /** Scans transcripts to their end if they are needed, however long that takes. */
  readonly scansAll: boolean;
}

const USUAL = {
  force: false,
  sendsUncached: false,
  waitsForOthers: false,
  ignoresPace: false,
  scansAll: false,
} as const;

const POLICIES = {
  /** A prompt, a bar, the status line: shows the cached numbers, at once. */
  prompt: { ...USUAL, policy: 'background' },
  /** A person at a terminal. */
  terminal: { ...USUAL, policy: 'wait', sendsUncached: true, ignoresPace: true },
  /** `show`, which a person reads. */
  show: { ...USUAL, policy: 'wait', sendsUncached: true, ignoresPace: true, scansAll: true },
  /** A program that reads JSON. */
  script: { ...USUAL, policy: 'wait' },
  /** The detached refresh. */
  worker: { ...USUAL, policy: 'wait', scansAll: true },
  /** `refresh` of a person at a terminal. */
  refresh: {
    ...USUAL,
    policy: 'wait',
    sendsUncached: true,
    waitsForOthers: true,
    ignoresPace: true,
    scansAll: true,
  },
  /** `refresh` of cron or a timer. */
  cron: { ...USUAL, policy: 'wait', sendsUncached: true, waitsForOthers: true, scansAll: true },
  /** A monitoring plugin, and the refresh that a hook starts. */
  monitor: { ...USUAL, policy: 'wait', waitsForOthers: true },
} as const satisfies Record<string, CallerPolicy>;

export type Caller = keyof typeof POLICIES;

/** The policy for a kind of caller. */
export function policyOf(caller: Caller): CallerPolicy {
  return POLICIES[caller];
}
