import { formatMistake } from '../render/template/format.ts';
import type { System } from '../platform/system.ts';
import { quoteInput } from '../usage/text.ts';
import { UsageError } from './command.ts';
import { requestedFormat } from '../prerender/variant.ts';

/**
 * The format by flag or environment, checked; null: as configured. Throws a `UsageError` for a mistake in the flag. One in
 * the environment is ignored, and reported by `show`.
 */
export function checkedFormat(env: System['env'], flag: string | null): string | null {
  const format = requestedFormat(env, flag);
  const mistake = format === null ? null : formatMistake(format);
  if (mistake === null) return format;
  if (flag !== null) throw new UsageError(`--format is '${quoteInput(flag)}': ${mistake}`);
  return null;
}
