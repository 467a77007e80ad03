import type { UsageOptions } from '../options.ts';
import { isTerminal, STDOUT } from '../output.ts';
import { wantsColor } from '../render/color.ts';
import { renderJson } from '../render/json.ts';
import { DEFAULT_LOOKS } from '../render/looks.ts';
import { isLineKind, OUTPUT_KINDS } from '../render/outputs/kinds.ts';
import { renderOutput } from '../render/outputs/index.ts';
import { resolve } from '../resolve/resolve.ts';
import type { System } from '../system.ts';
import type { Usage } from '../usage/model.ts';
import { endpointOf, exitCodeOf, resolveDeps, result, warningText } from './command.ts';
import type { CommandResult } from './command.ts';
import { readyNameOf } from './hit.ts';

/** The line (`usageline`), the table (`usageline show`), and either as JSON. */
export async function usage(system: System, options: UsageOptions): Promise<CommandResult> {
  const { command, json } = options;
  const terminal = isTerminal(system, STDOUT);
  // A prompt or a bar never waits, not even the first time.
  const waits = command === 'show' || json || terminal;
  const policy = options.policy ?? (waits ? 'wait' : 'background');
  const resolution = await resolve(
    resolveDeps(system, { ...options, thorough: command === 'show' && !json }),
    {
      ...endpointOf(system),
      policy,
      force: false,
      patient: false,
      eager: terminal || options.policy === 'wait' || (command === 'show' && !json),
      person: terminal || options.policy === 'wait' || (command === 'show' && !json),
    },
  );
  const { startBackground, asked, settled } = resolution;
  const text = `${await render(system, options, resolution.usage, terminal)}\n`;
  const exitCode = exitCodeOf(resolution.usage);
  if (json || command === 'show') {
    const stderr = json ? '' : warningText(system, resolution.warning);
    const missed = json && command === 'line' && settled && resolution.usage.state === 'fresh';
    const wanted = missed ? readyNameOf(system, options) : null;
    return result(text, {
      startBackground,
      stderr,
      exitCode,
      prepare: asked || wanted ? { wanted } : null,
    });
  }
  // What cannot be prepared misses nothing.
  const wanted = isLineKind(options.output) ? readyNameOf(system, options) : null;
  const prepare = asked || startBackground || (settled && wanted) ? { wanted } : null;
  return result(text, { startBackground, prepare });
}

async function render(
  system: System,
  { command, json, output, color: flag }: UsageOptions,
  answer: Usage,
  terminal: boolean,
): Promise<string> {
  if (json) return renderJson(answer);
  const { env } = system;
  const color = wantsColor({ flag, env, kindDefault: OUTPUT_KINDS[output], isTerminal: () => terminal });
  if (!isLineKind(output)) {
    const { renderDocument } = await import('../render/outputs/documents.ts');
    return renderDocument(output, answer, { color, countdowns: true, looks: DEFAULT_LOOKS });
  }
  if (command === 'line') return renderOutput(output, answer, { color, countdowns: true });
  const { renderShow } = await import('../render/show.ts');
  return renderShow(answer, { color, columns: columnsOf(system, terminal) });
}

/** Width of what is written to: of the terminal, else what `COLUMNS` says, else that of a classic terminal. */
function columnsOf({ env }: System, terminal: boolean): number {
  const asked = Number(env.COLUMNS);
  const own = terminal ? process.stdout.columns : 0;
  return own || (Number.isInteger(asked) && asked > 0 ? asked : 80);
}
