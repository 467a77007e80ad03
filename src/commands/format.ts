import { formatMistake } from '../render/template/format.ts';
import type { System } from '../platform/system.ts';
import { quoteInput } from '../usage/text.ts';
import { UsageError } from './command.ts';
import { requestedFormat } from '../prerender/variant.ts';

/**
 * The format that was asked for; null leaves it to what is configured. One in the environment that is wrong counts
 * as none, and is named where there is room for it. Throws a `UsageError` for a wrong flag.
 */
export function checkedFormat(env: System['env'], flag: string | null): string | null {
  const format = requestedFormat(env, flag);
  const mistake = format === null ? null : formatMistake(format);
  if (mistake === null) return format;
  if (flag !== null) throw new UsageError(`--format is '${quoteInput(flag)}': ${mistake}`);
  return null;
}
