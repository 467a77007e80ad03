import { NO_CHOICE } from '../accounts/account.ts';
import { outputConfigOf } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { localAppearance } from '../config/local-appearance.ts';
import { texts } from '../fetch/registry.ts';
import { askForText } from '../init/confirm.ts';
import { findHosts } from '../init/detect.ts';
import { installedPath, installedProblem } from '../init/installed.ts';
import { dataHome } from '../init/runtime.ts';
import type { FileChange } from '../init/plan.ts';
import type { Runtime } from '../init/runtime.ts';
import { INIT_TARGETS } from '../init/target.ts';
import type { InitTarget, Install } from '../init/target.ts';
import { TARGETS } from '../init/targets/index.ts';
import { isTerminal, printable, STDOUT, writeOut } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import type { LineKind } from '../render/outputs/kinds.ts';
import { errorSentence } from '../render/messages.ts';
import { renderOutput } from '../render/outputs/index.ts';
import { wantsColor } from '../render/wants-color.ts';
import type { Usage, Window } from '../usage/model.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../usage/time.ts';
import { policyOf } from './callers.ts';
import { result, UsageError } from './command.ts';
import type { Command, CommandResult, Program } from './command.ts';
import { alone, decideInstall, failure, nextStep, warningsAbout } from './init-changes.ts';
import type { Decision } from './init-changes.ts';
import { prerenderedVariant, refusalToInstall, runtimeOf } from './init-runtime.ts';
import { askAccounts } from './asking.ts';
import { warningText } from './resolving.ts';
import { chosenIn, choiceText, questionAbout } from './setup-answer.ts';
import { INDENT, listed, named, pageOf, prose } from './setup-page.ts';
import type { Page } from './setup-page.ts';
import { sketchOf } from './setup-preview.ts';
import type { Shown } from './setup-preview.ts';

/** The options of `usageline setup`. */
export interface SetupOptions {
  /** Whether to install everything without asking the user. */
  readonly yes: boolean;
  /** Whether to show the plan only. */
  readonly dryRun: boolean;
}

/** `usageline setup`: finds the hosts of this machine, shows the line in each, asks once, and installs. */
export const command: Command<SetupOptions> = {
  name: 'setup',
  synonyms: ['install', 'wizard'],
  about: 'find shells, bars and editors, show the line in each, and install it there',
  options: [
    { flag: '--yes', about: 'do not ask before changing files', sets: { yes: true } },
    { flag: '--dry-run', about: 'show what would change, and change nothing', sets: { dryRun: true } },
  ],
  defaults: { yes: false, dryRun: false },
  insteadOf: (word) => (Object.hasOwn(INIT_TARGETS, word) ? `init ${word} --install` : null),
  help: `
Answer the question with y, with n, with what to install (2, vim, 1-3), or with
what to leave out (-2, -vim). Without a terminal it prints the plan and changes
nothing.

Examples:
  usageline setup
  usageline setup --yes            install everything that is found
  usageline init --uninstall       undo all of it
  usageline init zsh --install     one host only
`,
  run: setup,
};

/** A host that was found, and what would be changed for it. */
interface Entry {
  readonly target: InitTarget;
  readonly how: Install;
  readonly decision: Decision;
}

type Change = Extract<Decision, { kind: 'change' }>;

/** Finds, shows, asks and installs. */
export async function setup(
  system: System,
  { yes, dryRun }: SetupOptions,
  all: () => Promise<Program>,
): Promise<CommandResult> {
  const runtime = await runtimeOf(system, all);
  if (system.platform === 'win32') {
    throw new UsageError("'setup' is not for Windows; usageline init <target> prints what to paste");
  }
  const refusal = refusalToInstall(system, runtime);
  if (refusal !== null) return refusal;
  const notes = installedPath(dataHome(runtime));
  const problem = installedProblem(system, notes);
  if (problem !== null) return failure(`nothing has been changed: ${problem}`);

  const terminal = isTerminal(system, STDOUT);
  const config = await loadConfig(system);
  const entries = findHosts(runtime).flatMap((target) => entryOf(system, runtime, target, notes));
  const usage = await usageFor(system, config, terminal || yes);
  const page = pageOf(terminal, process.stdout.columns);
  const plan = planText(system, runtime, config, entries, usage, page);
  const warnings = warningText(config);
  const toInstall = entries.filter(({ decision }) => decision.kind === 'change');
  if (toInstall.length === 0) return result(plan, { stderr: warnings });
  if (dryRun) return result(`${plan}nothing has been changed (--dry-run)\n`, { stderr: warnings });
  if (!writeOut(system, STDOUT, plan)) return failure('standard output cannot be written');
  const chosen = yes ? toInstall : chosenBy(system, toInstall, page);
  if (chosen === 'no terminal') return result(NOT_ASKED, { stderr: warnings });
  if (chosen.length === 0) return failure('nothing has been changed');
  return install(system, runtime, chosen, notes, page);
}

