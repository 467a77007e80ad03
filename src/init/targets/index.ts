import type { InitTarget } from '../target.ts';
import type { Target } from '../target.ts';
import { bash } from './bash.ts';
import { claude } from './claude.ts';
import { cron } from './cron.ts';
import { fish } from './fish.ts';
import { i3blocks } from './i3blocks.ts';
import { neovim } from './neovim.ts';
import { ohMyPosh } from './oh-my-posh.ts';
import { p10k } from './p10k.ts';
import { polybar } from './polybar.ts';
import { prometheus } from './prometheus.ts';
import { sh } from './sh.ts';
import { sketchybar } from './sketchybar.ts';
import { starship } from './starship.ts';
import { systemd } from './systemd.ts';
import { tmux } from './tmux.ts';
import { vim } from './vim.ts';
import { vscode } from './vscode.ts';
import { waybar } from './waybar.ts';
import { xbar } from './xbar.ts';
import { zsh } from './zsh.ts';

/** The hosts by name. */
export const TARGETS: Readonly<Record<InitTarget, Target>> = {
  zsh,
  bash,
  fish,
  sh,
  starship,
  p10k,
  'oh-my-posh': ohMyPosh,
  tmux,
  vim,
  neovim,
  vscode,
  claude,
  waybar,
  polybar,
  i3blocks,
  sketchybar,
  xbar,
  cron,
  systemd,
  prometheus,
};
