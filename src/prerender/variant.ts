import { choiceKey } from '../accounts/account.ts';
import { SEPARATOR } from '../platform/paths.ts';
import { isTerminal, STDOUT } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { isTrafficDisabled } from '../config/settings.ts';
import { isColorTerminal, explicitColor } from '../render/wants-color.ts';
import type { ColorFlag } from '../render/wants-color.ts';
import { OUTPUT_KINDS } from '../render/outputs/kinds.ts';
import type { OutputKind } from '../render/outputs/kinds.ts';

/** The output kind of `usageline statusline`. It is rendered like `ansi`, with one line per model that has a limit. */
export const STATUSLINE_KIND = 'statusline';
/** The kind of `--json`: a template of the object, with holes for the values that change with time. */
export const JSON_KIND = 'json';

/** One combination of what a caller can choose. Each variant has a prerendered line of its own. */
export interface Variant {
  /** An output kind, `STATUSLINE_KIND` or `JSON_KIND`. */
  readonly kind: string;
  /**
   * What a flag or the environment asks for: `color` or `mono`; without a request `natural`, and `terminal` on a
   * terminal that shows colours. Then the configuration decides, and after it the kind.
   */
  readonly color: 'natural' | 'terminal' | 'color' | 'mono';
  /** False where the variable that disables nonessential traffic is set. The configuration can override it. */
  readonly network: boolean;
  /** The requested preset or template, one line; absent for the configured one. */
  readonly format?: string;
  /** The accounts that are asked for, see `choiceKey`; absent: those of the configuration. */
  readonly accounts?: string;
  /** The model whose limit comes first, in letters, digits and dashes. Only for lines of a session. */
  readonly model?: string;
}

/** The options that decide which variant a caller gets. */
export interface VariantOptions {
  readonly output: OutputKind;
  readonly color: ColorFlag;
  /** A preset or a template, not yet checked; null for the configured one. */
  readonly format?: string | null;
  readonly json?: boolean;
  /** As in `Choice`; absent: not chosen. */
  readonly account?: string | null;
  readonly provider?: string | null;
  readonly all?: boolean;
}

/** The variant for these options in this environment. */
export function variantOf(system: System, options: VariantOptions): Variant {
  const {
    output,
    color: flag,
    format = null,
    json = false,
    account = null,
    provider = null,
    all = false,
  } = options;
  const { env } = system;
  const network = !isTrafficDisabled(env);
  const accounts = choiceKey({ account, provider, all });
  const chosen = accounts !== '' && { accounts };
  if (json) return { kind: JSON_KIND, color: 'natural', network, ...chosen };
  const rest = { ...(format !== null && { format }), ...chosen };
  const requested = explicitColor(flag, env);
  if (requested !== null) return { kind: output, color: requested ? 'color' : 'mono', network, ...rest };
  const shown = OUTPUT_KINDS[output] === null && isColorTerminal(env, () => isTerminal(system, STDOUT));
  return { kind: output, color: shown ? 'terminal' : 'natural', network, ...rest };
}

/** The status line's variant for sessions whose model has no limit of its own. */
export function statuslineVariant(system: System, options: VariantOptions): Variant {
  return { ...variantOf(system, options), kind: STATUSLINE_KIND };
}

/** The requested format, not yet checked: the flag, else `USAGELINE_FORMAT`; null where neither is set. */
export function requestedFormat({ USAGELINE_FORMAT }: System['env'], flag: string | null): string | null {
  return flag ?? (USAGELINE_FORMAT || null);
}

/** The name of a variant's file: `zsh`, `zsh-mono`, `plain-color`, `tmux-off`, `plain+all`, `plain~1x4k2j`, `statusline@fable`. */
export function variantFileName({ kind, color, network, accounts, format, model }: Variant): string {
  const suffix = [
    accounts === undefined ? '' : `+${accounts}`,
    format === undefined ? '' : `~${hashOf(format)}`,
    model === undefined ? '' : `@${model}`,
  ].join('');
  return `${kind}${color === 'natural' ? '' : `-${color}`}${network ? '' : '-off'}${suffix}`;
}

/** A short hash of a format. A collision is harmless, since the file contains the format itself. */
function hashOf(format: string): string {
  let hash = 5381;
  for (let index = 0; index < format.length; index += 1) {
    hash = Math.imul(hash, 33) ^ format.charCodeAt(index);
  }
  return (hash >>> 0).toString(36);
}

/**
 * The variant that `variantFileName` gives this name; null for any other file name.
 *
 * @param format the variant's format, since the name contains only its hash
 */
export function parseVariantFileName(file: string, format?: string): Variant | null {
  const [, kind, color, off, accounts, hash, model] =
    /^([a-z][a-z0-9]*)(-mono|-color|-terminal)?(-off)?(?:\+([a-z0-9+-]+))?(~[a-z0-9]+)?(?:@([a-z0-9-]+))?$/.exec(
      file,
    ) ?? [];
  if (kind === undefined || (hash !== undefined && format === undefined)) return null;
  const variant: Variant = {
    kind,
    color: (color?.slice(1) ?? 'natural') as Variant['color'],
    network: off === undefined,
    ...(accounts !== undefined && { accounts }),
    ...(hash !== undefined && format !== undefined && { format }),
    ...(model !== undefined && { model }),
  };
  return variantFileName(variant) === file ? variant : null;
}

/** Whether a file has the name of a variant, whatever the format whose hash is in it. */
export function isVariantFileName(file: string): boolean {
  return parseVariantFileName(file.replace(/~[a-z0-9]+/, '')) !== null;
}

/** The path of a variant's prerendered line. */
export function prerenderedFile({ prerendered }: AccountDirectory, variant: Variant): string {
  return `${prerendered}${SEPARATOR}${variantFileName(variant)}`;
}
