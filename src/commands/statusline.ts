import { appearanceOf } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { claude } from '../fetch/providers.ts';
import type { StatuslineOptions } from '../options.ts';
import { isTerminal, STDOUT } from '../output.ts';
import { wantsColor } from '../render/color.ts';
import { glyphsOf } from '../render/glyphs.ts';
import { OUTPUT_KINDS } from '../render/outputs/kinds.ts';
import { renderOutput } from '../render/outputs/index.ts';
import { conditionsOf } from '../resolve/conditions.ts';
import { knownOf } from '../resolve/known.ts';
import { isAsKept, keepReport } from '../resolve/readings.ts';
import { resolve, startOf } from '../resolve/resolve.ts';
import type { Heard } from '../stdin.ts';
import type { System } from '../system.ts';
import { endpointOf, resolveDeps, result } from './command.ts';
import type { CommandResult } from './command.ts';
import { checkedFormat, looksWith } from './format.ts';
import { columnsOf, STATUSLINE_KIND, statuslineName } from './statusline-hit.ts';
import { modelLimit, prepareSoon } from './statusline-ready.ts';

/**
 * `usageline statusline`: Claude Code's status line, and a source of its own. Keeps what the session tells when that
 * is something new, prints the line, and has the endpoint asked, behind the answer, for what the session cannot tell.
 */
export async function statusline(
  system: System,
  options: StatuslineOptions,
  { input, report }: Heard,
): Promise<CommandResult> {
  const { after: command, output, color: flag } = options;
  const format = checkedFormat(system.env, options.format);
  // First, so that it runs while we look.
  const after = command === null ? null : (await import('./after.ts')).runAfter(system, command, input.bytes);
  const config = await loadConfig(system);
  const deps = resolveDeps(system, config, options);
  const { places, known: reading } = startOf(deps);
  const { stamp } = reading;
  const kept = report && keepReport(system, places, report, stamp);
  // Before the files are read: what changes in between shows as a condition that does not hold.
  const conditions = kept && places.cache && conditionsOf(system, claude, places.cache);
  const sources = kept && isAsKept(system, places, kept) ? kept : undefined;
  const { usage, startBackground, settled, seen } = await resolve(
    deps,
    { ...endpointOf(config), policy: 'background', force: false, patient: false, person: false },
    { places, known: reading, ...(sources && { sources }) },
  );
  const { env } = system;
  const columns = columnsOf(env);
  const isTty = () => isTerminal(system, STDOUT);
  const wanted = output === 'ansi' ? statuslineName(system, { ...options, format }) : null;
  const { looks: usual, color: configured } = appearanceOf(config, wanted ? STATUSLINE_KIND : output);
  const looks = looksWith(system, usual, format);
  const kindDefault = OUTPUT_KINDS[output];
  const color = wantsColor({ flag, env, configured, kindDefault, isTerminal: isTty });
  const model = report?.model ?? null;
  const line = (room: number | null) =>
    renderOutput(output, usage, { color, looks, countdowns: true, model, columns: room });
  let text: string;
  if (command !== null && after !== null) {
    const { beside, outputToShow } = await import('./after.ts');
    const wrapped = { session: report?.session ?? '', command };
    const { ellipsis } = glyphsOf(looks);
    text = beside(outputToShow(system, places.cache, wrapped, await after, ellipsis), line, columns);
  } else text = line(columns);
  if (wanted === null || startBackground || conditions === null) {
    const prepare = kept !== null || settled || startBackground ? { wanted } : null;
    return result(`${text}\n`, { startBackground, prepare });
  }
  const known = knownOf(system, places, seen, stamp, config.settings);
  const limit = modelLimit(known, model);
  const soon = () => prepareSoon(deps, places, { known, wanted, limit, conditions, color, looks });
  return result(`${text}\n`, { soon });
}
