import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { MINUTE } from '../../src/usage/time.ts';
import { filesBelow, Machine } from '../support/program.ts';
import type { Run } from '../support/program.ts';
import { describeWith } from '../support/tools.ts';
import { as, describeAsRoot } from './disk-mounts.ts';
import { fault, recordRows, runWith } from './harness.ts';
import { copyOfTheProgram } from './process-copy.ts';

recordRows('install');

const program = copyOfTheProgram();

/** Two users that do not exist on the machine, and a group with both. */
const ADA = 54_321;
const EVE = 54_322;
const TEAM = 54_323;

const asMember = (user: number, command: readonly string[]) => [
  'setpriv',
  `--reuid=${user}`,
  `--regid=${user}`,
  `--groups=${TEAM}`,
  '--',
  ...command,
];

/** `init` sends no request. */
function aHome(owner = process.getuid?.() as number): Machine {
  const machine = new Machine('http://127.0.0.1:1');
  fs.rmSync(join(machine.home, '.claude'), { recursive: true });
  fs.chmodSync(machine.home, 0o755);
  if (owner !== process.getuid?.()) fs.chownSync(machine.home, owner, owner);
  return machine;
}

function init(machine: Machine, args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  return runWith([...program, 'init', ...args, '--yes'], { ...machine.env, ...env });
}

function initAs(user: number, machine: Machine, args: readonly string[]): Promise<Run> {
  const command = [...program, 'init', ...args, '--yes'];
  return runWith(process.getuid?.() === 0 ? asMember(user, command) : command, machine.env);
}

/** The files of a home directory with their bytes, and its directories, without the cache, which `init` fills. */
function all({ home }: Machine): unknown {
  const isCache = (path: string) => path.includes('/.cache');
  return [
    filesBelow(home).filter(({ path }) => !isCache(path)),
    fs
      .readdirSync(home, { recursive: true, encoding: 'utf8' })
      .filter((path) => !isCache(`/${path}`))
      .sort(),
  ];
}

/** Names of temporary files and of lock files. */
function litter({ home }: Machine): string[] {
  return filesBelow(home)
    .map(({ path }) => path.slice(home.length + 1))
    .filter((path) => /\.usageline-|\/\.init\./.test(path.replace(/\.before-usageline$/, '')));
}

function shell(command: string): string {
  return execFileSync('sh', ['-c', command], { encoding: 'utf8' });
}

