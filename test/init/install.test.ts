import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apply } from '../../src/init/apply.ts';
import { withFile, readInstalled, writeInstalled } from '../../src/init/installed.ts';
import type { Installed } from '../../src/init/installed.ts';
import { takeLock } from '../../src/init/lock.ts';
import type { InitTarget, Install, Step } from '../../src/init/target.ts';
import { defaultFiles, planInstall, planRemoval } from '../../src/init/plan.ts';
import { linksToRemoved, removalOf, withoutTarget } from '../../src/init/removal.ts';
import type { Removal } from '../../src/init/removal.ts';
import type { Plan } from '../../src/init/plan.ts';
import { revert } from '../../src/init/revert.ts';
import { TARGETS } from '../../src/init/targets/index.ts';
import { filesBelow } from '../support/program.ts';
import { removeAtTheEnd } from '../support/remove.ts';
import { fakeSystem } from '../support/system.ts';
import type { FakeSystem } from '../support/system.ts';
import { isRoot } from '../support/user.ts';
import { aRuntime } from './runtime.ts';

const installable = Object.values(TARGETS).flatMap(({ name, install: how }) =>
  typeof how === 'string' ? [] : [{ name, how }],
);

/** A directory with a `crontab` that keeps the crontab in a file beside it. */
function aDirectoryOfFakes(): string {
  const directory = fs.mkdtempSync(join(tmpdir(), 'usageline-fakes-'));
  removeAtTheEnd(directory);
  const script = `#!/bin/sh
file=${directory}/kept
case $1 in
-l) cat "$file" 2>/dev/null || { echo "no crontab for ada" >&2; exit 1; } ;;
-r) rm "$file" ;;
-) cat >"$file" ;;
esac
`;
  fs.writeFileSync(join(directory, 'crontab'), script, { mode: 0o755 });
  return directory;
}

/** A text of the user's that each kind of step can be added to. */
const TEXTS: Partial<Record<Step['kind'], string>> = {
  statusline: '{"a": 1}',
  waybar: `[{ // mine
  "layer": "top", /* "modules-right": [] */
  "modules-right": ["tray", "clock",],
}, {"modules-left": []}]`,
  polybar: '[bar/mine]\nmodules-left = a b\r\nmodules-right =\n[module/a]\ntype = internal/date',
  'oh-my-posh': '{"blocks": [{"type": "prompt", "segments": [{"type": "path"} ]}]}',
};

/** A machine on which targets are installed and removed. */
class Desk {
  readonly system: FakeSystem;
  readonly notes: string;

  constructor(changes: Parameters<typeof fakeSystem>[0] = {}) {
    const tools = aDirectoryOfFakes();
    this.system = fakeSystem({ ...changes, env: { PATH: `${tools}:/usr/bin:/bin` } });
    this.notes = this.path('.local/share/usageline/installed.json');
  }

  path(name: string): string {
    return join(this.system.root, name);
  }

  write(name: string, text: string | Buffer, mode = 0o644): string {
    fs.mkdirSync(dirname(this.path(name)), { recursive: true });
    fs.writeFileSync(this.path(name), text, { mode });
    return this.path(name);
  }

  read(name: string): string {
    return fs.readFileSync(this.path(name), 'utf8');
  }

  /** Every file with its text, and every directory. */
  get all(): unknown {
    return [filesBelow(this.system.root), fs.readdirSync(this.system.root, { recursive: true }).sort()];
  }

  get runtime() {
    return aRuntime({
      home: this.system.root,
      exists: (path) => fs.existsSync(this.#real(path)),
      readText: (path) => {
        const real = this.#real(path);
        return fs.existsSync(real) ? fs.readFileSync(real, 'utf8') : null;
      },
      hasCommand: () => true,
    });
  }

  /** Files of the system are below the machine's directory, too. */
  #real(path: string): string {
    return path.startsWith('/etc/') ? this.path(path.slice(1)) : path;
  }

  /** The user's crontab; null for none. */
  get crontab(): string | null {
    const path = this.#kept;
    return fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : null;
  }

  set crontab(text: string) {
    fs.writeFileSync(this.#kept, text);
  }

  get #kept(): string {
    return join(this.system.env.PATH?.split(':')[0] ?? '', 'kept');
  }

  plan(target: InitTarget, file: string | null = null): Plan {
    const steps = (TARGETS[target].install as Install).steps(this.runtime, file);
    return planInstall(this.system, target, steps, readInstalled(this.system, this.notes));
  }