const NOTHING_FOUND = `No host was found that setup knows: no shell, bar or editor in PATH, and no ${texts.client}.
For one that is not in PATH: usageline init <target> --install. The targets: usageline init --help
`;
const NOT_ASKED = 'Nothing has been changed: without a terminal, setup needs --yes.\n';

function entryOf(system: System, runtime: Runtime, target: InitTarget, notes: string): Entry[] {
  const how = TARGETS[target].install;
  if (typeof how === 'string') return [];
  const decision = decideInstall(system, runtime, jobFor(target, how, notes));
  return [{ target, how, decision }];
}

function jobFor(target: InitTarget, how: Install, notes: string) {
  return { target, how, notes, file: null, action: 'install', yes: true, dryRun: false } as const;
}

/** The usage for the preview: a person at a terminal waits for fresh numbers, at most the usual deadline. */
async function usageFor(system: System, config: Config, waits: boolean): Promise<Usage> {
  const { scansAll, ...caller } = policyOf(waits ? 'terminal' : 'prompt');
  const question = { ...caller, policy: waits ? ('wait' as const) : ('cached' as const) };
  const options = { timeoutMs: null, debug: false, scansAll };
  return (await askAccounts(system, config, NO_CHOICE, options, question)).usage;
}

/** Numbers for a preview without any of one's own. */
function exampleOf(usage: Usage): Usage {
  const { generatedAt: now } = usage;
  const window: Window = {
    id: 'five_hour',
    label: '5h',
    model: null,
    usedPercent: 22,
    resetsAt: now + 4 * HOUR + 37 * MINUTE,
    windowSeconds: (5 * HOUR) / SECOND,
    elapsed: false,
    source: 'endpoint',
    readAt: now,
  };
  const week: Window = {
    ...window,
    id: 'seven_day',
    label: '7d',
    usedPercent: 83,
    resetsAt: now + DAY,
    windowSeconds: (7 * DAY) / SECOND,
  };
  return { ...usage, state: 'fresh', error: null, windows: [window, week] };
}

function planText(
  system: System,
  runtime: Runtime,
  config: Config,
  entries: readonly Entry[],
  known: Usage,
  page: Page,
): string {
  if (entries.length === 0) return prose(NOTHING_FOUND, page);
  const isExample = known.windows.length === 0;
  const usage = isExample ? exampleOf(known) : known;
  const { env } = system;
  const color = wantsColor({
    flag: 'auto',
    env,
    configured: config.common.color,
    kindDefault: null,
    isTerminal: () => page.terminal,
  });
  const render = (kind: LineKind, { columns: most, format }: Shown) => {
    const { appearance } = outputConfigOf(config, kind);
    return renderOutput(kind, usage, {
      color,
      countdowns: true,
      appearance: localAppearance(system, appearance, format),
      columns: most,
    });
  };
  const toInstall = entries.filter(({ decision }) => decision.kind === 'change');
  const shown = toInstall.map(({ target, decision }, index) => {
    const sketch = sketchOf(target, { columns: page.sketch, color, render });
    const picture = sketch === null ? '' : `${sketch.replace(/^/gm, INDENT)}\n`;
    const files = filesOf(runtime, decision as Change).map(({ path, found }) => {
      const isNew = found.text === null && found.real === path;
      return `${printable(inHome(runtime, path))}${isNew ? ' (new)' : ''}`;
    });
    const name = `${String(index + 1).padStart(2)}  ${target.padEnd(12)} `;
    return `${listed(name, files, page)}\n${picture}`;
  });
  const settled = entries.filter(({ decision }) => decision.kind === 'note').map(({ target }) => target);
  const refused = entries.flatMap(({ target, decision }) =>
    decision.kind === 'refused' ? [`Left out: ${target}: ${printable(decision.reasons.join('; '))}\n`] : [],
  );
  const before = [
    'The line shows how much of your AI coding subscriptions is used.\n',
    isExample && shown.length > 0 ? `The numbers are examples. ${whyNone(known)}\n` : '',
    '\n',
  ];
  const after = [
    shown.length > 0 ? '\n' : '',
    settled.length > 0 ? `Installed already: ${settled.join(', ')}\n` : '',
    ...refused,
    refused.length > 0 ? 'To add one by hand: usageline init <target>\n' : '',
    warningsAbout(system, runtime),
    shown.length > 0 ? 'What each changes: usageline init <target> --install --dry-run\n' : '',
    shown.length > 0 || settled.length > 0 ? 'To undo all:       usageline init --uninstall\n' : '',
    shown.length > 0 ? '' : 'Nothing to install.\n',
  ];
  return prose(before.join(''), page) + shown.join('\n') + prose(after.join(''), page);
}

