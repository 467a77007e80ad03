import { NO_CHOICE } from '../accounts/account.ts';
import type { Choice } from '../accounts/account.ts';
import { loadConfig } from '../config/load.ts';
import { provider, texts } from '../fetch/registry.ts';
import { checkOfAll, unknownCheck } from '../render/check.ts';
import type { Check, CheckThresholds, Verdict } from '../render/check.ts';
import type { System } from '../platform/system.ts';
import { limitNamed } from '../render/template/placeholders.ts';
import { policyOf } from './callers.ts';
import { result, UsageError } from './command.ts';
import { askAccounts } from './asking.ts';
import { afterResolving } from './resolving.ts';
import type { Command, CommandResult, ExitCode } from './command.ts';
import { CHOICE, DEBUG, TIMEOUT } from './fast-options.ts';
import { withTexts } from './options.ts';

/** The thresholds without `--warning` and `--critical`, percent used. */
export const CHECK_DEFAULTS: CheckThresholds = { warning: 80, critical: 95 };

export interface CheckOptions extends CheckThresholds, Choice {
  /** Name of the only limit to check; null: all. */
  readonly window: string | null;
  /** The same by `-w <name>`. `--window` goes first. */
  readonly windowByWarning: string | null;
  /** Deadline of the request, ms; null: as configured. */
  readonly timeoutMs: number | null;
  readonly debug: boolean;
}

/** For the examples of `--help`. */
const NAME = provider.id.toUpperCase();
const [id, label] = Object.entries(texts.mainWindows).at(-1) ?? [];

/** `usageline check`: a plugin for Nagios, Icinga and similar programs. */
export const command: Command<CheckOptions> = {
  name: 'check',
  about: 'a plugin for Nagios and Icinga: OK, WARNING, CRITICAL or UNKNOWN, with performance data',
  options: [
    {
      flag: '--warning',
      short: '-w',
      value: 'percent',
      about: 'WARNING from this percentage on',
      usual: CHECK_DEFAULTS.warning,
      accepted: 'a number from 0 to 100, or the name of a limit',
      // `-w` is the threshold in every plugin. No name of a limit is a number, so `-w 5h` can name one.
      sets: (text) => {
        const warning = parseThreshold(text);
        if (warning !== null) return { warning };
        return limitNamed(text) === null ? null : { windowByWarning: text };
      },
    },
    {
      flag: '--critical',
      short: '-c',
      value: 'percent',
      about: 'CRITICAL from this percentage on',
      usual: CHECK_DEFAULTS.critical,
      accepted: 'a number from 0 to 100',
      sets: (text) => {
        const critical = parseThreshold(text);
        return critical === null ? null : { critical };
      },
    },
    {
      flag: '--window',
      value: 'name',
      about: 'check one limit only: 5h, 7d, 7d fable, spend, extra, or an id',
      accepted: 'the name of a limit, such as 5h',
      sets: (window) => (window.trim() === '' ? null : { window }),
    },
    ...withTexts<CheckOptions>({ ...TIMEOUT, ...DEBUG, ...CHOICE }, { '--timeout': { short: '-t' } }),
  ],
  defaults: {
    ...NO_CHOICE,
    ...CHECK_DEFAULTS,
    window: null,
    windowByWarning: null,
    timeoutMs: null,
    debug: false,
  },
  help: `
Examples:
  usageline check               ${NAME} OK - ${label} 33% | '${id}'=33%;80;95;0;…
  usageline check -w 70 -c 100  critical when a limit is reached
  usageline check --window ${label}   only this limit
Exit status: 0 OK · 1 WARNING · 2 CRITICAL · 3 UNKNOWN (no numbers, wrong usage)
`,
  run: check,
};

/** A threshold in percent used; null for anything but a number from 0 to 100. */
function parseThreshold(text: string): number | null {
  if (!/^\d+(\.\d+)?$/.test(text)) return null;
  const percent = Number(text);
  return percent <= 100 ? percent : null;
}

/** The exit codes of monitoring plugins, which differ from those of the other commands. */
const exitCodes: Record<Verdict, ExitCode> = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 };

async function check(system: System, options: CheckOptions): Promise<CommandResult> {
  const { warning, critical, window, windowByWarning } = options;
  if (warning > critical) {
    throw new UsageError(
      `--warning is ${warning}, above --critical ${critical}; accepted: at most --critical`,
    );
  }
  const config = await loadConfig(system);
  const { scansAll, ...question } = policyOf('monitor');
  const answers = await askAccounts(
    system,
    config,
    options,
    { ...options, scansAll, estimates: false },
    question,
  );
  return resultOf(checkOfAll(answers.usages, options, window ?? windowByWarning), {
    followUp: afterResolving(answers, null),
  });
}

/** The result for wrong usage or an internal error: UNKNOWN. */
export function checkFault(message: string): CommandResult {
  return resultOf(unknownCheck(message, provider.id));
}

function resultOf({ verdict, text }: Check, more: Partial<CommandResult> = {}): CommandResult {
  return result(`${text}\n`, { ...more, exitCode: exitCodes[verdict] });
}