  get installed(): Installed {
    return readInstalled(this.system, this.notes);
  }

  /** Runs with the lock, as commands do. */
  locked<T>(act: () => T): T {
    const lock = takeLock(this.system, this.notes);
    if (typeof lock === 'string') throw new Error(lock);
    try {
      return act();
    } finally {
      lock.release();
    }
  }

  install(target: InitTarget, file: string | null = null): string | null {
    return this.locked(() => {
      const { changes, unchanged: settled } = this.plan(target, file);
      const before = settled.reduce(withFile, this.installed);
      return changes.length === 0
        ? writeInstalled(this.system, this.notes, before)
        : apply(this.system, changes, before, this.notes);
    });
  }

  removalOf(target: InitTarget): Removal {
    const usual = defaultFiles(target, TARGETS[target].install as Install, this.runtime, null);
    return removalOf(target, usual, this.installed, null);
  }

  removal(target: InitTarget): Pick<Plan, 'changes' | 'refused'> {
    const { changes, refused } = planRemoval(this.system, this.removalOf(target).files, this.installed);
    return { changes, refused };
  }

  uninstall(target: InitTarget, links: readonly string[] = []): ReturnType<typeof revert> {
    return this.locked(() => {
      const { files } = this.removalOf(target);
      const after = withoutTarget(this.installed, this.removalOf(target));
      const { changes } = this.removal(target);
      return revert(this.system, { changes, files, links }, after, this.notes);
    });
  }
}

