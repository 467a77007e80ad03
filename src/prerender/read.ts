import { accountDirectory, environmentHash } from '../cache/directory.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { readClosedFile } from '../cache/own-files.ts';
import { readPointer } from '../cache/pointer.ts';
import { cacheRoot } from '../cache/root.ts';
import { isOwnDirectory } from '../cache/trust.ts';
import { wantsLog } from '../config/settings.ts';
import { providerFiles } from '../fetch/registry.ts';
import { isTerminal, STDOUT } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import { fits } from '../render/fits.ts';
import { fillJsonTemplate } from '../render/json-template.ts';
import { MAX_FILE_BYTES, parseFile } from './format.ts';
import type { FileText } from './format.ts';
import { validatorsOf, watchedValidators } from './validators.ts';
import { prerenderedFile, requestedFormat, variantOf } from './variant.ts';
import type { Variant, VariantOptions } from './variant.ts';

/** The options of a line that decide whether a prerendered one can be printed. */
export interface LineOptions extends VariantOptions {
  readonly command: 'line' | 'show';
  readonly format: string | null;
  readonly json: boolean;
  readonly debug: boolean;
}

/** A prerendered file whose refresh is due. `cli/due-line.ts` prints its text for callers that do not wait. */
export interface DueLine {
  readonly directory: AccountDirectory;
  readonly variant: Variant;
}

/**
 * The prerendered line for these options, with its line end; null when there is no valid one. This runs at every prompt:
 * it parses no entry, decides nothing and renders nothing.
 */
export function readPrerendered(system: System, options: LineOptions): string | DueLine | null {
  if (options.command !== 'line' || options.debug || wantsLog(system.env)) return null;
  const directory = accountDirectoryByPointer(system);
  if (directory === null) return null;
  const format = requestedFormat(system.env, options.format);
  const variant = variantOf(system, { ...options, format });
  const file = readVariant(system, directory, variant);
  if (file === null) return null;
  if (file.isDue) return options.json ? null : { directory, variant };
  const { text } = file;
  if (options.output === 'plain' && !options.json && !fitsTerminal(system, text)) return null;
  return `${options.json ? fillJsonTemplate(JSON.parse(text), system.now()) : text}\n`;
}

/**
 * The directory of the account in use, found by its pointer since the hash in its name costs too much here; null when
 * there is no pointer, or other users can change the directory.
 */
export function accountDirectoryByPointer(system: System): AccountDirectory | null {
  const { path } = cacheRoot(system);
  if (path === null) return null;
  const key = providerFiles.accountKey(system);
  const account = key === null ? providerFiles.account(system).directory : readPointer(system, path, key);
  if (account === null) return null;
  const directory = accountDirectory(path, account, environmentHash(system.env));
  return isOwnDirectory(system, directory) ? directory : null;
}

/** The text of a variant that is valid now, or that a refresh is due; null when there is none. */
export function readVariant(system: System, directory: AccountDirectory, variant: Variant): FileText | null {
  const validators = validatorsOf(system, providerFiles, directory);
  return readPrerenderedFile(system, prerenderedFile(directory, variant), validators, variant.format);
}

/**
 * The text of one file that is valid now, or that a refresh is due; null when there is none.
 *
 * @param validators what `validatorsOf` returns now
 * @param format the requested format
 * @throws what the system calls fail with
 */
export function readPrerenderedFile(
  system: System,
  path: string,
  validators: string,
  format?: string,
): FileText | null {
  const file = readClosedFile(system, path, MAX_FILE_BYTES);
  if (file === null) return null;
  return parseFile(file, system.now(), validators + watchedValidators(system, file), format);
}

/** In columns. Terminals that people work in are wider, and reading the width costs an eighth of a Node start. */
const NARROWEST_TERMINAL = 40;

function fitsTerminal(system: System, text: string): boolean {
  if (fits(text, NARROWEST_TERMINAL) || !isTerminal(system, STDOUT)) return true;
  return fits(text, process.stdout.columns || null);
}
