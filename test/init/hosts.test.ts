import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { zshDirectory } from '../../src/init/ask-zsh.ts';
import { findHosts } from '../../src/init/detect.ts';
import { withBlock } from '../../src/init/edits/block.ts';
import type { BlockStep, Install, InitTarget } from '../../src/init/target.ts';
import { TARGETS } from '../../src/init/targets/index.ts';
import { fakeSystem } from '../support/system.ts';
import { describeWith } from '../support/tools.ts';
import { aRuntime } from './runtime.ts';

/** A runtime with these files of the user. */
function withFiles(files: Readonly<Record<string, string>>, changes = {}) {
  const paths = new Map(Object.entries(files).map(([name, text]) => [`/home/ada/${name}`, text]));
  return aRuntime({
    exists: (path) => [...paths.keys()].some((name) => name === path || name.startsWith(`${path}/`)),
    readText: (path) => paths.get(path) ?? null,
    hasCommand: (name) => ['zsh', 'bash', 'fish', 'tmux', 'nvim', 'waybar'].includes(name),
    ...changes,
  });
}

function obstacleTo(
  target: InitTarget,
  files: Readonly<Record<string, string>>,
  changes = {},
): string | null {
  const { obstacle } = TARGETS[target].install as Install;
  return obstacle?.(withFiles(files, changes), null) ?? null;
}

const P10K = '[[ ! -f ~/.p10k.zsh ]] || source ~/.p10k.zsh\n';
const STARSHIP = 'eval "$(starship init zsh)"\n';
const POSH = 'eval "$(oh-my-posh init zsh --config ~/mine.omp.json)"\n';

describe('a target whose line would not be seen', () => {
  it.each([
    ['p10k', { '.zshrc': P10K }],
    ['p10k', { '.zshrc': 'source ~/powerlevel10k/powerlevel10k.zsh-theme' }],
    ['p10k', { '.zshrc': 'ZSH_THEME="powerlevel10k/powerlevel10k"' }],
    ['starship', { '.zshrc': STARSHIP }],
    ['oh-my-posh', { '.zshrc': POSH }],
  ])('is refused, and the message names the target for %s', (target, files) => {
    expect(obstacleTo('zsh', files)).toContain(`usageline init ${target} --install`);
    expect(obstacleTo('bash', files)).toBeNull();
  });

  it('is installed where the framework is only named in a comment, or shows the variable of the hook', () => {
    expect(obstacleTo('zsh', { '.zshrc': `# ${STARSHIP}# ${P10K}` })).toBeNull();
    const toml = '[env_var.USAGELINE]\n';
    expect(obstacleTo('zsh', { '.zshrc': STARSHIP, '.config/starship.toml': toml })).toBeNull();
    expect(obstacleTo('fish', { '.config/fish/config.fish': 'starship init fish | source\n' })).toContain(
      'init starship',
    );
  });

  it('is refused where the place for the line is taken: a right side of the tab bar in WezTerm', () => {
    const { steps } = TARGETS.wezterm.install as Install;
    const step = steps(withFiles({}), null).find(({ kind }) => kind === 'block') as BlockStep;
    const text = 'wezterm.on("x", function(w) w:set_right_status("mine") end)\nreturn {}\n';
    expect(withBlock(text, step)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('set_right_status'),
    });
    expect(withBlock(`-- ${text}`, step)).toMatchObject({ kind: 'change' });
  });

  it('is refused without its program: powerlevel10k, oh-my-posh, xbar', () => {
    expect(obstacleTo('p10k', { '.zshrc': 'mine\n' })).toContain('powerlevel10k is not found');
    expect(obstacleTo('p10k', { '.zshrc': P10K })).toBeNull();
    expect(obstacleTo('oh-my-posh', {})).toContain('oh-my-posh is not found');
    expect(obstacleTo('oh-my-posh', { '.zshrc': POSH })).toBeNull();
    expect(obstacleTo('oh-my-posh', { '.zshrc': POSH.replace('json', 'yaml') })).toContain('is not JSON');
    expect(obstacleTo('oh-my-posh', { '.zshrc': 'eval "$(oh-my-posh init zsh)"' })).toContain('--file');
    expect(obstacleTo('xbar', {})).toContain('macOS');
    expect(obstacleTo('xbar', {}, { platform: 'darwin' })).toBeNull();
    expect(obstacleTo('xbar', { '.config/argos/x': '' })).toBeNull();
  });
});

describe('bash', () => {
  const after = (files: Readonly<Record<string, string>>, file: string | null = null) => {
    const { afterInstall } = TARGETS.bash.install as Install;
    return typeof afterInstall === 'string' ? afterInstall : afterInstall(withFiles(files), file);
  };

  it('says what a login shell needs whose file does not read .bashrc', () => {
    const reads = { '.profile': '. ~/.bashrc\n' };
    expect(after(reads)).toBe('Start a new shell, or: exec bash');
    expect(after({ ...reads, '.bash_profile': 'x=1\n' })).toContain(".bashrc' >> ~/.bash_profile");
    expect(after({ '.profile': 'x=1\n' })).toContain('>> ~/.profile');
    expect(after({})).toContain('>> ~/.bash_profile');
    expect(after({}, '/home/ada/.bash_profile')).toBe('Start a new shell, or: exec bash');
  });
});

describe('the hosts of a machine', () => {
  it('are left to init where they would take more than the line needs: kitty', () => {
    const found = findHosts(withFiles({}, { hasCommand: (name: string) => /kitty|wezterm/.test(name) }));
    expect(found).toEqual(['wezterm']);
  });

  it('are found by their commands, and a framework stands for its shell', () => {
    const usual = ['zsh', 'bash', 'fish', 'tmux', 'neovim', 'waybar'];
    expect(findHosts(withFiles({}))).toEqual([...usual, 'completions']);
    const files = {
      '.zshrc': P10K,
      '.bashrc': 'eval "$(starship init bash)"',
      '.claude/settings.json': '{}',
    };
    const found = 'p10k starship fish tmux neovim waybar claude completions';
    expect(findHosts(withFiles(files)).join(' ')).toBe(found);
  });
});

describeWith('zsh', 'the directory of .zshrc', () => {
  it('is the one that .zshenv sets without exporting it', () => {
    const { root, ...system } = fakeSystem();
    const env = { HOME: root, PATH: process.env.PATH ?? '' };
    const ask = () => zshDirectory({ ...system, env });
    expect(ask()).toBe(root);
    fs.writeFileSync(join(root, '.zshenv'), 'echo hello\nZDOTDIR=$HOME/z\n');
    expect(ask()).toBe(join(root, 'z'));
    expect(zshDirectory({ ...system, env: { ...env, PATH: root } })).toBeNull();
  });
});
