import { outputConfigOf } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { provider, texts } from '../fetch/registry.ts';
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
import type { System } from '../platform/system.ts';
import type { Usage } from '../usage/model.ts';
import type { Report } from '../usage/report.ts';
import { policyOf } from './callers.ts';
import { result } from './command.ts';
import { afterResolving, endpointOf, resolveDeps } from './resolving.ts';
import type { Command, CommandResult } from './command.ts';
import { STATUSLINE_DEFAULTS, statuslineOptions } from './fast-options.ts';
import type { StatuslineOptions } from './fast-options.ts';
import { LINE_KINDS, withTexts } from './options.ts';
import type { StatuslineInput } from './statusline-input.ts';
import { checkedFormat } from './format.ts';
import { localAppearance } from '../config/local-appearance.ts';
import { reportedColumns } from '../prerender/read-statusline.ts';
import { STATUSLINE_KIND, statuslineVariant } from '../prerender/variant.ts';
import { modelLimit, prerenderStatusline } from '../prerender/store-statusline.ts';

/**
 * `usageline statusline`: the status line of the provider's client, which sends a report with every run. Stores the report
 * if it has something new, prints the line, and starts a refresh for what sessions do not report.
 */
export const command: Command<StatuslineOptions> = {
  name: 'statusline',
  about: `the status line of ${texts.client}: reads its JSON on standard input, prints the line`,
  options: withTexts(statuslineOptions(), { '--output': { choices: LINE_KINDS, usual: 'ansi' } }),
  defaults: STATUSLINE_DEFAULTS,
  help: `
Examples, in ${texts.client}'s settings.json:
  "statusLine": { "type": "command", "command": "usageline statusline" }
  "statusLine": { "type": "command", "command": "usageline statusline --after 'my-own-command'" }
`,
  async run(system, options) {
    const { readStatuslineInput } = await import('./statusline-input.ts');
    return statusline(system, options, await readStatuslineInput(system));
  },
};

export async function statusline(
  system: System,
  options: StatuslineOptions,
  { input, report }: StatuslineInput,
): Promise<CommandResult> {
  const { wrappedCommand: command, output, color: flag } = options;
  const format = checkedFormat(system.env, options.format);
  // First, so that it runs meanwhile.
  const wrapped =
    command === null
      ? null
      : (await import('./wrapped-command.ts')).runWrappedCommand(system, command, input.bytes);
  const config = await loadConfig(system);
  const deps = resolveDeps(system, config, options);
  const start = startOf(deps);
  const { paths } = start;
  const { fingerprint } = start.onDisk;
  const outcome = report && storeReport(deps, paths, report, fingerprint);
  const stored = outcome?.stored ?? null;
  // Before the files are read: then a change in between makes the line invalid.
  const validators = stored && paths.cache && validatorsOf(system, provider, paths.cache);
  const sources = stored && isUnchanged(system, paths, stored) ? stored : undefined;
  const resolution = await resolve(
    deps,
    { ...endpointOf(config), ...policyOf('prompt') },
    { ...start, ...(sources && { sources }) },
  );
  const { usage: shared, settled, state } = resolution;
  const usage =
    report && outcome ? ownUsageOf(deps, { state, shared }, report, outcome, fingerprint) : shared;
  const { env } = system;
  const columns = reportedColumns(env);
  const isTty = () => isTerminal(system, STDOUT);
  const variant = output === 'ansi' ? statuslineVariant(system, { ...options, format }) : null;
  const { appearance: usual, color: configured } = outputConfigOf(config, variant ? STATUSLINE_KIND : output);
  const appearance = localAppearance(system, usual, format);
  const kindDefault = OUTPUT_KINDS[output];
  const color = wantsColor({ flag, env, configured, kindDefault, isTerminal: isTty });
  const model = report?.model ?? null;
  const line = (room: number | null) =>
    renderOutput(output, usage, { color, appearance, countdowns: true, model, columns: room });
  let text: string;
  if (command !== null && wrapped !== null) {
    const { beside, outputToShow } = await import('./wrapped-command.ts');
    const key = { session: report?.session ?? '', command };
    const { ellipsis } = glyphsOf(appearance);
    text = beside(outputToShow(system, paths.cache, key, await wrapped, ellipsis), line, columns);
  } else text = line(columns);
  if (variant === null || resolution.startWorker || validators === null) {
    // The shared line is prerendered: a session with other numbers does not find its own there.
    const missed = settled && usage === shared;
    return result(`${text}\n`, { followUp: afterResolving(resolution, variant, stored !== null || missed) });
  }
  const forecast = forecastInput(deps, paths, state, fingerprint, config.settings);
  const limit = modelLimit(forecast, model);
  const rendered = { input: forecast, variant, limit, validators, color, appearance };
  return result(`${text}\n`, { followUp: () => prerenderStatusline(deps, paths, rendered) });
}

/** The usage as this session's own line shows it. */
function ownUsageOf(
  { system, settings, provider: { reader } }: ResolveDeps,
  { state, shared }: { readonly state: State; readonly shared: Usage },
  report: Report,
  { reportedAt, foreign }: ReportOutcome,
  fingerprint: string | null,
): Usage {
  const { read, decision } = state;
  const entry = read.kind === 'entry' ? read.entry : null;
  return sessionUsage({
    shared: { entry, freshness: decision.freshness, usage: shared, error: shared.error },
    report,
    reportedAt,
    foreign,
    fingerprint,
    reader,
    now: system.now(),
    settings,
  });
}