describeAsRoot('an rc file with more permissions than its mode', () => {
  describeWith('setfattr', 'set by setfattr', () => {
    describeWith('setfacl', 'and by setfacl', () => {
      fault(
        'install-01',
        'an rc file with an access control list and attributes; another member of its group tries to write to it',
        { prints: /^installed\./m, lines: 'any', within: 5000 },
        async () => {
          const machine = aHome(ADA);
          const rc = join(machine.home, '.bashrc');
          fs.writeFileSync(rc, 'mine\n', { mode: 0o600 });
          fs.chownSync(rc, ADA, TEAM);
          shell(`setfacl -m u:65534:rw ${rc} && setfattr -n user.comment -v mine ${rc}`);
          const permissions = (path: string) => [
            fs.statSync(path).mode,
            shell(`getfacl -n --omit-header --absolute-names ${path}`),
            shell(`getfattr -d --absolute-names ${path} | grep -v '^# file'`),
          ];
          const before = permissions(rc);
          // The mode shows the mask of the list, not the permission of the group.
          expect(before[0]).toBe(0o100660);
          const refused = () => {
            for (const path of [rc, `${rc}.before-usageline`].filter((name) => fs.existsSync(name))) {
              const append = ['sh', '-c', `echo evil >>${path}`];
              const [command = '', ...args] = asMember(EVE, append);
              expect(spawnSync(command, args).status).not.toBe(0);
              expect(permissions(path)).toEqual(before);
            }
          };
          refused();
          const run = await initAs(ADA, machine, ['bash', '--install']);
          expect(fs.readFileSync(rc, 'utf8')).toContain('hook.bash');
          expect(fs.existsSync(`${rc}.before-usageline`)).toBe(true);
          refused();
          expect((await initAs(ADA, machine, ['--uninstall'])).code).toBe(0);
          expect(fs.readFileSync(rc, 'utf8')).toBe('mine\n');
          expect(fs.existsSync(`${rc}.before-usageline`)).toBe(false);
          refused();
          return { run, requests: null, files: 'list and attributes kept, in the backup too' };
        },
      );
    });
  });

  fault(
    'install-02',
    'root, with the HOME of another user',
    {
      prints: '',
      exit: 1,
      stderr: /belongs to user 54321: run this as user 54321, not as root\n$/,
      within: 5000,
    },
    async () => {
      const machine = aHome(ADA);
      const before = all(machine);
      const runs = [
        await init(machine, ['claude', '--install']),
        await init(machine, ['--uninstall']),
        await init(machine, ['zsh', '--install']),
      ];
      expect(runs.map(({ code }) => code)).toEqual([1, 1, 1]);
      expect(all(machine)).toEqual(before);
      expect((await initAs(ADA, machine, ['zsh', '--install'])).code).toBe(0);
      return { run: runs[2] as Run, requests: null, files: 'none made' };
    },
  );

  fault(
    'install-03',
    'a directory of starship.toml that another user can write, and a link of that user in place of the file',
    { prints: '', exit: 1, stderr: /shared can be written by everyone\. To add it by hand: /, within: 5000 },
    async () => {
      const machine = aHome(ADA);
      const precious = join(machine.home, 'precious');
      fs.writeFileSync(precious, 'precious', { mode: 0o600 });
      fs.chownSync(precious, ADA, ADA);
      const shared = join(machine.home, 'shared');
      fs.mkdirSync(shared);
      fs.chmodSync(shared, 0o777);
      machine.env.STARSHIP_CONFIG = join(shared, 'starship.toml');
      const [command = '', ...args] = as(EVE, ['ln', '-s', precious, machine.env.STARSHIP_CONFIG]);
      expect(spawnSync(command, args).status).toBe(0);
      const before = all(machine);
      const run = await initAs(ADA, machine, ['starship', '--install']);
      expect(all(machine)).toEqual(before);
      // A sticky directory does not help: the link belongs to that user.
      fs.chmodSync(shared, 0o1777);
      const sticky = await initAs(ADA, machine, ['starship', '--install']);
      expect(sticky.stderr).toMatch(/starship\.toml: it belongs to user 54322\. To add it by hand: /);
      expect(all(machine)).toEqual(before);
      return { run, requests: null, files: 'none changed' };
    },
  );

  const STATES: [string, (path: string) => void][] = [
    ['a file', (path) => fs.writeFileSync(path, 'mine')],
    ['a directory that is closed', (path) => fs.mkdirSync(path, { mode: 0 })],
    ['a directory that cannot be written', (path) => fs.mkdirSync(path, { mode: 0o555 })],
    ['a link to itself', (path) => fs.symlinkSync(path, path)],
    ['a link to nowhere', (path) => fs.symlinkSync('gone', path)],
    ['a FIFO', (path) => void execFileSync('mkfifo', [path])],
  ];
  fault(
    'install-04',
    '.config, .claude or .local is a file, closed, a bad link or a FIFO, for an ordinary user',
    { prints: '', exit: 1, stderr: /^usageline: nothing has been changed: .*: it cannot be /, within: 5000 },
    async () => {
      let worst: Run | undefined;
      for (const [name, target] of [
        ['.config', 'starship'],
        ['.claude', 'claude'],
        ['.local', 'zsh'],
      ] as const) {
        for (const [state, make] of STATES) {
          const machine = aHome(ADA);
          const path = join(machine.home, name);
          make(path);
          fs.lchownSync(path, ADA, ADA);
          const where = `${name} is ${state}`;
          const install = await initAs(ADA, machine, [target, '--install']);
          expect(install.stderr, where).not.toContain('internal error');
          expect(install.code, where).toBe(1);
          expect(install.stderr, where).toContain(path);
          const uninstall = await initAs(ADA, machine, ['--uninstall']);
          expect(uninstall.stderr, where).not.toContain('internal error');
          fs.chmodSync(machine.home, 0o755);
          if (worst === undefined || (state === 'a directory that is closed' && name === '.config'))
            worst = install;
        }
      }
      return { run: worst as Run, requests: null, files: 'none made instead' };
    },
    3 * MINUTE,
  );
});