describe('an installation', () => {
  it.each(installable)('is removed without a trace: $name', ({ name }) => {
    const desk = new Desk();
    desk.write('etc/xdg/waybar/config', TEXTS.waybar ?? '');
    desk.write('etc/xdg/waybar/style.css', '* { color: red }');
    desk.write('etc/polybar/config.ini', TEXTS.polybar ?? '');
    desk.write('etc/i3blocks.conf', 'interval=5\n\n[time]\n');
    const before = desk.all;
    expect(desk.plan(name).refused).toEqual([]);
    expect(desk.install(name)).toBeNull();
    expect(desk.plan(name).changes).toEqual([]);
    expect(desk.uninstall(name)).toEqual({ backups: [], problem: null });
    expect(desk.all).toEqual(before);
    expect(desk.crontab).toBeNull();
  });

  it.each(installable)('and its removal keep existing files byte for byte: $name', ({ name, how }) => {
    const desk = new Desk();
    if (name === 'oh-my-posh')
      desk.write('.bashrc', 'one\neval "$(oh-my-posh init bash --config $HOME/mine.omp.json)"\n');
    for (const step of how.steps(desk.runtime, null)) {
      if (step.kind === 'crontab') desk.crontab = 'MAILTO=ada';
      else if (step.kind !== 'whole' && !fs.existsSync(step.path))
        desk.write(step.path.slice(desk.system.root.length), TEXTS[step.kind] ?? 'mine', 0o640);
    }
    const before = [desk.all, desk.crontab];
    expect(desk.plan(name).refused).toEqual([]);
    desk.install(name);
    desk.install(name);
    if (how.steps(desk.runtime, null).some(({ kind }) => kind !== 'whole'))
      expect([desk.all, desk.crontab]).not.toEqual(before);
    expect(desk.uninstall(name)).toEqual({ backups: [], problem: null });
    expect([desk.all, desk.crontab]).toEqual(before);
  });

  it.each(['waybar', 'polybar', 'i3blocks'] as const)(
    'keeps a copy of the configuration of the system once the user has changed it: %s',
    (name) => {
      const desk = new Desk();
      const system = {
        waybar: 'xdg/waybar/config',
        polybar: 'polybar/config.ini',
        i3blocks: 'i3blocks.conf',
      };
      const seed = `${TEXTS[name as 'waybar'] ?? '[time]\n'}\n`;
      desk.write(`etc/${system[name]}`, seed);
      desk.install(name);
      const path =
        desk.plan(name).unchanged.find(({ created, users }) => !created && users === null)?.path ?? '';
      const changed = fs
        .readFileSync(path, 'utf8')
        .replace('clock', 'cpu')
        .replace('time', 'cpu')
        .replace('a b', 'b a');
      fs.writeFileSync(path, changed);
      expect(desk.uninstall(name).problem).toBeNull();
      const left = seed.replace('clock', 'cpu').replace('time', 'cpu').replace('a b', 'b a');
      expect(fs.readFileSync(path, 'utf8')).toBe(left);
    },
  );

  it('changes nothing if one of its files could not be written, and says so', () => {
    const desk = new Desk();
    desk.write('.zshrc', 'mine\n');
    const before = desk.all;
    const { system } = desk;
    const refuse = (path: fs.PathLike) => {
      if (String(path).startsWith(desk.path('.zshrc'))) throw Object.assign(new Error(), { code: 'EROFS' });
    };
    const openSync: typeof fs.openSync = (path, flags, mode) => {
      if (String(flags).includes('w')) refuse(path);
      return fs.openSync(path, flags, mode);
    };
    Object.assign(system, { fs: { ...fs, openSync } });
    expect(desk.install('zsh')).toBe(
      `nothing has been changed: ${desk.path('.zshrc')}: it cannot be written: EROFS`,
    );
    expect(desk.all).toEqual(before);
  });

  it('makes a backup with the same mode beside the file', () => {
    const desk = new Desk();
    desk.write('.zshrc', 'mine\n', 0o600);
    desk.install('zsh');
    expect(desk.read('.zshrc.before-usageline')).toBe('mine\n');
    for (const name of ['.zshrc', '.zshrc.before-usageline']) {
      expect(fs.statSync(desk.path(name)).mode & 0o777).toBe(0o600);
    }
  });

  it('leaves the backup of a file that has had other changes since', () => {
    const desk = new Desk();
    desk.write('.zshrc', 'mine\n');
    desk.install('zsh');
    desk.write('.zshrc', `${desk.read('.zshrc')}more\n`);
    expect(desk.uninstall('zsh')).toEqual({
      backups: [desk.path('.zshrc.before-usageline')],
      problem: null,
    });
    expect(desk.read('.zshrc')).toBe('mine\nmore\n');
  });

  it('changes the file that a link points to, and keeps the link', () => {
    const desk = new Desk();
    desk.write('dotfiles/zshrc', 'mine\n');
    fs.symlinkSync('dotfiles/zshrc', desk.path('.zshrc'));
    desk.install('zsh');
    expect(fs.readlinkSync(desk.path('.zshrc'))).toBe('dotfiles/zshrc');
    expect(desk.read('dotfiles/zshrc')).toContain('hook.zsh');
    desk.uninstall('zsh');
    expect(fs.readlinkSync(desk.path('.zshrc'))).toBe('dotfiles/zshrc');
    expect(desk.read('dotfiles/zshrc')).toBe('mine\n');
  });

  it('at a path of --file is found by the removal', () => {
    const desk = new Desk();
    const file = desk.write('elsewhere/profile', 'mine\n');
    desk.install('bash', file);
    expect(desk.read('elsewhere/profile')).toContain('hook.bash');
    desk.uninstall('bash');
    expect(desk.read('elsewhere/profile')).toBe('mine\n');
  });

  it('has one block for zsh, shared by zsh and powerlevel10k', () => {
    const desk = new Desk();
    desk.install('zsh');
    desk.install('p10k');
    expect(desk.read('.zshrc').match(/>>> usageline >>>/g)).toHaveLength(1);
    expect(desk.read('.zshrc')).toContain('prompt_usageline');
    desk.install('zsh');
    expect(desk.read('.zshrc')).not.toContain('prompt_usageline');
  });

  it('changes the tmux configuration that exists', () => {
    const desk = new Desk();
    desk.write('.config/tmux/tmux.conf', '');
    desk.install('tmux');
    expect(desk.read('.config/tmux/tmux.conf')).toContain('@usageline');
    expect(fs.existsSync(desk.path('.tmux.conf'))).toBe(false);
  });

  it('does not overwrite a change that was made after the preview', () => {
    const desk = new Desk();
    desk.write('.zshrc', 'mine\n');
    const { changes } = desk.plan('zsh');
    desk.write('.zshrc', 'other\n');
    // As the lock does, which the caller holds.
    fs.mkdirSync(dirname(desk.notes), { recursive: true });
    const problem = apply(desk.system, changes, { files: [], directories: [] }, desk.notes);
    expect(problem).toBe(`${desk.path('.zshrc')}: it has been changed meanwhile`);
    expect(desk.read('.zshrc')).toBe('other\n');
  });

  it('keeps the file when the disk is full', () => {
    const full = () => {
      throw Object.assign(new Error(), { code: 'ENOSPC' });
    };
    const desk = new Desk();
    desk.write('.zshrc', 'mine\n');
    const { changes } = desk.plan('zsh');
    const system = { ...desk.system, fs: { ...fs, fsyncSync: full } };
    fs.mkdirSync(dirname(desk.notes), { recursive: true });
    const before = desk.all;
    expect(apply(system, changes, { files: [], directories: [] }, desk.notes)).toMatch(/ENOSPC$/);
    expect(desk.all).toEqual(before);
  });
});

