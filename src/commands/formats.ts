import { outputConfigOf } from '../config/config.ts';
import { NO_CHOICE } from '../accounts/account.ts';
import { hasNumbers } from '../render/selection.ts';
import { loadConfig } from '../config/load.ts';
import { localAppearance } from '../config/local-appearance.ts';
import { isTerminal, STDOUT } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import { depthOf } from '../render/palettes.ts';
import { renderFormats } from '../render/formats.ts';
import { wantsColor } from '../render/wants-color.ts';
import type { ColorFlag } from '../render/wants-color.ts';
import type { Usage } from '../usage/model.ts';
import { policyOf } from './callers.ts';
import { result } from './command.ts';
import type { Command, CommandResult } from './command.ts';
import { COLOR } from './fast-options.ts';
import { withTexts } from './options.ts';
import { askAccounts } from './asking.ts';
import { warningText } from './resolving.ts';
import { columnsOf } from './width.ts';

/** Options of `usageline formats`. */
export interface FormatsCommandOptions {
  readonly color: ColorFlag;
}

/** `usageline formats`: previews of all presets and palettes. */
export const command: Command<FormatsCommandOptions> = {
  name: 'formats',
  synonyms: ['presets', 'palette', 'palettes', 'theme', 'themes', 'colors', 'preview'],
  about: 'show every preset and palette with your own numbers, without a request',
  options: withTexts<FormatsCommandOptions>(COLOR),
  defaults: { color: 'auto' },
  help: `
Examples:
  usageline formats
  usageline --format bars                  one of them
  usageline --format '{5h.percent}'        one of your own
  usageline config set format bars         for good
`,
  run: formats,
};

async function formats(system: System, { color: flag }: FormatsCommandOptions): Promise<CommandResult> {
  const config = await loadConfig(system);
  const { scansAll, ...question } = { ...policyOf('prompt'), policy: 'cached' as const };
  const options = { timeoutMs: null, debug: false, scansAll };
  const { usages } = await askAccounts(system, config, NO_CHOICE, options, question);
  const usage = usages.find(hasNumbers) ?? (usages[0] as Usage);
  const terminal = isTerminal(system, STDOUT);
  const { appearance, color: configured } = outputConfigOf(config, 'plain');
  const { env } = system;
  const color = wantsColor({ flag, env, configured, kindDefault: null, isTerminal: () => terminal });
  const text = renderFormats(usage, {
    color,
    depth: depthOf(env),
    appearance: localAppearance(system, appearance, null),
    columns: columnsOf(system, terminal),
  });
  return result(`${text}\n`, { stderr: warningText(config) });
}