describe('several at once', () => {
  /** More of them when `npm run test:faults` is run by hand. */
  const ROUNDS = Number(process.env.INSTALL_ROUNDS ?? 3);
  const AT_ONCE = ['zsh', 'bash', 'fish', 'sh', 'starship', 'tmux', 'vim', 'neovim', 'claude', 'systemd'];
  fault(
    'install-05',
    `ten targets installed at the same time, ${ROUNDS} rounds`,
    { prints: /^removed\./m, lines: 'any', within: 5000 },
    async () => {
      let last: Run | undefined;
      for (let round = 0; round < ROUNDS; round += 1) {
        const machine = aHome();
        for (const name of ['.zshrc', '.bashrc']) fs.writeFileSync(join(machine.home, name), 'mine');
        fs.mkdirSync(join(machine.home, '.claude'));
        fs.writeFileSync(
          join(machine.home, '.claude/settings.json'),
          '{"statusLine": {"type": "command", "command": "da\\u0074e"}}',
        );
        const before = all(machine);
        const runs = await Promise.all(AT_ONCE.map((target) => init(machine, [target, '--install'])));
        for (const run of runs) expect(run).toMatchObject({ code: 0, stderr: '' });
        const notes = join(machine.home, '.local/share/usageline/installed.json');
        const { files } = JSON.parse(fs.readFileSync(notes, 'utf8'));
        const noted = files.flatMap(
          (file: { target: string; users: string[] | null }) => file.users ?? [file.target],
        );
        expect([...new Set<string>(noted)].sort()).toEqual(AT_ONCE.toSorted());
        expect(litter(machine)).toEqual([]);
        last = await init(machine, ['--uninstall']);
        expect(all(machine)).toEqual(before);
      }
      return { run: last as Run, requests: null, files: 'all noted; byte for byte after --uninstall' };
    },
    10 * MINUTE,
  );
});