describe('a shared file', () => {
  const runner = '.local/share/usageline/usageline-run';
  const launcher = '.local/bin/usageline-prompt';
  const sharedFiles = (desk: Desk) => [runner, launcher].filter((name) => fs.existsSync(desk.path(name)));

  it('stays until its last target is removed, in any order', () => {
    for (const order of [
      ['tmux', 'starship', 'claude'],
      ['claude', 'starship', 'tmux'],
    ] as const) {
      const desk = new Desk();
      const before = desk.all;
      for (const target of ['tmux', 'starship', 'claude'] as const) desk.install(target);
      const left = order.map((target) => {
        desk.uninstall(target);
        return sharedFiles(desk).length;
      });
      expect(left).toEqual(order[0] === 'tmux' ? [2, 1, 0] : [2, 2, 0]);
      expect(desk.all).toEqual(before);
    }
  });

  it('is recorded with the targets that use it', () => {
    const desk = new Desk();
    desk.install('vim');
    desk.install('neovim');
    expect(desk.removalOf('vim').stillUsed).toEqual([
      { path: desk.path(runner), users: ['neovim'] },
      { path: desk.path(launcher), users: ['neovim'] },
    ]);
    desk.uninstall('vim');
    expect(desk.installed.files.filter(({ users }) => users !== null).map(({ users }) => users)).toEqual([
      ['neovim'],
      ['neovim'],
    ]);
  });

  it('stays if the user has installed the launcher itself', () => {
    const desk = new Desk();
    const before = desk.all;
    desk.install('tmux');
    desk.install('sh');
    desk.uninstall('tmux');
    expect(sharedFiles(desk)).toEqual([runner, launcher]);
    desk.uninstall('sh');
    expect(desk.all).toEqual(before);
  });

  it('does not stay for a target whose file another target has replaced', () => {
    const desk = new Desk();
    const before = desk.all;
    desk.install('zsh');
    desk.install('p10k');
    desk.uninstall('p10k');
    expect(desk.all).toEqual(before);
  });

  it('stays if its users are not recorded', () => {
    const desk = new Desk();
    desk.install('zsh');
    fs.rmSync(desk.notes);
    desk.install('claude');
    desk.uninstall('claude');
    expect(sharedFiles(desk)).toEqual([runner]);
  });

  it('is understood in a record of an older version', () => {
    const desk = new Desk();
    desk.install('tmux');
    const { files, directories } = JSON.parse(fs.readFileSync(desk.notes, 'utf8'));
    for (const file of files) {
      if (file.users !== null && file.path.endsWith('prompt')) file.target = 'sh';
      delete file.users;
    }
    fs.writeFileSync(desk.notes, JSON.stringify({ files, directories }));
    expect(desk.installed.files.find(({ path }) => path === desk.path(launcher))?.users).toEqual(['sh']);
  });
});

describe('the link that systemctl makes', () => {
  const units = '.config/systemd/user';
  const links = (desk: Desk) => {
    const { links: of } = TARGETS.systemd.install as Install;
    const plan = planRemoval(desk.system, desk.removalOf('systemd').files, desk.installed);
    return linksToRemoved(desk.system, of?.(desk.runtime) ?? [], plan);
  };

  it('is removed together with its unit and its directory', () => {
    const desk = new Desk();
    const before = desk.all;
    desk.install('systemd');
    fs.mkdirSync(desk.path(`${units}/timers.target.wants`));
    fs.symlinkSync(
      desk.path(`${units}/usageline.timer`),
      desk.path(`${units}/timers.target.wants/usageline.timer`),
    );
    const found = links(desk);
    expect(found).toEqual([desk.path(`${units}/timers.target.wants/usageline.timer`)]);
    expect(desk.uninstall('systemd', found).problem).toBeNull();
    expect(desk.all).toEqual(before);
  });

  it('stays if it has another target or is no link', () => {
    const desk = new Desk();
    desk.install('systemd');
    expect(links(desk)).toEqual([]);
    desk.write(`${units}/timers.target.wants/usageline.timer`, 'mine');
    expect(links(desk)).toEqual([]);
    fs.rmSync(desk.path(`${units}/timers.target.wants/usageline.timer`));
    fs.symlinkSync('/elsewhere', desk.path(`${units}/timers.target.wants/usageline.timer`));
    expect(links(desk)).toEqual([]);
  });
});

