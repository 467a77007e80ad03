import { outputConfigOf } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { isTerminal, STDERR, STDOUT } from '../platform/stdio.ts';
import { wantsColor } from '../render/wants-color.ts';
import { renderJson, renderJsonOfAll } from '../render/json.ts';
import { isLineKind, OUTPUT_KINDS } from '../render/outputs/kinds.ts';
import { renderOutput } from '../render/outputs/index.ts';
import type { System } from '../platform/system.ts';
import { isUnchosen } from '../accounts/account.ts';
import { policyOf } from './callers.ts';
import { result, UsageError } from './command.ts';
import { askAccounts, leastOf } from './asking.ts';
import type { Answers } from './asking.ts';
import { afterResolving, exitCodeOf, firstWarning, warningText } from './resolving.ts';
import type { CommandResult } from './command.ts';
import type { UsageOptions } from './fast-options.ts';
import { zoneName } from '../zone/local.ts';
import { checkedFormat } from './format.ts';
import { columnsOf } from './width.ts';
import { inTerminalCharset } from '../config/locale.ts';
import { keepsWeight, withoutHue } from '../render/without-hue.ts';
import { localAppearance } from '../config/local-appearance.ts';
import { variantOf } from '../prerender/variant.ts';

/** `usageline` and `usageline show`: the line or the table, or JSON for either. */
export async function usage(system: System, options: UsageOptions): Promise<CommandResult> {
  const { command, json } = options;
  // First of all, so that wrong usage is reported at once.
  const format = checkedFormat(system.env, options.format);
  if (options.format !== null && options.output === 'openmetrics') {
    throw new UsageError('--format cannot be used with --output openmetrics; accepted: one of them');
  }
  const terminal = isTerminal(system, STDOUT);
  const shows = command === 'show' && !json;
  const isPerson = terminal || options.policy === 'wait';
  const caller = policyOf(shows ? 'show' : isPerson ? 'terminal' : json ? 'script' : 'prompt');
  const config = await loadConfig(system);
  const { scansAll, ...question } = { ...caller, policy: options.policy ?? caller.policy };
  // A program that asks without options gets one object, whatever the line shows.
  const scope = json ? { ...config, lineAccounts: null } : config;
  const answers = await askAccounts(system, scope, options, { ...options, scansAll }, question);
  const { settled } = answers;
  const usages = json && isUnchosen(options) ? answers.usages.slice(0, 1) : answers.usages;
  const shown = { usage: answers.usage, usages };
  const text = `${await render(system, config, { ...options, format }, shown, terminal)}\n`;
  const exitCode = leastOf(usages.map(exitCodeOf));
  if (json || command === 'show') {
    const stderr = json ? '' : warningText(config, ...answers.warnings);
    const isKept = json && command === 'line' && isUnchosen(options);
    const missed = isKept && settled && answers.usage.state === 'fresh' && answers.usages.length === 1;
    const wanted = missed ? variantOf(system, options) : null;
    return result(text, { stderr, exitCode, followUp: afterResolving(answers, wanted) });
  }
  // A person gets a line that is resolved each time while the configuration has a mistake: see `prerender/store.ts`.
  const stderr = terminal && isTerminal(system, STDERR) ? firstWarning(config) : '';
  // A document is never prerendered.
  const wanted = isLineKind(options.output) ? variantOf(system, { ...options, format }) : null;
  return result(text, { stderr, followUp: afterResolving(answers, wanted, settled && wanted !== null) });
}

async function render(
  system: System,
  config: Config,
  { command, json, output, format, color: flag, verbose, all }: UsageOptions,
  { usage: shown, usages }: Pick<Answers, 'usage' | 'usages'>,
  terminal: boolean,
): Promise<string> {
  if (json) return all || usages.length > 1 ? renderJsonOfAll(usages, system.now()) : renderJson(usages);
  const { env } = system;
  const { appearance: usual, color: configured } = outputConfigOf(
    config,
    command === 'show' ? 'show' : output,
  );
  const appearance = localAppearance(system, usual, format);
  const kindDefault = OUTPUT_KINDS[output];
  const color = wantsColor({ flag, env, configured, kindDefault, isTerminal: () => terminal });
  if (!isLineKind(output)) {
    const { renderDocument } = await import('../render/outputs/documents.ts');
    return renderDocument(output, shown, { color, countdowns: true, appearance });
  }
  if (command === 'line') {
    // Only plain text is fitted to the terminal: the other kinds hold markup of hosts.
    const columns = terminal && output === 'plain' ? process.stdout.columns || null : null;
    return renderOutput(output, shown, { color, appearance, countdowns: true, columns });
  }
  const { renderShow } = await import('../render/show.ts');
  const zoneNames =
    zoneName(env) === null ? null : (await import('../zone/names.ts')).zoneNames(system, appearance.zone);
  const isHueless = keepsWeight({ flag, env, isTerminal: () => terminal });
  const drawn = terminal ? inTerminalCharset(system, appearance) : appearance;
  return renderShow(usages, {
    color: color || isHueless,
    appearance: isHueless ? { ...drawn, colors: withoutHue(drawn.colors) } : drawn,
    zoneNames,
    columns: columnsOf(system, terminal),
    verbose,
  });
}
