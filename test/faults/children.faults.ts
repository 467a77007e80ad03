import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { clockMovedBy } from '../support/clock.ts';
import { fixture, json } from '../support/endpoint.ts';
import type { Answer } from '../support/endpoint.ts';
import { until } from '../support/program.ts';
import type { Machine, Run } from '../support/program.ts';
import { asNobody, describeAsRoot, giveAway } from './disk-mounts.ts';
import { fault, know, KNOWN, processesOf, recordRows, runWith } from './harness.ts';
import type { Observed } from './harness.ts';
import { aMachineWith, copyOfTheProgram } from './process-copy.ts';

recordRows('children');

const copy = copyOfTheProgram();
/** The package, from which the output of `init` loads the hooks. */
const copyRoot = dirname(dirname(copy[1]));
fs.cpSync(new URL('../../shell', import.meta.url), join(copyRoot, 'shell'), { recursive: true });
const launcher = join(copyRoot, 'bin', 'usageline-prompt');

const FRESH = '5h 22% 4h37m · 7d 33% 4d3h';
/** Each of these calls ends at once. */
const WITHIN = 10_000;
/** A request may take longer than that, s: a caller that waits for a refresh is late. */
const TIMEOUT = 60;

type World = Awaited<ReturnType<typeof aMachineWith>>;

/** A way in which a refresh is started: a command line that prints the line and starts it. */
interface Starter {
  readonly name: string;
  readonly kind: string;
  readonly command: (machine: Machine) => string[];
}

/** A shell with the hook, run once and as often as the lines of a script ask. */
interface HookShell {
  readonly name: 'zsh' | 'bash' | 'fish';
  readonly argv: readonly string[];
  readonly hook: string;
  /** Moves the times of files as if ten seconds had passed since the last refresh. */
  readonly later: string;
  readonly load: (program: string) => string;
}

const posix = (program: string) => (name: string) => `eval "$(${program} init ${name})"`;
const hookShells: readonly HookShell[] = [
  {
    name: 'zsh',
    argv: ['zsh', '-f', '-c'],
    hook: '_usageline_precmd',
    later: '_usageline_started=0',
    load: (program) => posix(program)('zsh'),
  },
  {
    name: 'bash',
    argv: ['bash', '--norc', '--noprofile', '-c'],
    hook: '_usageline_precmd',
    later: '_usageline_started=0',
    load: (program) => posix(program)('bash'),
  },
  {
    name: 'fish',
    argv: ['fish', '--no-config', '-c'],
    hook: '_usageline_prompt',
    later: 'set -g _usageline_started 0',
    load: (program) => `${program} init fish | source`,
  },
];

const program = copy.map((word) => `'${word}'`).join(' ');
const show = 'echo "$USAGELINE"';

function hooked(shell: HookShell, ...lines: readonly string[]): string[] {
  return [...shell.argv, [shell.load(program), ...lines].join('\n')];
}

const starters: readonly Starter[] = [
  { name: 'the program', kind: 'plain', command: () => [...copy] },
  ...[['dash'], ['busybox', 'ash'], ['bash', '--posix']].map((shell) => ({
    name: `the launcher under ${shell.join(' ')}`,
    kind: 'plain',
    command: () => [...shell, launcher],
  })),
  ...hookShells.map((shell) => ({
    name: `the hook of ${shell.name}`,
    kind: shell.name,
    command: () => hooked(shell, shell.hook, show),
  })),
];

/** A machine with old numbers, and an endpoint that responds when the test asks it to. */
async function aWaitingMachine(kind: string): Promise<World & { release: () => void }> {
  const waiting: (() => void)[] = [];
  const answer: Answer = (request, response) => {
    waiting.push(() => json(fixture('2026-04-18-max.json'))(request, response));
  };
  const world = await aMachineWith(copy, answer);
  const { machine } = world;
  know(machine);
  fs.mkdirSync(join(machine.home, '.config/usageline'), { recursive: true });
  fs.writeFileSync(join(machine.home, '.config/usageline/config.toml'), `timeout = ${TIMEOUT}\n`);
  putProgram(machine, `exec ${program} "$@"`);
  await machine.run(['ready', kind]);
  return { ...world, release: () => waiting.splice(0).forEach((go) => go()) };
}

