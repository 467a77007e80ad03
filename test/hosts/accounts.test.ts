import fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PROVIDERS } from '../../src/fetch/providers.ts';
import { runProgram, until } from '../support/program.ts';
import { aMachineWithAccounts, configure, signInToClaude, signInToCodex } from '../support/several.ts';
import { describeWith } from '../support/tools.ts';
import { entry, launcher, quoted } from './host.ts';
import { shells } from './shells.ts';

const root = new URL('../../', import.meta.url).pathname;

/** A machine whose line has three accounts, prerendered, and a second login of Codex beside the one in use. */
async function prepared(kind: string) {
  const { machine, endpoint, numbers } = await aMachineWithAccounts();
  signInToClaude(machine, '.claude', 'home-token', 'home-id');
  signInToClaude(machine, '.claude-work', 'work-token', 'work-id');
  const other = signInToCodex(machine, '.codex', 'u-2');
  fs.renameSync(join(machine.home, '.codex/auth.json'), join(machine.home, 'other.json'));
  const codex = signInToCodex(machine, '.codex', 'u-1');
  numbers.week.set('home-token', 33).set('work-token', 88).set(codex, 56).set(other, 7);
  configure(
    machine,
    'accounts = ["all"]\nformat = "{7d.percent}"\n[[account]]\nname = "work"\nprovider = "claude"\nconfig_dir = "~/.claude-work"\n',
  );
  await machine.run(['--wait', '--color', 'never']);
  await machine.run(['ready', kind]);
  return { machine, endpoint };
}

const LINE = 'work 88% · codex 56% · claude 33%';
const SWITCH = 'cp "$HOME/other.json" "$HOME/.codex/auth.json"';

for (const shell of Object.values(shells)) {
  describeWith(shell.name, `the hook of ${shell.name} with three accounts`, () => {
    it('shows them without a process, and shows none of their numbers after one of the others has changed its login', async () => {
      const { machine } = await prepared(shell.name);
      fs.writeFileSync(join(machine.home, 'counted'), '#!/bin/sh\necho "$@" >>"$HOME/started"\n', {
        mode: 0o755,
      });
      const print = 'echo "$USAGELINE"';
      const wide = shell.name === 'fish' ? 'set -g COLUMNS 300' : '';
      const [file = '', ...args] = shell.script;
      const text = [
        wide,
        shell.init,
        shell.counted,
        // The second time the quick way is taken.
        shell.hook,
        print,
        shell.hook,
        print,
        SWITCH,
        shell.hook,
        print,
      ].join('\n');
      const { stdout, stderr } = await runProgram(file, [...args, text], machine.env);
      expect(stderr).toBe('');
      expect(stdout).toBe(`${LINE}\n${LINE}\n…\n`);
      // The hook does not wait for the process that it starts.
      const started = join(machine.home, 'started');
      await until(() => fs.readFileSync(started, 'utf8') === `ready ${shell.name} --refresh\n`);
    });
  });
}

for (const shell of Object.values(shells)) {
  describeWith(shell.name, `the hook of ${shell.name} where only Codex has a login`, () => {
    it('shows its numbers as soon as they are there', async () => {
      const { machine, numbers } = await aMachineWithAccounts();
      numbers.week.set(signInToCodex(machine, '.codex', 'u-1'), 56);
      configure(machine, 'format = "{7d.percent}"\n');
      const [file = '', ...args] = shell.script;
      const wide = shell.name === 'fish' ? 'set -g COLUMNS 300' : '';
      const refresh = `${quoted(process.execPath)} ${quoted(entry)} ready ${shell.name} --refresh`;
      const text = [wide, shell.init, refresh, shell.hook, 'echo "$USAGELINE"'].join('\n');
      const { stdout, stderr } = await runProgram(file, [...args, text], machine.env);
      expect([stdout, stderr]).toEqual(['56%\n', '']);
    });
  });
}