describe('a file that cannot be changed', () => {
  it.each<[string, (desk: Desk) => void, string]>([
    ['is not UTF-8', (desk) => desk.write('.zshrc', Buffer.from([0x66, 0xff])), 'it is not UTF-8'],
    ['is a directory', (desk) => fs.mkdirSync(desk.path('.zshrc')), 'it cannot be read: not a regular file'],
    [
      'is huge',
      (desk) => desk.write('.zshrc', 'x'.repeat(2 ** 20 + 1)),
      'it cannot be read: larger than 1 MiB',
    ],
    ['is read-only', (desk) => desk.write('.zshrc', '', 0o444), 'it is read-only'],
    [
      'leads nowhere',
      (desk) => fs.symlinkSync('gone', desk.path('.zshrc')),
      'it is a link that leads nowhere',
    ],
    [
      'has a second name',
      (desk) => fs.linkSync(desk.write('.zshrc', ''), desk.path('other')),
      'it has a second name (a hard link), which would not change with it',
    ],
  ])('is refused when it %s', (_, make, reason) => {
    const desk = new Desk();
    make(desk);
    expect(desk.plan('zsh').refused).toEqual([`${desk.path('.zshrc')}: ${reason}`]);
    // Nothing has ever been installed.
    expect(desk.removal('zsh')).toEqual({ changes: [], refused: [] });
  });

  it('is refused by the name of the file that a link leads to, as home-manager makes them', () => {
    const desk = new Desk();
    const store = desk.write('store/zshrc', '', 0o444);
    fs.symlinkSync(store, desk.path('.zshrc'));
    const reason = `it is a link to ${store}, which is read-only`;
    expect(desk.plan('zsh').refused).toEqual([`${desk.path('.zshrc')}: ${reason}`]);
  });

  it('is refused before any question when its directory cannot be written', () => {
    const accessSync = (path: fs.PathLike, mode?: number) => {
      if (String(path).endsWith('/plugin')) throw Object.assign(new Error('no'), { code: 'EACCES' });
      fs.accessSync(path, mode);
    };
    const desk = new Desk({ fs: { ...fs, accessSync } });
    const store = desk.path('store');
    fs.mkdirSync(store);
    fs.mkdirSync(desk.path('.config/nvim'), { recursive: true });
    fs.symlinkSync(store, desk.path('.config/nvim/plugin'));
    const closed = desk.path('.config/nvim/plugin');
    expect(desk.plan('neovim').refused).toEqual([
      `${closed}/usageline.lua: you cannot write in the directory ${closed}`,
    ]);
  });

  it('is refused when it belongs to another user', () => {
    const desk = new Desk({ uid: 4711 });
    desk.write('.zshrc', '');
    // Root creates such a file; for an ordinary user the first directory is foreign.
    const reason = isRoot ? 'it belongs to root' : expect.stringMatching(/ belongs to /);
    const [refused = ''] = desk.plan('zsh').refused;
    expect(refused.slice(`${desk.path('.zshrc')}: `.length)).toEqual(reason);
  });

  it('is refused when it has the path of an own file but not its mark', () => {
    const desk = new Desk();
    desk.write('.local/bin/usageline-prompt', '#!/bin/sh\necho mine\n');
    const reason = 'it is there, and usageline init has not written it';
    expect(desk.plan('sh').refused).toEqual([`${desk.path('.local/bin/usageline-prompt')}: ${reason}`]);
    expect(desk.removal('sh').changes).toEqual([]);
  });

  it.each([
    ['[custom.usageline]\nwhen = false\n', 'there is a [custom.usageline] already'],
    ['a = 1\n[ custom . "usageline" ] # mine\n', 'there is a [custom.usageline] already'],
    ['format = """\n$all', 'a """ is not closed'],
  ])('is refused when starship would ignore the result: %j', (text, reason) => {
    const desk = new Desk();
    desk.write('.config/starship.toml', text);
    expect(desk.plan('starship').refused).toEqual([`${desk.path('.config/starship.toml')}: ${reason}`]);
  });

  it('blocks a removal only if it is recorded', () => {
    const desk = new Desk();
    desk.install('claude');
    desk.write('.claude/settings.json', '{"a": 1 /* mine */}');
    expect(desk.removal('claude').refused).toHaveLength(1);
    fs.rmSync(desk.notes);
    expect(desk.removal('claude')).toEqual({ changes: [], refused: [] });
  });
});
