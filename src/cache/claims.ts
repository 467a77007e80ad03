import { join } from 'node:path';
import { TIMEOUT_RANGE } from '../config/settings.ts';
import { errno } from '../platform/errno.ts';
import type { System } from '../platform/system.ts';
import { isObject } from '../usage/values.ts';
import { SECOND } from '../usage/time.ts';
import { createOwnFile, readOwnFile, removeIfPresent, setOwnFileTime } from './own-files.ts';

/**
 * A right that a process has taken by creating a numbered file exclusively: `attempt.7` grants one request, `background.3`
 * one worker. Of any number of processes exactly one creates the next number. This holds whatever the timing, unlike a
 * mutex: two processes can take over a stale one at the same time.
 */
export interface Claim {
  readonly number: number;
  /** When it was taken, epoch ms. */
  readonly at: number;
  /** Until when the request or the worker may be running, epoch ms. */
  readonly until: number;
  /** Fingerprint of the credentials at that time; null when unknown. */
  readonly credentials: string | null;
}

/** What a claim grants: `attempt` one request, `background` one worker. */
export type ClaimKind = 'attempt' | 'background';

/** The result of taking a claim. */
export type ClaimResult =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  /** Another process was quicker. */
  | { readonly kind: 'lost' }
  /** The file could not be created: an errno name. */
  | { readonly kind: 'failed'; readonly reason: string };

/** All claims of a kind, the newest first; none where the directory cannot be listed. */
export function readClaims(system: System, directory: string, kind: ClaimKind): Claim[] {
  return numbers(system, directory, kind).map((number) => {
    const read = readOwnFile(system, claimFile(directory, kind, number));
    // An unreadable claim (removed meanwhile, or not a file) only takes its number.
    return read.kind === 'file' ? parseClaim(number, read.text, read.mtimeMs) : emptyClaim(number);
  });
}

/**
 * Takes the claim after `latest`, unless another process has taken it.
 *
 * @param latest the newest claim when it was decided to take one
 */
export function takeClaim(
  system: System,
  directory: string,
  kind: ClaimKind,
  latest: Claim | undefined,
  claim: Omit<Claim, 'number'>,
): ClaimResult {
  let number: number;
  try {
    const highest = list(system, directory, kind)[0] ?? 0;
    if (highest > (latest?.number ?? 0)) return { kind: 'lost' };
    number = highest + 1;
    createOwnFile(system, claimFile(directory, kind, number), JSON.stringify(claim));
  } catch (error) {
    const reason = errno(error);
    return reason === 'EEXIST' ? { kind: 'lost' } : { kind: 'failed', reason };
  }
  const result = confirm(system, directory, kind, { ...claim, number });
  // A claim that was not won would count as a request that is under way.
  if (result.kind !== 'claimed') removeIfPresent(system, claimFile(directory, kind, number));
  return result;
}

/** Two processes that listed at different moments may have created different numbers: the higher one counts. */
function confirm(system: System, directory: string, kind: ClaimKind, claim: Claim): ClaimResult {
  try {
    return list(system, directory, kind)[0] === claim.number ? { kind: 'claimed', claim } : { kind: 'lost' };
  } catch (error) {
    return { kind: 'failed', reason: errno(error) };
  }
}

/** The mtime of the file of a claim that has ended, epoch ms: no claim has ever been taken then. */
const ENDED_AT = 0;
/** An earlier mtime means that the claim has ended, epoch ms: some file systems have no time before 1980. */
const ENDED_BEFORE = Date.UTC(2000, 0, 1);

/**
 * Marks a claim as ended, so that no process waits for its request. Only the mtime of its file changes: files are never
 * written in place, and replacing it would bring it back after another process has removed it.
 */
export function endClaim(system: System, directory: string, kind: ClaimKind, { number }: Claim): void {
  try {
    setOwnFileTime(system, claimFile(directory, kind, number), ENDED_AT);
  } catch {
    // The claim ends at its `until`.
  }
}

/** Removes claims that were taken before a time (epoch ms). The newest always stays, for the numbering. */
export function sweepClaims(system: System, directory: string, kind: ClaimKind, before: number): void {
  for (const claim of readClaims(system, directory, kind).slice(1)) {
    if (claim.at < before) removeIfPresent(system, claimFile(directory, kind, claim.number));
  }
}

/** Removes a claim that was not used. */
export function dropClaim(system: System, directory: string, kind: ClaimKind, { number }: Claim): void {
  removeIfPresent(system, claimFile(directory, kind, number));
}

function claimFile(directory: string, kind: ClaimKind, number: number): string {
  return join(directory, `${kind}.${number}`);
}

/** The highest number counts at least up to this time, epoch ms: a clock that shows an earlier one is wrong. */
const FIRST_CLAIM = Date.UTC(2026, 0, 1);

/**
 * The highest number that counts: one claim for every second since 1970. A file with a higher number was not created by
 * counting, and must not block all further claims. The limit grows, so each claim that counts has a next number.
 */
function highestNumber({ now }: System): number {
  return Math.floor(Math.max(now(), FIRST_CLAIM) / SECOND);
}

function numbers(system: System, directory: string, kind: ClaimKind): number[] {
  try {
    return list(system, directory, kind);
  } catch {
    return [];
  }
}

function list(system: System, directory: string, kind: ClaimKind): number[] {
  const highest = highestNumber(system);
  return system.fs
    .readdirSync(directory)
    .flatMap((name) => {
      const [prefix, digits = '', ...rest] = name.split('.');
      const isClaim = prefix === kind && rest.length === 0 && /^[1-9]\d*$/.test(digits);
      return isClaim && Number(digits) <= highest ? [Number(digits)] : [];
    })
    .sort((a, b) => b - a);
}

/** How long a claim counts after it was taken, ms, whatever it contains: no request has a longer deadline. */
const MAX_RUNNING_MS = TIMEOUT_RANGE.max * SECOND;

/** A claim that ended long ago. */
function emptyClaim(number: number): Claim {
  return { number, at: 0, until: 0, credentials: null };
}

/** A file without a content is a claim, too: its process died before writing. Then it was taken when the file was made. */
function parseClaim(number: number, text: string, mtimeMs: number): Claim {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    file = null;
  }
  const { at, until, credentials } = isObject(file) ? file : {};
  const takenAt = finiteOr(at, mtimeMs);
  const end = mtimeMs < ENDED_BEFORE ? takenAt : finiteOr(until, takenAt);
  return {
    number,
    at: takenAt,
    until: Math.min(end, takenAt + MAX_RUNNING_MS),
    credentials: typeof credentials === 'string' ? credentials : null,
  };
}

function finiteOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}
