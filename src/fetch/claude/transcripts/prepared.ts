import { isObject } from '../../../usage/values.ts';
import type { HourOfUse, UseOfWeek } from './estimate.ts';
import { areSame } from './roots.ts';

/** The result of the last scan, for callers that do not wait for a scan: `transcripts.json`. */
export interface Prepared {
  /** Epoch ms of the scan. */
  readonly scannedAt: number;
  /** False when the scan stopped at its deadline, so that the estimate is too low. */
  readonly complete: boolean;
  /** Null when there are no transcripts. Transcripts without use are a value without hours. */
  readonly use: UseOfWeek | null;
}

const SCHEMA_VERSION = 5;

export function serializePrepared({ scannedAt, complete, use }: Prepared, roots: readonly string[]): string {
  const models = [...new Set(use?.hours.map(({ model }) => model))];
  const rows = use?.hours.map(({ at, model, counts }) => [
    at,
    models.indexOf(model),
    counts.input,
    counts.output,
    counts.cacheCreation,
    counts.cacheRead,
  ]);
  return JSON.stringify({
    schema_version: SCHEMA_VERSION,
    roots,
    scanned_at: scannedAt,
    complete,
    use: use && { block: use.block, models, hours: rows },
  });
}

/** Null for anything but what `serializePrepared` wrote for these roots. */
export function parsePrepared(text: string, roots: readonly string[]): Prepared | null {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(file) || file.schema_version !== SCHEMA_VERSION || !areSame(file.roots, roots)) return null;
  const { scanned_at: scannedAt, complete } = file;
  const use = file.use === null ? null : useIn(file.use);
  if (use === undefined || !isNumber(scannedAt) || typeof complete !== 'boolean') return null;
  return { scannedAt, complete, use };
}

/** `use` of the file; undefined when it is not valid. */
function useIn(value: unknown): UseOfWeek | undefined {
  if (!isObject(value) || !Array.isArray(value.hours) || !Array.isArray(value.models)) return undefined;
  const { block, models } = value;
  if (block !== null && !isNumber(block)) return undefined;
  const hours = value.hours.map((row) => hourIn(row, models));
  return hours.every((hour) => hour !== undefined) ? { block, hours } : undefined;
}

type SixNumbers = [number, number, number, number, number, number];

function hourIn(row: unknown, models: readonly unknown[]): HourOfUse | undefined {
  if (!Array.isArray(row) || row.length !== 6 || !row.every(isNumber)) return undefined;
  const [at, index, input, output, cacheCreation, cacheRead] = row as SixNumbers;
  const model = models[index];
  if (typeof model !== 'string') return undefined;
  return { at, model, counts: { input, output, cacheCreation, cacheRead } };
}

/** A whole number that can be a count or a time. */
function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
