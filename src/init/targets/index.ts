import type { InitTarget } from '../target.ts';
import type { Target } from '../target.ts';
import { bash } from './bash.ts';
import { claude } from './claude.ts';
import { completions } from './completions.ts';
import { cron } from './cron.ts';
import { emacs } from './emacs.ts';
import { fish } from './fish.ts';
import { i3blocks } from './i3blocks.ts';
import { kitty } from './kitty.ts';
import { neovim } from './neovim.ts';
import { nushell } from './nushell.ts';
import { ohMyPosh } from './oh-my-posh.ts';
import { p10k } from './p10k.ts';
import { polybar } from './polybar.ts';
import { powershell } from './powershell.ts';
import { prometheus } from './prometheus.ts';
import { sh } from './sh.ts';
import { sketchybar } from './sketchybar.ts';
import { starship } from './starship.ts';
import { systemd } from './systemd.ts';
import { tmux } from './tmux.ts';
import { vim } from './vim.ts';
import { vscode } from './vscode.ts';
import { waybar } from './waybar.ts';
import { wezterm } from './wezterm.ts';
import { xbar } from './xbar.ts';
import { zellij } from './zellij.ts';
import { zsh } from './zsh.ts';

/** The hosts by name. */
export const TARGETS: Readonly<Record<InitTarget, Target>> = {
  zsh,
  bash,
  fish,
  nushell,
  powershell,
  sh,
  starship,
  p10k,
  'oh-my-posh': ohMyPosh,
  tmux,
  zellij,
  kitty,
  wezterm,
  vim,
  neovim,
  emacs,
  vscode,
  claude,
  waybar,
  polybar,
  i3blocks,
  sketchybar,
  xbar,
  cron,
  systemd,
  completions,
  prometheus,
};
