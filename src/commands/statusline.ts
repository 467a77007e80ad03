import { outputConfigOf } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { claude } from '../fetch/registry.ts';
import type { StatuslineOptions } from '../cli/fast-args.ts';
import { isTerminal, STDOUT } from '../platform/stdio.ts';
import { wantsColor } from '../render/wants-color.ts';
import { glyphsOf } from '../render/glyphs.ts';
import { OUTPUT_KINDS } from '../render/outputs/kinds.ts';
import { renderOutput } from '../render/outputs/index.ts';
import { validatorsOf } from '../prerender/validators.ts';
import type { State, ResolveDeps } from '../resolve/read-state.ts';
import { forecastInput } from '../prerender/forecast-input.ts';
import { sessionUsage } from '../resolve/session-usage.ts';
import { isUnchanged, storeReport } from '../resolve/store-report.ts';
import type { ReportOutcome } from '../resolve/store-report.ts';
import { resolve, startOf } from '../resolve/resolve.ts';
import type { StatuslineInput } from '../cli/stdin.ts';
import type { System } from '../platform/system.ts';
import type { Usage } from '../usage/model.ts';
import type { Report } from '../usage/report.ts';
import { endpointOf, resolveDeps, result } from './command.ts';
import type { CommandResult } from './command.ts';
import { checkedFormat, appearanceWith } from './format.ts';
import { terminalColumns, STATUSLINE_KIND, statuslineVariant } from '../prerender/print-statusline.ts';
import { modelLimit, prerenderStatusline } from '../prerender/store-statusline.ts';

/**
 * `usageline statusline`: Claude Code's status line, and a source of its own. Keeps what the session reports when that
 * is new, prints the line, and has the endpoint asked, behind the answer, for what the session cannot report.
 */
export async function statusline(
  system: System,
  options: StatuslineOptions,
  { input, report }: StatuslineInput,
): Promise<CommandResult> {
  const { wrappedCommand: command, output, color: flag } = options;
  const format = checkedFormat(system.env, options.format);
  // First, so that it runs while we look.
  const after =
    command === null
      ? null
      : (await import('./wrapped-command.ts')).runWrappedCommand(system, command, input.bytes);
  const config = await loadConfig(system);
  const deps = resolveDeps(system, config, options);
  const { paths: places, known: reading } = startOf(deps);
  const { fingerprint: stamp } = reading;
  const outcome = report && storeReport(deps, places, report, stamp);
  const kept = outcome?.stored ?? null;
  // Before the files are read: what changes in between shows as a condition that does not hold.
  const conditions = kept && places.cache && validatorsOf(system, claude, places.cache);
  const sources = kept && isUnchanged(system, places, kept) ? kept : undefined;
  const {
    usage: shared,
    startWorker,
    settled,
    state: seen,
  } = await resolve(
    deps,
    {
      ...endpointOf(config),
      policy: 'background',
      force: false,
      waitsForOthers: false,
      sendsUncached: false,
    },
    { paths: places, known: reading, ...(sources && { sources }) },
  );
  const usage = report && outcome ? ownUsageOf(deps, { seen, shared }, report, outcome, stamp) : shared;
  const { env } = system;
  const columns = terminalColumns(env);
  const isTty = () => isTerminal(system, STDOUT);
  const wanted = output === 'ansi' ? statuslineVariant(system, { ...options, format }) : null;
  const { appearance: usual, color: configured } = outputConfigOf(config, wanted ? STATUSLINE_KIND : output);
  const appearance = appearanceWith(system, usual, format);
  const kindDefault = OUTPUT_KINDS[output];
  const color = wantsColor({ flag, env, configured, kindDefault, isTerminal: isTty });
  const model = report?.model ?? null;
  const line = (room: number | null) =>
    renderOutput(output, usage, { color, appearance, countdowns: true, model, columns: room });
  let text: string;
  if (command !== null && after !== null) {
    const { beside, outputToShow } = await import('./wrapped-command.ts');
    const wrapped = { session: report?.session ?? '', command };
    const { ellipsis } = glyphsOf(appearance);
    text = beside(outputToShow(system, places.cache, wrapped, await after, ellipsis), line, columns);
  } else text = line(columns);
  if (wanted === null || startWorker || conditions === null) {
    // What is prepared is the shared line: a session with other numbers will not find its own there.
    const missed = settled && usage === shared;
    const prepare = kept !== null || missed || startWorker ? { wanted } : null;
    return result(`${text}\n`, { startWorker, prepare });
  }
  const known = forecastInput(system, places, seen, stamp, config.settings);
  const limit = modelLimit(known, model);
  const soon = () =>
    prerenderStatusline(deps, places, { known, wanted, limit, conditions, color, appearance });
  return result(`${text}\n`, { soon });
}

/** The usage as this session's own line shows it. */
function ownUsageOf(
  { system, settings }: ResolveDeps,
  { seen, shared }: { readonly seen: State; readonly shared: Usage },
  report: Report,
  { reportedAt, foreign }: ReportOutcome,
  stamp: string | null,
): Usage {
  const { read, decision } = seen;
  const entry = read.kind === 'entry' ? read.entry : null;
  return sessionUsage({
    shared: { entry, freshness: decision.freshness, usage: shared, error: shared.error },
    report,
    reportedAt,
    foreign,
    fingerprint: stamp,
    now: system.now(),
    settings,
  });
}
