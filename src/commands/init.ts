import { resolve } from 'node:path';
import { installedPath } from '../init/installed.ts';
import { dataHome } from '../init/runtime.ts';
import { CLIENT_TARGET, INIT_TARGETS } from '../init/target.ts';
import type { InitTarget } from '../init/target.ts';
import { TARGETS } from '../init/targets/index.ts';
import { thisMachine } from '../init/this-machine.ts';
import { foreignHomeReason } from '../init/user-file.ts';
import type { System } from '../platform/system.ts';
import { NO_FOLLOW_UP } from '../prerender/follow-up.ts';
import type { FollowUp } from '../prerender/follow-up.ts';
import type { LineKind } from '../render/outputs/kinds.ts';
import { result, UsageError } from './command.ts';
import type { Command, CommandResult } from './command.ts';
import { HOOK_VARIABLES, hookFiles, hookVariant } from './hook-files.ts';
import { failure, installTarget, uninstallAll, uninstallTarget } from './init-changes.ts';

interface InitOptions {
  /** Null, with `uninstall`: all of them. */
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
  usageline init zsh --install          add a marked block to ~/.zshrc, shown before it is written
  usageline init zsh --uninstall        restore the file, byte for byte
  usageline init --uninstall            remove everything: all targets, the launcher, the cache
  usageline init tmux                   print it, and the file that it belongs in
  usageline init ${CLIENT_TARGET} --install --dry-run
  eval "$(usageline init zsh)"          for this shell only, without a change to any file
`,
  run(system, options) {
    checkOptions(options);
    return init(system, options);
  },
};

/** Throws a `UsageError` for a combination of options of which one would be ignored. */
function checkOptions({ target, action, file, yes, dryRun }: InitOptions): void {
  if (target === null && action !== 'uninstall') {
    throw new UsageError(`'init' needs a target; accepted: ${Object.keys(INIT_TARGETS).join(', ')}`);
  }
  if (file === '') throw new UsageError("--file is ''; accepted: a path");
  if (target === null && file !== null) throw new UsageError("option '--file' needs a target");
  const flags = { '--file': file !== null, '--yes': yes, '--dry-run': dryRun };
  const idle = Object.entries(flags).find(([, given]) => given);
  if (action === 'print' && idle !== undefined) {
    throw new UsageError(`option '${idle[0]}' needs '--install' or '--uninstall'`);
  }
}

function init(system: System, options: InitOptions): CommandResult {
  const { target, action, file } = options;
  const runtime = thisMachine(system, {
    hookVariables: HOOK_VARIABLES,
    hookPaths: (shell) => hookFiles(system, shell),
  });
  if (typeof runtime === 'string') throw new UsageError(runtime);
  if (target !== null && action === 'print') {
    return result(TARGETS[target].snippet(runtime), { followUp: followUpFor(system, target) });
  }
  if (system.platform === 'win32') {
    throw new UsageError('--install and --uninstall are not for Windows; paste what is printed without them');
  }
  const foreign = foreignHomeReason(system, runtime.home);
  if (foreign !== null) return failure(`nothing has been changed: ${foreign}`);
  const notes = installedPath(dataHome(runtime));
  if (target === null) return uninstallAll(system, runtime, { ...options, notes });
  const how = TARGETS[target].install;
  if (typeof how === 'string') throw new UsageError(`'${target}' is printed only: ${how}`);
  if (file !== null && how.multipleFiles) {
    throw new UsageError(`--file names one file, and '${target}' has several`);
  }
  const job = { ...options, file: file && resolve(file), target, how, notes };
  if (action === 'uninstall') return uninstallTarget(system, runtime, job);
  return installTarget(system, runtime, { ...job, followUp: followUpFor(system, target) });
}

/** The targets that read a prerendered line from its file, with the output kind. */
const PRERENDERED: Partial<Record<InitTarget, LineKind>> = {
  zsh: 'zsh',
  bash: 'bash',
  fish: 'fish',
  p10k: 'zsh',
  tmux: 'tmux',
  starship: 'starship',
};

/** Prerenders the line of the target, so that its first call finds one. */
function followUpFor(system: System, target: InitTarget): FollowUp {
  const output = PRERENDERED[target];
  if (output === undefined) return NO_FOLLOW_UP;
  return { kind: 'prerender', wanted: hookVariant(system, output), horizonMs: Number.POSITIVE_INFINITY };
}
