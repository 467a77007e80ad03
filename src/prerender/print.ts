import { accountDirectory } from '../cache/directory.ts';
import { readPointer } from '../cache/pointer.ts';
import { readPrerenderedFile, prerenderedFile } from './read.ts';
import type { Variant } from './read.ts';
import { cacheRoot } from '../cache/root.ts';
import { isOwnDirectory } from '../cache/trust.ts';
import { isTrafficDisabled, wantsLog } from '../config/settings.ts';
import { environmentHash } from '../cache/environment-hash.ts';
import { claudeFiles as claude } from '../fetch/claude/on-disk.ts';
import type { UsageOptions } from '../cli/fast-args.ts';
import { isTerminal, STDOUT } from '../platform/stdio.ts';
import { isColorTerminal, explicitColor } from '../render/wants-color.ts';
import { fillJsonTemplate } from '../render/json-template.ts';
import { OUTPUT_KINDS } from '../render/outputs/kinds.ts';
import { validatorsOf } from './validators.ts';
import type { System } from '../platform/system.ts';
import { fits } from '../commands/fits.ts';

/**
 * The line that was prepared for this moment, or null when there is more to do than to print it. This is what
 * runs at every prompt: no entry is parsed, nothing is decided and nothing is rendered.
 */
export function readPrerendered(system: System, options: UsageOptions): string | null {
  if (options.command !== 'line' || options.debug || wantsLog(system.env)) return null;
  const { path } = cacheRoot(system);
  if (path === null) return null;
  const key = claude.accountKey(system);
  const account = key === null ? claude.account(system).directory : readPointer(system, path, key);
  if (account === null) return null;
  const directory = accountDirectory(path, account, environmentHash(system.env));
  if (!isOwnDirectory(system, directory)) return null;
  const name = variantOf(system, { ...options, format: requestedFormat(system.env, options.format) });
  const conditions = validatorsOf(system, claude, directory);
  const text = readPrerenderedFile(system, prerenderedFile(directory, name), conditions, name.format);
  if (text === null || (options.output === 'plain' && !options.json && !fitsTerminal(system, text)))
    return null;
  return `${options.json ? fillJsonTemplate(JSON.parse(text), system.now()) : text}\n`;
}

/** The ready line that is no line: the object of `--json`, with holes for what changes with the time. */
export const JSON_KIND = 'json';

/** Which ready line answers these options in this environment. */
export function variantOf(
  system: System,
  { output, color: flag, format = null, json = false }: ReadyOptions,
): Variant {
  const { env } = system;
  const network = !isTrafficDisabled(env);
  if (json) return { kind: JSON_KIND, color: 'natural', network };
  const asked = format === null ? {} : { format };
  const said = explicitColor(flag, env);
  if (said !== null) return { kind: output, color: said ? 'color' : 'mono', network, ...asked };
  const shown = OUTPUT_KINDS[output] === null && isColorTerminal(env, () => isTerminal(system, STDOUT));
  return { kind: output, color: shown ? 'terminal' : 'natural', network, ...asked };
}

/** The format that was asked for by the flag, else by the environment, not yet checked; null: by neither. */
export function requestedFormat({ USAGELINE_FORMAT }: System['env'], flag: string | null): string | null {
  return flag ?? (USAGELINE_FORMAT || null);
}

/** What decides which ready line it is. */
type ReadyOptions = Pick<UsageOptions, 'output' | 'color'> & {
  readonly format?: string | null;
  readonly json?: boolean;
};

/** No terminal that people work in is narrower, and to learn how wide one is costs an eighth of a Node start. */
const ANY_TERMINAL = 40;

function fitsTerminal(system: System, text: string): boolean {
  if (fits(text, ANY_TERMINAL) || !isTerminal(system, STDOUT)) return true;
  return fits(text, process.stdout.columns || null);
}