describeWith('cc', 'every call to the file system in turn', () => {
  const library = () => {
    const file = join(aHome().home, 'interpose.so');
    const source = new URL('interpose.c', import.meta.url).pathname;
    execFileSync('cc', ['-Wall', '-O2', '-shared', '-fPIC', '-o', file, source, '-ldl']);
    return file;
  };

  /**
   * CI takes every second call, since each costs five starts of the program: of `zsh` the odd ones and of `claude` the even
   * ones, which are largely the same code.
   */
  const STEP = process.env.CI ? 2 : 1;
  const FIRST: Record<string, number> = { zsh: 1, claude: STEP };

  interface Sweep {
    readonly target: string;
    readonly action: '--install' | '--uninstall';
    /** The error number; 0: SIGKILL. */
    readonly errno: number;
  }

  /** A home directory with files of the user, which the targets change. */
  function aUsedHome(): Machine {
    const machine = aHome();
    fs.writeFileSync(join(machine.home, '.zshrc'), 'mine');
    fs.mkdirSync(join(machine.home, '.claude'));
    fs.writeFileSync(join(machine.home, '.claude/settings.json'), '{"a": 1}');
    return machine;
  }

  const RC: Record<string, string> = { zsh: '.zshrc', claude: '.claude/settings.json' };

  /** One call fails, or the process is killed at it; then the user tries again. */
  async function broken(
    so: string,
    call: number,
    { target, action, errno }: Sweep,
  ): Promise<[Run, string | null]> {
    const machine = aUsedHome();
    const before = all(machine);
    const rc = join(machine.home, RC[target] as string);
    const old = fs.readFileSync(rc, 'utf8');
    if (action === '--uninstall') expect((await init(machine, [target, '--install'])).code).toBe(0);
    const log = join(machine.home, '.cache/log');
    fs.mkdirSync(join(machine.home, '.cache'), { recursive: true });
    const run = await init(machine, [target, action], {
      LD_PRELOAD: so,
      FAULT_UNDER: machine.home,
      FAULT_AT: String(call),
      FAULT_ERRNO: String(errno),
      FAULT_ONLY: 'changes',
      FAULT_LOG: log,
    });
    const failed = fs.existsSync(log) ? fs.readFileSync(log, 'utf8') : null;
    const where = `${target} ${action}, call ${call}, ${failed}`;
    if (errno !== 0) expect(run.stderr, where).not.toContain('internal error');
    const now = fs.readFileSync(rc, 'utf8');
    if (now !== old) expect(now, where).toMatch(/hook\.zsh.*<<<\n$|usageline-run/s);

    // An uninstall at once, with a copy of the home directory, and another one after a second install.
    const copy = aHome();
    fs.rmSync(copy.home, { recursive: true });
    fs.cpSync(machine.home, copy.home, { recursive: true });
    const again = await init(machine, [target, '--install']);
    expect(again, where).toMatchObject({ code: 0, stderr: '' });
    expect(fs.readFileSync(`${rc}.before-usageline`, 'utf8'), where).toBe(old);
    expect(
      fs.readFileSync(join(machine.home, '.local/share/usageline/installed.json'), 'utf8'),
      where,
    ).toContain(rc);
    for (const one of [machine, copy]) {
      if (one === copy) relocate(copy, machine.home);
      if (one === machine) expect(litter(one), where).toEqual([]);
      const removed = await init(one, [target, '--uninstall']);
      expect(removed, where).toMatchObject({ code: 0, stderr: '' });
      expect(litter(one), where).toEqual([]);
      expect(fs.readFileSync(join(one.home, RC[target] as string), 'utf8'), where).toBe(old);
      expect(fs.existsSync(join(one.home, `${RC[target] as string}.before-usageline`)), where).toBe(false);
    }
    // Between creating a directory and recording it, only the directory exists, and it stays.
    for (const name of ['.local/share', '.local']) removeEmpty(join(machine.home, name));
    expect(all(machine), where).toEqual(before);
    return [run, failed];
  }

  function removeEmpty(path: string): void {
    if (fs.existsSync(path) && fs.readdirSync(path).length === 0) fs.rmdirSync(path);
  }

  /** Rewrites the paths in a copied home directory to its own. */
  function relocate({ home }: Machine, from: string): void {
    for (const { path, bytes } of filesBelow(home)) {
      if (bytes.includes(from)) fs.writeFileSync(path, bytes.replaceAll(from, home), 'latin1');
    }
  }

  async function sweep(so: string, what: Sweep): Promise<{ run: Run; calls: number }> {
    let next = FIRST[what.target] as number;
    let calls = 0;
    let done = false;
    let last: Run | undefined;
    const worker = async () => {
      while (!done) {
        const call = next;
        next += STEP;
        const [run, failed] = await broken(so, call, what);
        if (failed === null) {
          done = true;
          last = run;
        } else calls += 1;
      }
    };
    await Promise.all([worker(), worker(), worker()]);
    expect(calls).toBeGreaterThan(10);
    return { run: last as Run, calls };
  }

  const { EACCES, ENOSPC } = constants.errno;
  const rows: [id: string, description: string, sweeps: Sweep[]][] = [
    [
      'install-06',
      'SIGKILL before each call that changes something, while installing',
      [
        { target: 'zsh', action: '--install', errno: 0 },
        { target: 'claude', action: '--install', errno: 0 },
      ],
    ],
    [
      'install-07',
      'the same while uninstalling',
      [
        { target: 'zsh', action: '--uninstall', errno: 0 },
        { target: 'claude', action: '--uninstall', errno: 0 },
      ],
    ],
    [
      'install-08',
      'each call that changes something fails with ENOSPC or EACCES, once',
      [
        { target: 'zsh', action: '--install', errno: ENOSPC },
        { target: 'claude', action: '--uninstall', errno: EACCES },
      ],
    ],
  ];
  for (const [id, description, sweeps] of rows) {
    fault(
      id,
      description,
      { prints: /^(installed|removed)\./m, lines: 'any', within: 5000 },
      async () => {
        const so = library();
        let run: Run | undefined;
        let calls = 0;
        for (const what of sweeps) {
          const swept = await sweep(so, what);
          run = swept.run;
          calls += swept.calls;
        }
        return {
          run: run as Run,
          requests: null,
          files: `${calls} calls swept; afterwards a backup and a note, nothing else, and byte for byte after --uninstall`,
        };
      },
      15 * MINUTE,
    );
  }
});