/** Why there are no numbers, and what to do. */
function whyNone(usage: Usage): string {
  return errorSentence(usage) ?? 'None are known yet.';
}

/** The files that change, as far as they are the user's or the host's. */
function filesOf(runtime: Runtime, { changes }: Change): readonly FileChange[] {
  const own = changes.filter(({ record }) => record.users === null);
  const outside = own.filter(({ path }) => !path.startsWith(`${dataHome(runtime)}/`));
  return outside.length > 0 ? outside : own;
}

function inHome({ home }: Runtime, path: string): string {
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

const ATTEMPTS = 3;

/** Asks which hosts to install, and says which ones that are. */
function chosenBy(system: System, entries: readonly Entry[], page: Page): readonly Entry[] | 'no terminal' {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const answer = askForText(system, prose(questionAbout(entries.length), page));
    if (answer === null) return 'no terminal';
    const chosen = chosenIn(answer, entries);
    const said = typeof chosen === 'string' ? chosen : choiceText(chosen, entries);
    if (said !== '') writeOut(system, STDOUT, `${prose(said, page)}\n`);
    if (typeof chosen !== 'string') return chosen;
  }
  return [];
}

const TO_UNDO = `To undo all: usageline init --uninstall
To undo one: usageline init <target> --uninstall
`;

/** Installs the chosen targets one after the other: each is installed as a whole, or not at all. */
async function install(
  system: System,
  runtime: Runtime,
  chosen: readonly Entry[],
  notes: string,
  page: Page,
): Promise<CommandResult> {
  const installed: Entry[] = [];
  const problems: string[] = [];
  const outcome = alone(system, { action: 'install', notes, yes: true, dryRun: false }, () => {
    for (const entry of chosen) {
      const problem = installOne(system, runtime, entry, notes);
      if (problem === null) installed.push(entry);
      else problems.push(`usageline: ${entry.target}: ${problem}\n`);
    }
    return result('');
  });
  if (outcome.exitCode !== 0) return outcome;
  const { prerender } = await import('../prerender/store.ts');
  const variants = installed.map(({ target }) => prerenderedVariant(system, target));
  for (const variant of variants) {
    if (variant !== null) await prerender(system, variant, Number.POSITIVE_INFINITY);
  }
  const width = Math.max(...installed.map(({ target }) => target.length), 0);
  const lines = installed.map(({ target, how }) =>
    named(`  ${target.padEnd(width)}  `, nextStep(runtime, how, null), page),
  );
  const text = installed.length === 0 ? '' : `Installed:\n${lines.join('\n')}\n${prose(TO_UNDO, page)}`;
  return result(text, { stderr: problems.join(''), exitCode: problems.length > 0 ? 1 : 0 });
}

/** Installs a target if its own files would change as they were shown. Returns in words why it did not; or null. */
function installOne(
  system: System,
  runtime: Runtime,
  { target, how, decision }: Entry,
  notes: string,
): string | null {
  const now = decideInstall(system, runtime, jobFor(target, how, notes));
  if (now.kind === 'refused') return now.reasons.join('; ');
  if (now.kind === 'note') return now.note();
  if (ownTexts(decision as Change) !== ownTexts(now))
    return `left as it is: its files have been changed since they were shown. To add it: usageline init ${target} --install`;
  const { exitCode, stderr } = now.act();
  return exitCode === 0 ? null : stderr.replace(/^usageline: /, '').trimEnd();
}

/** The texts that the files of one target get, without those that targets share. */
function ownTexts({ changes }: Change): string {
  return JSON.stringify(
    changes.filter(({ record }) => record.users === null).map(({ path, edit }) => [path, edit.after]),
  );
}
