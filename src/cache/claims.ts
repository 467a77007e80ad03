import { join } from 'node:path';
import { TIMEOUT_RANGE } from '../config/settings.ts';
import { errno } from '../platform/errno.ts';
import type { System } from '../platform/system.ts';
import { isObject } from '../usage/values.ts';
import { SECOND } from '../usage/time.ts';
import { createOwnFile, readOwnFile, removeOwnFile, setOwnFileTime } from './own-files.ts';

/**
 * A right taken by creating a numbered file exclusively: `attempt.7` is the right to send one request,
 * `background.3` to start one process. Of any number of contenders one creates the next number, whatever
 * the timing: this holds where a mutex that goes stale has been seen held twice.
 */
export interface Claim {
  readonly number: number;
  /** Epoch ms at which it was taken. */
  readonly at: number;
  /** Until when what it was taken for may still be running, epoch ms. */
  readonly until: number;
  /** Stamp of the credentials it was taken for; null when unknown. */
  readonly credentials: string | null;
}

export type ClaimKind = 'attempt' | 'background';

export type ClaimResult =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  /** Somebody else was quicker. */
  | { readonly kind: 'lost' }
  /** The file could not be made: an errno name. */
  | { readonly kind: 'failed'; readonly reason: string };

/** All claims of a kind, the newest first. A directory that cannot be listed has none. */
export function readClaims(system: System, directory: string, kind: ClaimKind): Claim[] {
  return numbers(system, directory, kind).map((number) => {
    const read = readOwnFile(system, claimFile(directory, kind, number));
    // What cannot be read (removed meanwhile, or not a file) holds its number and nothing else.
    return read.kind === 'file' ? parseClaim(number, read.text, read.mtimeMs) : nobodys(number);
  });
}

/**
 * Takes the next claim after `known`, the newest one that the decision to take it was made on.
 * @param claim `until` and `at` in epoch ms
 */
export function takeClaim(
  system: System,
  directory: string,
  kind: ClaimKind,
  known: Claim | undefined,
  claim: Omit<Claim, 'number'>,
): ClaimResult {
  let number: number;
  try {
    const latest = list(system, directory, kind)[0] ?? 0;
    if (latest > (known?.number ?? 0)) return { kind: 'lost' };
    number = latest + 1;
    createOwnFile(system, claimFile(directory, kind, number), JSON.stringify(claim));
  } catch (error) {
    const reason = errno(error);
    return reason === 'EEXIST' ? { kind: 'lost' } : { kind: 'failed', reason };
  }
  const result = confirm(system, directory, kind, { ...claim, number });
  // A claim that was not won would count as a request that is under way.
  if (result.kind !== 'claimed') removeClaim(system, claimFile(directory, kind, number));
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

/** The file of a claim that is over has this time: the claims were invented later. Epoch ms. */
const ENDED_AT = 0;
/** Some file systems know no time before 1980. */
const ENDED_BEFORE = Date.UTC(2000, 0, 1);

/**
 * Notes that what a claim was taken for is over, so that nobody waits for it. Only the time of its file is set, since a
 * file is never written in place, and a new one would come back after another process has removed the claim.
 */
export function endClaim(system: System, directory: string, kind: ClaimKind, { number }: Claim): void {
  try {
    setOwnFileTime(system, claimFile(directory, kind, number), ENDED_AT);
  } catch {
    // Then it is over when its time is.
  }
}

/** Removes claims older than `before` (epoch ms); the newest always stays, for the numbering. */
export function sweepClaims(system: System, directory: string, kind: ClaimKind, before: number): void {
  for (const claim of readClaims(system, directory, kind).slice(1)) {
    if (claim.at < before) removeClaim(system, claimFile(directory, kind, claim.number));
  }
}

/** Gives a claim back that was not used. */
export function dropClaim(system: System, directory: string, kind: ClaimKind, { number }: Claim): void {
  removeClaim(system, claimFile(directory, kind, number));
}

function claimFile(directory: string, kind: ClaimKind, number: number): string {
  return join(directory, `${kind}.${number}`);
}

/** Before it no version of this program ran: a clock that shows less is wrong. Epoch ms. */
const FIRST_CLAIM = Date.UTC(2026, 0, 1);

/**
 * The highest number that counting can have come to: a claim for every second since 1970. It grows with the time, so
 * every claim that counts has a next number, at the latest a second later.
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
      const ours = prefix === kind && rest.length === 0 && /^[1-9]\d*$/.test(digits);
      return ours && Number(digits) <= highest ? [Number(digits)] : [];
    })
    .sort((a, b) => b - a);
}

/** Nothing that was claimed runs longer than the longest deadline, whatever its claim says. */
const MAX_RUNNING_MS = TIMEOUT_RANGE.max * SECOND;

function nobodys(number: number): Claim {
  return { number, at: 0, until: 0, credentials: null };
}

/** A claim whose maker died before writing into it still is one, made when the file was. */
function parseClaim(number: number, text: string, mtimeMs: number): Claim {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    file = null;
  }
  const { at, until, credentials } = isObject(file) ? file : {};
  const takenAt = typeof at === 'number' && Number.isFinite(at) ? at : mtimeMs;
  if (mtimeMs < ENDED_BEFORE)
    return { number, at: takenAt, until: takenAt, credentials: stringOrNull(credentials) };
  const over = typeof until === 'number' && Number.isFinite(until) ? until : takenAt;
  return {
    number,
    at: takenAt,
    until: Math.min(over, takenAt + MAX_RUNNING_MS),
    credentials: stringOrNull(credentials),
  };
}

function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function removeClaim(system: System, path: string): void {
  try {
    removeOwnFile(system, path);
  } catch {
    // Gone already, or not ours to remove.
  }
}