/** The program that the launcher finds by PATH. */
function putProgram({ home, env }: Machine, script: string): void {
  fs.mkdirSync(join(home, 'bin'), { recursive: true });
  fs.writeFileSync(join(home, 'bin/usageline'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  env.PATH = `${home}/bin:${env.PATH}`;
  // Without this directory fish reads all manuals of the machine at its first start.
  fs.mkdirSync(join(home, '.local/share/fish/generated_completions'), { recursive: true });
}

const observed = ({ endpoint }: World, run: Run, files: string): Observed => ({
  run,
  requests: endpoint.requests.length,
  files,
});

const arrived = ({ endpoint }: World) =>
  until(() => endpoint.requests.length === 1, undefined, 'the request');

/** Waits until the refresh has arrived, and lets it respond and end. */
async function refreshRuns(world: World & { release: () => void }): Promise<void> {
  await arrived(world);
  expect(processesOf(world.machine)).not.toEqual([]);
  world.release();
  await until(() => processesOf(world.machine).length === 0, undefined, 'the end of the refresh');
}

describe('what the caller has open', () => {
  for (const [index, { name, kind, command }] of starters.entries()) {
    const number = String(index + 1).padStart(2, '0');
    fault(
      `children-${number}`,
      `${name} is called by a script that holds a lock (flock 200): it is free when the script has ended`,
      { prints: KNOWN, requests: 1, within: WITHIN },
      async () => {
        const world = await aWaitingMachine(kind);
        const lock = join(world.machine.home, 'lock');
        const script = 'exec 200>"$HOME/lock" 9>&200; flock -n 200 || exit 9; "$@"';
        const run = await runWith(
          ['bash', '-c', script, 'bash', ...command(world.machine)],
          world.machine.env,
        );
        await arrived(world);
        expect(spawnSync('flock', ['-n', lock, 'true']).status, 'the lock').toBe(0);
        await refreshRuns(world);
        return observed(world, run, 'the lock is free while the refresh waits');
      },
    );
    fault(
      `children-${index + 11}`,
      `${name} is called with the end of a pipe as descriptor 200: its reader does not wait`,
      { prints: KNOWN, requests: 1, within: WITHIN },
      async () => {
        const world = await aWaitingMachine(kind);
        const run = await runWith(
          ['bash', '-c', '"$@" 200>&1 | cat', 'bash', ...command(world.machine)],
          world.machine.env,
        );
        await refreshRuns(world);
        return observed(world, run, 'the pipe is closed while the refresh waits');
      },
    );
  }
});

describe('what the status line command has started', () => {
  const statusline = async (after: string, times: number): Promise<{ world: World; runs: Run[] }> => {
    const world = await aMachineWith(copy);
    await world.machine.run(['--wait', '--timeout', '10']);
    world.endpoint.requests.length = 0;
    const empty = fs.openSync('/dev/null', 'r');
    onTestFinished(() => fs.closeSync(empty));
    const command = [...copy, 'statusline', '--after', after];
    const env = { ...world.machine.env, NO_COLOR: '1' };
    const calls = Array.from({ length: times }, () => runWith(command, env, [empty, 'pipe', 'pipe']));
    return { world, runs: await Promise.all(calls) };
  };
  const left = ({ machine }: World) => processesOf(machine).map((pid) => commandOf(pid));
  const rows: [string, string, string, number, RegExp][] = [
    ['children-21', 'five calls, and the other command hangs', 'sleep 31; echo x', 5, /^… {2}.*22%/],
    [
      'children-22',
      'two calls, and the other command is a pipeline that hangs',
      'sleep 31 | sleep 31',
      2,
      /22%/,
    ],
    ['children-23', 'the other command ends with 1', 'echo other; exit 1', 1, /^other {2}.*22%/],
  ];
  for (const [id, description, after, times, prints] of rows) {
    fault(id, `${description}: no process is left`, { prints, requests: 0, within: WITHIN }, async () => {
      const { world, runs } = await statusline(after, times);
      await until(
        () => left(world).every((command) => !command.startsWith('sleep')),
        undefined,
        'the end of all',
      );
      return observed(world, runs[0] as Run, 'no process is left');
    });
  }
  fault(
    'children-24',
    'the wrapped command leaves a process that holds its output open: the line does not wait for it',
    { prints: /^other {2}.*22%/, requests: 0, within: WITHIN },
    async () => {
      const { world, runs } = await statusline('sleep 31 & echo other', 1);
      const sleeping = processesOf(world.machine).find((pid) => commandOf(pid).startsWith('sleep'));
      expect(sleeping).toBeDefined();
      process.kill(sleeping as number, 'SIGKILL');
      expect((runs[0] as Run).ms).toBeLessThan(30_000);
      return observed(world, runs[0] as Run, 'what the user has started goes on');
    },
  );
});

function commandOf(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** A machine of an ordinary user, with a fresh line of each kind. */
async function aUsersMachine(kind: string, env: Record<string, string> = {}): Promise<World> {
  const world = await aMachineWith(copy);
  Object.assign(world.machine.env, env);
  await world.machine.run(['--wait', '--timeout', '10', '--output', kind]);
  await world.machine.run(['ready', kind]);
  world.endpoint.requests.length = 0;
  putProgram(world.machine, `exec ${program} "$@"`);
  giveAway(world.machine.home);
  return world;
}

describeAsRoot('what other users have put into the cache', () => {
  for (const [index, shell] of hookShells.entries()) {
    fault(
      `children-${31 + index}`,
      `root has created the directory of the prerendered lines: the hook of ${shell.name} reports that it cannot read it`,
      { prints: 'cache not readable', requests: 0, within: WITHIN },
      async () => {
        const world = await aUsersMachine(shell.name);
        fs.chownSync(join(world.machine.cache, 'ready'), 0, 0);
        const run = await runWith(asNobody(hooked(shell, shell.hook, show)), world.machine.env);
        expect(processesOf(world.machine)).toEqual([]);
        return observed(world, run, 'nothing is started');
      },
    );
  }
  fault(
    'children-34',
    'root has created the directory of the prerendered lines: the launcher starts the program for the line',
    { prints: FRESH, requests: 0, within: WITHIN },
    async () => {
      const world = await aUsersMachine('plain');
      fs.chownSync(join(world.machine.cache, 'ready'), 0, 0);
      const run = await runWith(asNobody(['dash', launcher]), world.machine.env);
      return observed(world, run, 'the line is whole');
    },
  );

  const HOSTILE = '\u001B]0;OWNED\u0007\u001B]52;c;T1dORUQ=\u0007';
  const ready = (machine: Machine, name: string) => join(machine.cache, 'ready', name);
  const plant = (machine: Machine, kind: string, text: string) => {
    const now = Math.floor(Date.now() / 1000);
    const lines = [`usageline-ready 1 ${now + 600} ${now} 4711`, `${now + 600} ${text}`, '# planted', ''];
    for (const [name, body] of [
      [kind, lines.join('\n')],
      [`${kind}.1`, `${text}\n`],
    ] as const) {
      const path = ready(machine, name);
      fs.writeFileSync(path, body, { mode: 0o600 });
      fs.utimesSync(path, now + 600, now + 600);
    }
  };
  /** Removes a prerendered line with all its files. */
  const clear = (machine: Machine, kind: string) => {
    for (const name of fs.readdirSync(ready(machine, '.'))) {
      if (name === kind || name.startsWith(`${kind}.`)) fs.unlinkSync(ready(machine, name));
    }
  };
  /** A hook whose program does nothing, in a shell that changes something in the cache between reading and showing it. */
  const changedUnder = (shell: HookShell, machine: Machine, change: string): string[] => {
    const idle = shell.name === 'fish' ? 'set -g _usageline_program /bin/true' : '_usageline_program=(true)';
    fs.writeFileSync(join(machine.home, 'change'), `cd "${ready(machine, '.')}" || exit\n${change}\n`);
    return hooked(shell, idle, 'sh "$HOME/change"', shell.hook, 'echo "<$USAGELINE>"');
  };

  for (const [index, [shell, user]] of [
    ...['dash', 'busybox', 'bash'].map((name) => [name, 'root'] as const),
    ...['dash', 'busybox', 'bash'].map((name) => [name, 'the user'] as const),
  ].entries()) {
    fault(
      `children-${41 + index}`,
      `escape sequences in a prerendered line of the user, a call of ${user} (launcher, ${shell}): it is not printed`,
      { prints: 'the program is asked', requests: 0, within: WITHIN },
      async () => {
        const world = await aUsersMachine('plain');
        const { machine } = world;
        putProgram(machine, 'echo the program is asked');
        clear(machine, 'plain');
        plant(machine, 'plain', HOSTILE);
        giveAway(machine.home);
        const command = shell === 'busybox' ? ['busybox', 'ash', launcher] : [shell, launcher];
        const run = await runWith(user === 'root' ? command : asNobody(command), machine.env);
        return observed(world, run, 'nothing of it is printed');
      },
    );
  }
  for (const [index, shell] of hookShells.entries()) {
    fault(
      `children-${47 + index}`,
      `escape sequences in a prerendered line of the user, a call of root: the hook of ${shell.name} shows no part of it`,
      { prints: '<>', requests: 0, within: WITHIN },
      async () => {
        const world = await aUsersMachine(shell.name);
        const { machine } = world;
        plant(machine, 'hostile', HOSTILE);
        giveAway(machine.home);
        const run = await runWith(changedUnder(shell, machine, `mv -f hostile ${shell.name}`), machine.env);
        return observed(world, run, 'nothing of it is shown');
      },
    );
  }

  /** Another file of the user to which names in the cache point, as if the directory had been replaced. */
  const precious = (machine: Machine): string => {
    const path = join(machine.home, 'precious');
    fs.writeFileSync(path, 'a thesis');
    return path;
  };
  const intact = (path: string): string => {
    expect(fs.readFileSync(path, 'utf8')).toBe('a thesis');
    return 'the file that the links lead to is as it was';
  };
  for (const [index, shell] of [['dash'], ['busybox', 'ash'], ['bash', '--posix']].entries()) {
    fault(
      `children-${51 + index}`,
      `links have the name of the launcher's record of a started refresh (${shell.join(' ')}): nothing is written through them`,
      { prints: KNOWN, within: WITHIN },
      async () => {
        const world = await aWaitingMachine('plain');
        const { machine } = world;
        const file = precious(machine);
        const start = Math.floor(Date.now() / 1000);
        const names = Array.from({ length: 30 }, (_, seconds) => `.asked.${start + 1 + seconds}`);
        for (const name of ['.asked', ...names]) fs.symlinkSync(file, ready(machine, name));
        giveAway(machine.home);
        const runs: Run[] = [];
        // After the second of the first link.
        do runs.push(await runWith(asNobody([...shell, launcher]), machine.env));
        while (Date.now() / 1000 < start + 2);
        world.release();
        return { run: runs[0] as Run, requests: null, files: intact(file) };
      },
    );
  }
  fault(
    'children-54',
    'a link has the name of a file that fish wrote in earlier versions: nothing is written through it',
    { prints: FRESH, requests: 0, within: WITHIN },
    async () => {
      const world = await aUsersMachine('fish');
      const { machine } = world;
      const file = precious(machine);
      giveAway(machine.home);
      const fish = hookShells[2] as HookShell;
      const link = `ln -s '${file}' '${ready(machine, '.seen.')}'$fish_pid`;
      const run = await runWith(asNobody(hooked(fish, link, fish.hook, fish.hook, show)), machine.env);
      return observed(world, run, intact(file));
    },
  );
  /** What another user can put instead of a file, so that its reader blocks or reads something else. */
  const stand = { pipe: 'mkfifo -m 600 NAME', link: 'ln -s ../../../../precious NAME' };
  for (const [index, [what, shell]] of Object.keys(stand)
    .flatMap((what) => [...hookShells, null].map((shell) => [what as keyof typeof stand, shell] as const))
    .entries()) {
    fault(
      `children-${71 + index}`,
      `a ${what} has replaced a prerendered line (${shell?.name ?? 'launcher'}): it is not read`,
      { prints: shell ? '<>' : 'the program is asked', requests: 0, within: WITHIN },
      async () => {
        const kind = shell?.name ?? 'plain';
        const world = await aUsersMachine(kind);
        const { machine } = world;
        putProgram(machine, 'echo the program is asked');
        clear(machine, 'plain');
        plant(machine, 'hostile', 'of another file');
        fs.renameSync(ready(machine, 'hostile'), join(machine.home, 'precious'));
        giveAway(machine.home);
        const change = (name: string) => `rm -f ${name}; ${stand[what].replace('NAME', name)}`;
        const command = shell
          ? changedUnder(shell, machine, change(kind))
          : [
              'sh',
              '-c',
              `cd "${ready(machine, '.')}"; ${change('plain')}; ${change('plain.1')}; dash ${launcher}`,
            ];
        return observed(world, await runWith(asNobody(command), machine.env), 'no process waits');
      },
    );
  }
  fault(
    'children-59',
    "a link to a file of a gigabyte has replaced an account's index file: the launcher does not read it",
    { prints: 'the program is asked', requests: 0, within: WITHIN },
    async () => {
      const world = await aUsersMachine('plain');
      const { machine } = world;
      const large = join(machine.home, 'large');
      fs.writeFileSync(large, '');
      fs.truncateSync(large, 2 ** 30);
      const directory = join(machine.home, 'work');
      const accounts = join(dirname(machine.cache), 'accounts');
      fs.mkdirSync(accounts, { recursive: true });
      fs.symlinkSync(large, join(accounts, encodeURIComponent(directory)));
      putProgram(machine, 'echo the program is asked');
      giveAway(machine.home);
      const env = { ...machine.env, CLAUDE_CONFIG_DIR: directory };
      return observed(world, await runWith(asNobody(['dash', launcher]), env), 'it is not read');
    },
  );
});

/** Puts a cache onto a file system whose times are whole seconds: ext4 with inodes of 128 bytes. */
function mountCoarse(path: string): void {
  const image = join(fs.mkdtempSync(join(tmpdir(), 'usageline-disk-')), 'image');
  fs.writeFileSync(image, '');
  fs.truncateSync(image, 8 * 2 ** 20);
  execFileSync('mkfs.ext4', ['-q', '-I', '128', '-O', '^has_journal', image], { stdio: 'ignore' });
  fs.mkdirSync(path, { recursive: true, mode: 0o700 });
  execFileSync('mount', ['-o', 'loop', image, path]);
  fs.chmodSync(path, 0o700);
  onTestFinished(() => {
    spawnSync('umount', ['-l', path]);
    fs.rmSync(dirname(image), { recursive: true });
  });
}

describeAsRoot('times of files', () => {
  for (const [index, shell] of hookShells.entries()) {
    fault(
      `children-${61 + index}`,
      `file times in whole seconds for the cache, finer ones for the login: the hook of ${shell.name} shows the line`,
      { prints: `${FRESH}, 0 more`, requests: 0, within: 3 * WITHIN },
      async () => {
        const world = await aMachineWith(copy);
        const { machine } = world;
        mountCoarse(join(machine.home, '.cache'));
        // In the second half of a second, which whole seconds lose.
        const seconds = Math.floor(Date.now() / 1000) - 3600 + 0.75;
        fs.utimesSync(machine.credentials, seconds, seconds);
        await machine.run(['--wait', '--timeout', '10', '--output', shell.name]);
        await machine.run(['ready', shell.name]);
        world.endpoint.requests.length = 0;
        const count = join(machine.home, 'count');
        putProgram(machine, `echo "$*" >>'${count}'; exec ${program} "$@"`);
        fs.writeFileSync(count, '');
        giveAway(machine.home);
        const counted =
          shell.name === 'fish'
            ? 'set -g _usageline_program $HOME/bin/usageline'
            : '_usageline_program=("$HOME/bin/usageline")';
        const prompts = (times: number) =>
          Array.from({ length: times }, () => [shell.hook, shell.later]).flat();
        const starts = `wc -l <'${count}'`;
        const before = shell.name === 'fish' ? `set before (${starts})` : `before=$(${starts})`;
        const more = shell.name === 'fish' ? `(math (${starts}) - $before)` : `$(($(${starts}) - before))`;
        const lines = [counted, ...prompts(3), before, ...prompts(3), `echo "$USAGELINE, "${more}" more"`];
        const run = await runWith(asNobody(hooked(shell, ...lines)), machine.env);
        await until(() => processesOf(machine).length === 0);
        return observed(world, run, 'no refresh is started for it any more');
      },
    );
  }
});

describe('the clock of fish', () => {
  for (const [id, offset] of [
    ['children-64', '+60.000'],
    ['children-65', '-60.000'],
  ] as const) {
    fault(
      id,
      `the machine's clock is ${offset} s from the disk's: the hook of fish shows the line`,
      { prints: FRESH, requests: 0, within: WITHIN },
      async () => {
        const world = await aMachineWith(copy);
        const { machine } = world;
        Object.assign(machine.env, clockMovedBy(offset), { NO_FAKE_STAT: '1' });
        world.endpoint.answer = (request, response) =>
          json(fixture('2026-04-18-max.json', Date.now() + Number(offset) * 1000))(request, response);
        await machine.run(['--wait', '--timeout', '10', '--output', 'fish']);
        await machine.run(['ready', 'fish']);
        world.endpoint.requests.length = 0;
        putProgram(machine, `exec ${program} "$@"`);
        const fish = hookShells[2] as HookShell;
        const run = await runWith(hooked(fish, fish.hook, fish.hook, show), machine.env);
        await until(() => processesOf(machine).length === 0);
        return observed(world, run, 'the texts are those of its time');
      },
    );
  }
});
