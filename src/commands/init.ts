import { resolve } from 'node:path';
import { providerIds } from '../accounts/find.ts';
import { loadConfig } from '../config/load.ts';
import { installedPath } from '../init/installed.ts';
import { dataHome } from '../init/runtime.ts';
import { CLIENT_TARGET, INIT_TARGETS } from '../init/target.ts';
import type { InitTarget } from '../init/target.ts';
import { TARGETS } from '../init/targets/index.ts';
import type { System } from '../platform/system.ts';
import { NO_FOLLOW_UP } from '../prerender/follow-up.ts';
import type { FollowUp } from '../prerender/follow-up.ts';
import { result, UsageError } from './command.ts';
import type { Command, CommandResult, Program } from './command.ts';
import { installTarget, uninstallAll, uninstallTarget } from './init-changes.ts';
import { prerenderedVariant, refusalToInstall, runtimeOf } from './init-runtime.ts';

interface InitOptions {
  /** Null, with `uninstall`: all of them; else those that `usageline setup` finds. */
  readonly target: InitTarget | null;
  readonly action: 'print' | 'install' | 'uninstall';
  /** The file to change instead of the usual one; null: the usual one. */
  readonly file: string | null;
  /** Whether to change files without asking the user. */
  readonly yes: boolean;
  /** Whether to show the changes only. */
  readonly dryRun: boolean;
}

/** `usageline init`: prints what a host needs, installs it, or removes it. */
export const command: Command<InitOptions> = {
  name: 'init',
  synonyms: ['add'],
  instead: { uninstall: 'init --uninstall' },
  about: 'print, install or remove what a shell, bar, editor or timer needs to show the line',
  argument: {
    name: 'target',
    required: false,
    choices: Object.keys(INIT_TARGETS),
    sets: (target) => ({ target: target as InitTarget }),
  },
  options: [
    {
      flag: '--install',
      about: 'install it, after showing what changes',
      sets: { action: 'install' },
    },
    {
      flag: '--uninstall',
      about: 'remove it; without a target: everything, the cache included',
      sets: { action: 'uninstall' },
    },
    {
      flag: '--file',
      value: 'path',
      about: 'change this file instead of the usual one',
      sets: (file) => ({ file }),
    },
    { flag: '--yes', about: 'do not ask before changing files', sets: { yes: true } },
    {
      flag: '--dry-run',
      about: 'with --install or --uninstall: show what would change, and change nothing',
      sets: { dryRun: true },
    },
  ],
  defaults: { target: null, action: 'print', file: null, yes: false, dryRun: false },
  help: `
Targets:
${Object.entries(INIT_TARGETS)
  .map(([name, about]) => `  ${name.padEnd(12)} ${about}`)
  .join('\n')}

Examples:
  usageline init                        the same as usageline setup
  usageline init zsh --install          add a block to ~/.zshrc, shown first
  usageline init zsh --uninstall        restore the file, byte for byte
  usageline init --uninstall            remove everything, the cache included
  usageline init tmux                   print it, and where it belongs
  usageline init ${CLIENT_TARGET} --install --dry-run
  eval "$(usageline init zsh)"          for this shell only, without any change
`,
  run(system, options, all) {
    checkOptions(options);
    return init(system, options, all);
  },
};

/** Throws a `UsageError` for a combination of options of which one would be ignored. */
function checkOptions({ target, action, file, yes, dryRun }: InitOptions): void {
  if (file === '') throw new UsageError("--file is ''; accepted: a path");
  if (target === null && file !== null) {
    throw new UsageError(`--file needs a target; accepted: ${Object.keys(INIT_TARGETS).join(', ')}`);
  }
  const flags = { '--file': file !== null, '--yes': yes, '--dry-run': dryRun };
  const idle = Object.entries(flags).find(([, given]) => given);
  // Without a target it is `usageline setup`, which takes these two.
  if (target === null && action === 'print' && idle?.[0] !== '--file') return;
  if (action === 'print' && idle !== undefined) {
    throw new UsageError(`${idle[0]} needs --install or --uninstall`);
  }
}

async function init(
  system: System,
  options: InitOptions,
  all: () => Promise<Program>,
): Promise<CommandResult> {
  const { target, action, file } = options;
  if (target === null && action !== 'uninstall') {
    const { setup } = await import('./setup.ts');
    return setup(system, options, all);
  }
  const runtime = await runtimeOf(system, all);
  if (target !== null && action === 'print') {
    return result(TARGETS[target].snippet(runtime), { followUp: followUpFor(system, target) });
  }
  const foreign = refusalToInstall(system, runtime);
  if (foreign !== null) return foreign;
  const notes = installedPath(dataHome(runtime));
  if (target === null) {
    const providers = providerIds(await loadConfig(system));
    return uninstallAll(system, runtime, { ...options, notes }, providers);
  }
  const how = TARGETS[target].install;
  if (typeof how === 'string') throw new UsageError(`'${target}' is printed only: ${how}`);
  if (file !== null && how.multipleFiles) {
    throw new UsageError(`--file names one file, and '${target}' has several`);
  }
  const job = { ...options, file: file && resolve(file), target, how, notes };
  if (action === 'uninstall') return uninstallTarget(system, runtime, job);
  return installTarget(system, runtime, { ...job, followUp: followUpFor(system, target) });
}

/** Prerenders the line of the target, so that its first call finds one. */
function followUpFor(system: System, target: InitTarget): FollowUp {
  const wanted = prerenderedVariant(system, target);
  return wanted === null ? NO_FOLLOW_UP : { kind: 'prerender', wanted, horizonMs: Number.POSITIVE_INFINITY };
}