for (const shell of Object.values(shells)) {
  describeWith(
    shell.name,
    `the hook of ${shell.name} in a shell whose variable leads to another login`,
    () => {
      it('shows none of the numbers of the first one', async () => {
        const { machine } = await prepared(shell.name);
        const other = join(machine.home, '.codex-two');
        fs.mkdirSync(other);
        fs.renameSync(join(machine.home, 'other.json'), join(other, 'auth.json'));
        fs.writeFileSync(join(machine.home, 'counted'), '#!/bin/sh\n', { mode: 0o755 });
        const print = 'echo "$USAGELINE"';
        const wide = shell.name === 'fish' ? 'set -g COLUMNS 300' : '';
        const [file = '', ...args] = shell.script;
        const steps = [
          shell.hook,
          print,
          shell.export('CODEX_HOME', other),
          shell.hook,
          print,
          `${quoted(process.execPath)} ${quoted(entry)} ready ${shell.name} --refresh`,
          shell.hook,
          print,
          shell.unset('CODEX_HOME'),
          shell.hook,
          print,
        ];
        const text = [wide, shell.init, shell.counted, ...steps].join('\n');
        const { stdout, stderr } = await runProgram(file, [...args, text], machine.env);
        expect(stderr).toBe('');
        expect(stdout).toBe(`${LINE}\n…\nwork 88% · claude 33% · codex-two 7%\n…\n`);
      });
    },
  );
}

it('hooks and launcher compare the variables of all providers that name directories of logins', async () => {
  const variables = await Promise.all(
    Object.values(PROVIDERS).map(async (load) => (await load()).directoryVariable),
  );
  const files = [
    launcher,
    ...['zsh', 'bash', 'fish'].map((name) => join(root, 'shell', `usageline.${name}`)),
  ];
  for (const file of files) {
    const [, names = ''] = /for \w*name in ([A-Z_ ]+?)(?:; do)?\n/.exec(fs.readFileSync(file, 'utf8')) ?? [];
    expect(names.split(' ').sort(), file).toEqual(variables.filter((name) => name !== null).sort());
  }
});

for (const argv of [['dash'], ['bash', '--posix'], ['busybox', 'ash']]) {
  describeWith(argv[0] ?? '', `the launcher under ${argv.join(' ')} with three accounts`, () => {
    it('prints them without the program, and asks the program after one of the others has changed its login', async () => {
      const { machine } = await prepared('plain');
      const bin = join(machine.home, 'bin');
      fs.mkdirSync(bin);
      const program = `#!/bin/sh\necho asked >>"$HOME/started"\nexec ${quoted(process.execPath)} ${quoted(entry)} "$@"\n`;
      fs.writeFileSync(join(bin, 'usageline'), program, { mode: 0o755 });
      const env = { ...machine.env, PATH: `${bin}:${machine.env.PATH}` };
      const [file = '', ...options] = argv;
      const launch = () => runProgram(file, [...options, launcher], env);
      expect(await launch()).toMatchObject({ stdout: `${LINE}\n`, stderr: '' });
      expect(fs.existsSync(join(machine.home, 'started'))).toBe(false);
      // A variable that leads to another login, or may lead to one.
      await runProgram(file, [...options, launcher], { ...env, CODEX_HOME: machine.home });
      expect(fs.readFileSync(join(machine.home, 'started'), 'utf8')).toBe('asked\n');
      fs.rmSync(join(machine.home, 'started'));
      // Codex is on the line again.
      expect(await launch()).toMatchObject({ stdout: `${LINE}\n`, stderr: '' });
      fs.rmSync(join(machine.home, 'started'));
      const login = join(machine.home, '.codex/auth.json');
      fs.copyFileSync(join(machine.home, 'other.json'), login);
      // BusyBox compares files by whole seconds.
      const later = Date.now() / 1000 + 5;
      fs.utimesSync(login, later, later);
      const { stdout } = await launch();
      expect(stdout).not.toContain('56%');
      expect(stdout).toContain('work 88%');
      expect(fs.existsSync(join(machine.home, 'started'))).toBe(true);
    });
  });
}
