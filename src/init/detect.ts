import { frameworkIn } from './prompt-framework.ts';
import { absoluteDirectory, configHome } from './runtime.ts';
import type { HookShell, Runtime } from './runtime.ts';
import { CLIENT_TARGET } from './target.ts';
import type { InitTarget } from './target.ts';
import { bashrc } from './targets/bash.ts';
import { zshrc } from './targets/zsh.ts';

/*
 * Finds the hosts of this machine, for `usageline setup`: programs in PATH, and prompt frameworks in rc files. kitty is left
 * to `usageline init`: it takes a row of every window for the tab bar, and a function of usageline's draws the tabs.
 */

/** The commands whose hosts have a target. */
const COMMANDS: Readonly<Partial<Record<InitTarget, string>>> = {
  nushell: 'nu',
  powershell: 'pwsh',
  tmux: 'tmux',
  wezterm: 'wezterm',
  vim: 'vim',
  neovim: 'nvim',
  emacs: 'emacs',
  waybar: 'waybar',
  polybar: 'polybar',
  i3blocks: 'i3blocks',
};

/** The targets for the hosts of this machine, in the order of `setup`: a framework stands for its shells. */
export function findHosts(runtime: Runtime): InitTarget[] {
  const rcs: Record<HookShell, string> = {
    zsh: zshrc(runtime),
    bash: bashrc(runtime),
    fish: `${configHome(runtime)}/fish/config.fish`,
  };
  const shells = (Object.keys(rcs) as HookShell[]).filter((shell) => runtime.hasCommand(shell));
  const prompts = shells.map((shell): InitTarget => {
    const framework = frameworkIn(runtime.readText(rcs[shell]));
    return framework === null || (framework === 'p10k' && shell !== 'zsh') ? shell : framework;
  });
  const client = absoluteDirectory(runtime.env.CLAUDE_CONFIG_DIR) ?? `${runtime.home}/.claude`;
  const hosts: InitTarget[] = (Object.keys(COMMANDS) as InitTarget[]).filter((target) =>
    runtime.hasCommand(COMMANDS[target] ?? ''),
  );
  if (runtime.hasCommand('claude') || runtime.exists(client)) hosts.push(CLIENT_TARGET);
  if (shells.length > 0) hosts.push('completions');
  return [...new Set([...prompts, ...hosts])];
}
