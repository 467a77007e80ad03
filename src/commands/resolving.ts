import type { Config } from '../config/config.ts';
import { wantsLog } from '../config/settings.ts';
import type { Choice } from '../accounts/account.ts';
import { baseUrlProblem, configuredBaseUrl } from '../accounts/base-url.ts';
import type { Asked } from '../accounts/base-url.ts';
import { chooseAccounts } from '../accounts/choose.ts';
import type { Chosen } from '../accounts/choose.ts';
import { checkBaseUrl } from '../platform/base-url.ts';
import { provider as mainProvider } from '../fetch/registry.ts';
import { throughSource } from '../fetch/source.ts';
import { STDERR, printable, writeOut } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import { version } from '../platform/version.ts';
import { NO_FOLLOW_UP } from '../prerender/follow-up.ts';
import type { FollowUp } from '../prerender/follow-up.ts';
import type { Variant } from '../prerender/variant.ts';
import type { EstimateAge, Question, ResolveDeps } from '../resolve/read-state.ts';
import { providerSettings } from '../resolve/provider-settings.ts';
import type { Resolution } from '../resolve/resolve.ts';
import type { Failure } from '../usage/failure.ts';
import { isSignIn } from '../usage/failure.ts';
import type { Usage } from '../usage/model.ts';
import { UsageError } from './command.ts';
import type { ExitCode } from './command.ts';

/** The exit code of `--json` and `show`: 0 if there are numbers. */
export function exitCodeOf({ state, error }: Usage): ExitCode {
  if (state === 'fresh' || state === 'stale' || state === 'estimate') return 0;
  return exitCodeOfFailure(error);
}

/** The exit code without numbers. */
export function exitCodeOfFailure(error: Failure | null): ExitCode {
  if (error?.code === 'internal_error') return 1;
  if (error?.code === 'wrong_usage') return 2;
  return error !== null && isSignIn(error.code) ? 3 : 4;
}

/** The base URL of an account's endpoint. Throws a `UsageError` for one to which the token must not be sent. */
export function baseUrlOf(config: Config, asked?: Asked): string {
  const configured = configuredBaseUrl(config, asked);
  if (configured === null) return (asked?.provider ?? mainProvider).baseUrl;
  const check = checkBaseUrl(configured.value);
  if (check.ok) return check.baseUrl;
  throw new UsageError(baseUrlProblem(configured) as string, 'usageline config show');
}

/**
 * The parts of a question that are the same for every command.
 *
 * @param asked the account; absent: the one that the environment leads to
 */
export function endpointOf(config: Config, asked?: Asked): Pick<Question, 'baseUrl' | 'userAgent'> {
  return { baseUrl: baseUrlOf(config, asked), userAgent: config.userAgent ?? `usageline/${version}` };
}

/** The accounts of a choice. Throws a `UsageError` for one that names no account. */
export async function accountsOf(
  system: System,
  config: Config,
  choice: Choice,
): Promise<Extract<Chosen, { kind: 'accounts' }>> {
  const chosen = await chooseAccounts(system, config, choice);
  if (chosen.kind === 'accounts') return chosen;
  throw new UsageError(chosen.text, 'usageline accounts');
}

/** How a command resolves usage. */
export interface ResolvingOptions {
  /** Deadline of a request, ms; null: as configured. */
  readonly timeoutMs: number | null;
  /** Logs each step on standard error. */
  readonly debug: boolean;
  /** See `callers.ts`. */
  readonly scansAll?: boolean;
  /** False: without numbers no tokens are counted, and no transcripts are read. Absent: true. */
  readonly estimates?: boolean;
}

/**
 * The dependencies of `resolve`: the provider, the settings, the estimate, and a log on standard error if requested. With
 * `scansAll`, transcripts are scanned to their end if they are needed.
 */
export function resolveDeps(
  system: System,
  { settings, source }: Config,
  options: ResolvingOptions,
  asked = mainProvider,
): ResolveDeps {
  const start = system.monotonic();
  const provider = throughSource(asked, source);
  const { transcripts } = provider;
  const { scansAll = false, estimates = true } = options;
  return {
    system,
    settings: providerSettings(settings, provider, options.timeoutMs),
    provider,
    ...(estimates &&
      transcripts && {
        estimate: async (age: EstimateAge) => {
          const { tokensOf } = await import('./tokens.ts');
          return tokensOf(system, transcripts, scansAll ? 'none' : age, scansAll);
        },
      }),
    log:
      options.debug || wantsLog(system.env)
        ? (event) => {
            const elapsed = (system.monotonic() - start).toFixed(1);
            writeOut(system, STDERR, `usageline: +${elapsed} ms ${printable(event)}\n`);
          }
        : () => {},
  };
}

/** Warnings about unusable settings, one a line, for commands that people run. */
export function warningText({ warnings }: Config, ...more: (string | null)[]): string {
  return [...warnings, ...more]
    .filter((text) => text !== null)
    .map((text) => `usageline: ${printable(text)}\n`)
    .join('');
}

/** Longest text about what is accepted that is worth its place on one line, characters. */
const SHORT = 60;
/** The parts of a warning about the configuration: what is wrong, what is accepted, the nearest accepted word. */
const PARTS = /^(.*?)(; accepted: .*?)(; did you mean .*)?$/s;

/** The first warning in one short line, and where the rest is; empty without one. */
export function firstWarning({ warnings: [first, ...more] }: Config): string {
  if (first === undefined) return '';
  const rest = more.length === 0 ? 'More' : `${more.length} more`;
  return `usageline: ${printable(inShort(first))} (${rest}: usageline config check)\n`;
}

/** A warning with its suggestion, or else with what is accepted if that is short. */
function inShort(warning: string): string {
  const [, wrong = warning, accepted = '', suggestion] = PARTS.exec(warning) ?? [];
  if (suggestion !== undefined) return wrong + suggestion;
  if (accepted.length <= SHORT) return wrong + accepted;
  return wrong.endsWith(' is no key') ? wrong : `${wrong}, which is not accepted`;
}

/**
 * The follow-up of a command that has resolved usage.
 *
 * @param wanted the variant without a valid prerendered line; null if none was looked up
 * @param prerenders whether to prerender although no request has been made
 */
export function afterResolving(
  { startWorker, refreshed }: Pick<Resolution, 'startWorker' | 'refreshed'>,
  wanted: Variant | null,
  prerenders = wanted !== null,
): FollowUp {
  if (startWorker) return { kind: 'spawnWorker', wanted };
  return refreshed || prerenders ? { kind: 'prerender', wanted } : NO_FOLLOW_UP;
}
