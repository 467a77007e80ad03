import { outputConfigOf } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import type { UsageOptions } from '../cli/fast-args.ts';
import { isTerminal, STDOUT } from '../platform/stdio.ts';
import { wantsColor } from '../render/wants-color.ts';
import { renderJson } from '../render/json.ts';
import { isLineKind, OUTPUT_KINDS } from '../render/outputs/kinds.ts';
import { renderOutput } from '../render/outputs/index.ts';
import { resolve } from '../resolve/resolve.ts';
import type { System } from '../platform/system.ts';
import type { Usage } from '../usage/model.ts';
import { endpointOf, exitCodeOf, resolveDeps, result, UsageError, warningText } from './command.ts';
import type { CommandResult } from './command.ts';
import { zoneName } from '../zone/local.ts';
import { checkedFormat, appearanceWith } from './format.ts';
import { variantOf } from '../prerender/print.ts';

/** The line (`usageline`), the table (`usageline show`), and either as JSON. */
export async function usage(system: System, options: UsageOptions): Promise<CommandResult> {
  const { command, json } = options;
  // First of all: who made a mistake wants to hear of that.
  const format = checkedFormat(system.env, options.format);
  if (options.format !== null && options.output === 'openmetrics') {
    throw new UsageError('--format is for a line, and --output openmetrics has none');
  }
  const terminal = isTerminal(system, STDOUT);
  // A prompt or a bar never waits, not even the first time.
  const waits = command === 'show' || json || terminal;
  const policy = options.policy ?? (waits ? 'wait' : 'background');
  const config = await loadConfig(system);
  const resolution = await resolve(
    resolveDeps(system, config, { ...options, thorough: command === 'show' && !json }),
    {
      ...endpointOf(config),
      policy,
      force: false,
      waitsForOthers: false,
      ignoresPace: terminal || options.policy === 'wait' || (command === 'show' && !json),
      sendsUncached: terminal || options.policy === 'wait' || (command === 'show' && !json),
    },
  );
  const { startWorker, refreshed: asked, settled } = resolution;
  const text = `${await render(system, config, { ...options, format }, resolution.usage, terminal)}\n`;
  const exitCode = exitCodeOf(resolution.usage);
  if (json || command === 'show') {
    const stderr = json ? '' : warningText(config, resolution.warning);
    const missed = json && command === 'line' && settled && resolution.usage.state === 'fresh';
    const wanted = missed ? variantOf(system, options) : null;
    return result(text, {
      startWorker,
      stderr,
      exitCode,
      prepare: asked || wanted ? { wanted } : null,
    });
  }
  // What cannot be prepared misses nothing.
  const wanted = isLineKind(options.output) ? variantOf(system, { ...options, format }) : null;
  const prepare = asked || startWorker || (settled && wanted) ? { wanted } : null;
  return result(text, { startWorker, prepare });
}

async function render(
  system: System,
  config: Config,
  { command, json, output, format, color: flag, verbose }: UsageOptions,
  answer: Usage,
  terminal: boolean,
): Promise<string> {
  if (json) return renderJson([answer]);
  const { env } = system;
  const { appearance: usual, color: configured } = outputConfigOf(
    config,
    command === 'show' ? 'show' : output,
  );
  const appearance = appearanceWith(system, usual, format);
  const kindDefault = OUTPUT_KINDS[output];
  const color = wantsColor({ flag, env, configured, kindDefault, isTerminal: () => terminal });
  if (!isLineKind(output)) {
    const { renderDocument } = await import('../render/outputs/documents.ts');
    return renderDocument(output, answer, { color, countdowns: true, appearance });
  }
  if (command === 'line') {
    // What is markup for another host is not cut to a terminal.
    const columns = terminal && output === 'plain' ? process.stdout.columns || null : null;
    return renderOutput(output, answer, { color, appearance, countdowns: true, columns });
  }
  const { renderShow } = await import('../render/show.ts');
  const zoneNames =
    zoneName(env) === null ? null : (await import('../zone/names.ts')).zoneNames(system, appearance.zone);
  return renderShow([answer], {
    color,
    appearance,
    zoneNames,
    columns: columnsOf(system, terminal),
    verbose,
  });
}

/** Width of what is written to: of the terminal, else what `COLUMNS` says, else that of a classic terminal. */
function columnsOf({ env }: System, terminal: boolean): number {
  const asked = Number(env.COLUMNS);
  const own = terminal ? process.stdout.columns : 0;
  return own || (Number.isInteger(asked) && asked > 0 ? asked : 80);
}
