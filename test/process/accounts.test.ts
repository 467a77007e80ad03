import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOUR, isoTime } from '../../src/usage/time.ts';
import { filesBelow } from '../support/program.ts';
import type { Machine } from '../support/program.ts';
import { aMachineWithAccounts, configure, signInToClaude, signInToCodex } from '../support/several.ts';

const WORK = `
[[account]]
name = "work"
provider = "claude"
config_dir = "~/.claude-work"
`;

/** Two accounts of Claude and one of Codex: 33, 88 and 56 % of the week. */
async function threeAccounts(config = WORK) {
  const { machine, endpoint, numbers } = await aMachineWithAccounts();
  signInToClaude(machine, '.claude', 'home-token', 'home-id');
  signInToClaude(machine, '.claude-work', 'work-token', 'work-id');
  const codex = signInToCodex(machine, '.codex', 'u-1');
  numbers.week.set('home-token', 33).set('work-token', 88).set(codex, 56);
  configure(machine, config);
  return { machine, endpoint, numbers, codex };
}

const lineOf = async (machine: Machine, ...args: string[]) => (await machine.run(args)).stdout;
const plain = (line: string) => line.replace(/, empty in \w+/g, '');
/** The numbers of `--json --all`, by account. */
async function numbersOf(machine: Machine, ...args: string[]): Promise<Record<string, number | null>> {
  const { accounts } = JSON.parse(await lineOf(machine, '--all', '--json', ...args));
  return Object.fromEntries(
    accounts.map((it: any) => [
      it.account === 'default' ? it.provider : it.account,
      it.windows.find(({ id }: any) => id === 'seven_day')?.used_percent ?? null,
    ]),
  );
}

describe('which accounts a line has', () => {
  it('is about Claude alone where Claude has a login and nothing is configured', async () => {
    const { machine } = await threeAccounts();
    expect(plain(await lineOf(machine, '--wait', '--format', 'compact'))).toBe('7d 33%\n');
  });

  it('is about the only login, without its label', async () => {
    const { machine, numbers } = await aMachineWithAccounts();
    numbers.week.set(signInToCodex(machine, '.codex', 'u-1'), 56);
    expect(plain(await lineOf(machine, '--wait', '--format', 'compact'))).toBe('7d 56%\n');
  });

  it('is about the only login in formats and setup, too', async () => {
    const { machine, numbers } = await aMachineWithAccounts();
    numbers.week.set(signInToCodex(machine, '.codex', 'u-1'), 56);
    await lineOf(machine, '--wait');
    expect(await lineOf(machine, 'formats')).toMatch(/your numbers[^]*\nminimal +7d 56%/);
    expect(await lineOf(machine, 'setup')).not.toContain('The numbers are examples');
  });

  it('is about all logins, each with its label, the tightest first, where Claude has none', async () => {
    const { machine, numbers } = await aMachineWithAccounts();
    numbers.week
      .set(signInToCodex(machine, '.codex', 'u-1'), 56)
      .set(signInToCodex(machine, '.codex-work', 'u-2'), 70);
    configure(machine, '[[account]]\nname = "work"\nprovider = "codex"\nconfig_dir = "~/.codex-work"\n');
    expect(plain(await lineOf(machine, '--wait'))).toBe('work 7d 70% · codex 7d 56%\n');
  });

  it.each([
    ['--all', 'work 7d 88% · codex 7d 56% · claude 7d 33%'],
    ['--account=work', '7d 88%'],
    ['--account=codex', '7d 56%'],
    ['--provider=codex', '7d 56%'],
    ['--provider=claude', 'work 7d 88% · claude 7d 33%'],
  ])('%s shows %s', async (option, line) => {
    const { machine } = await threeAccounts();
    expect(plain(await lineOf(machine, option, '--wait', '--format', 'minimal'))).toBe(`${line}\n`);
  });

  it.each([
    ['accounts = ["all"]', 'work 7d 88% · codex 7d 56% · claude 7d 33%'],
    ['accounts = ["codex", "work"]', 'codex 7d 56% · work 7d 88%'],
    ['accounts = ["work"]', '7d 88%'],
  ])('%s shows %s, and the next call prints the same without a request', async (key, line) => {
    const { machine, endpoint } = await threeAccounts(`${key}\nformat = "minimal"\n${WORK}`);
    expect(plain(await lineOf(machine, '--wait'))).toBe(`${line}\n`);
    const asked = endpoint.requests.length;
    expect(plain(await lineOf(machine))).toBe(`${line}\n`);
    expect(endpoint.requests.length).toBe(asked);
  });

  it('takes the label of the configuration, and leaves a hidden account out unless it is named', async () => {
    const { machine } = await threeAccounts(`${WORK}label = "Acme"\nhidden = true\n`);
    expect(plain(await lineOf(machine, '--all', '--wait'))).toBe('codex 7d 56% · claude 7d 33%\n');
    expect(plain(await lineOf(machine, '--account', 'work', '--wait', '--format', 'minimal'))).toBe(
      '7d 88%\n',
    );
    expect(plain(await lineOf(machine, '--provider', 'claude', '--format', 'minimal'))).toBe('7d 33%\n');
  });

  it.each([
    [['--account', 'nobody'], "--account is 'nobody'; accepted: claude, codex, work"],
    [['--account', 'wok'], "did you mean 'work'?"],
    [['--provider', 'cloude'], "--provider is 'cloude'; accepted: claude, codex"],
    [['--all', '--account', 'work'], '--all cannot be used with --account or --provider'],
  ])('refuses %j', async (args, message) => {
    const { machine } = await threeAccounts();
    const { code, stderr } = await machine.run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('shows a new login at once, also where only one had been there', async () => {
    const { machine, numbers } = await aMachineWithAccounts();
    signInToClaude(machine, '.claude', 'home-token', 'home-id');
    numbers.week.set('home-token', 33);
    expect(plain(await lineOf(machine, '--all', '--wait', '--format', 'minimal'))).toBe('7d 33%\n');
    numbers.week.set(signInToCodex(machine, '.codex', 'u-1'), 56);
    expect(plain(await lineOf(machine, '--all', '--format', 'minimal'))).toBe('claude 7d 33% · codex …\n');
    expect(plain(await lineOf(machine, '--all', '--wait'))).toBe('codex 7d 56% · claude 7d 33%\n');
    const key = { OPENROUTER_API_KEY: 'sk-or-EXAMPLE', USAGELINE_OPENROUTER_BASE_URL: 'http://127.0.0.1:9' };
    expect((await machine.run(['--all'], key)).stdout).toContain('openrouter …');
  });

  it.each<[what: string, args: string[], once: RegExp, last: RegExp]>([
    [
      'the line',
      [],
      /cache not writable/g,
      /^Acme 7d 88%.* · codex 7d 56%.* · claude 7d 33%.* · cache not writable\n$/,
    ],
    ['tmux', ['--output', 'tmux'], /cache not writable/g, /cache not writable[^ ]*\n$/],
    ['waybar', ['--output', 'waybar'], /cache not writable/g, /^\{"text":"[^"]*cache not writable/],
    ['the tooltip of waybar', ['--output', 'waybar'], /cannot be written/g, /cannot be written[^"\\]*"/],
    ['the menu of xbar', ['--output', 'xbar'], /cannot be written/g, /cannot be written[^]*Refresh/],
    ['the table', ['show'], /cannot be written/g, /\nThe cache cannot be written[^\n]*\n[^]*DIR\.\n$/],
  ])('say once in %s that nothing can be kept', async (_what, args, once, last) => {
    const { machine } = await threeAccounts(`${WORK}label = "Acme"\n`);
    const file = join(machine.home, 'file');
    fs.writeFileSync(file, '');
    const variables = { USAGELINE_CACHE_DIR: join(file, 'cache') };
    const { stdout } = await machine.run([...args, '--all', '--wait'], variables);
    expect(stdout.match(once)).toHaveLength(1);
    expect(stdout).toMatch(last);
  });

  it('names what is wrong with accounts in config check, and takes no missing login for a mistake', async () => {
    const { machine } = await threeAccounts(
      `accounts = ["wrok", "work", "kimi", "mine"]\n${WORK}[[account]]\nname = "mine"\nprovider = "codex"\nconfig_dir = "~/.codex-gone"\n[[account]]\nname = "other"\nprovider = "copilot"\nconfig_dir = "/opt/copilot"\n`,
    );
    const { stderr, code } = await machine.run(['config', 'check']);
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(
        /config\.toml:14: account\.config_dir of the account "other" is set; accepted: no directory/,
      ),
      expect.stringMatching(
        /config\.toml:1: accounts names "wrok"; accepted: all, claude, .*, work, .*did you mean "work"\?$/,
      ),
    ]);
    expect(code).toBe(2);
    const shown = await lineOf(machine, 'config', 'get', 'account');
    expect(JSON.parse(shown)[0]).toEqual({
      name: 'work',
      provider: 'claude',
      config_dir: '~/.claude-work',
    });
  });

  it('names an account of the configuration whose provider it does not know, and shows the others', async () => {
    const { machine } = await threeAccounts(`${WORK}[[account]]\nname = "mine"\nprovider = "cloude"\n`);
    const { stdout, stderr } = await machine.run(['show', '--all', '--wait']);
    expect(stderr).toContain('account.provider of the account "mine" is "cloude"; accepted: claude, codex');
    expect(stdout).toContain('account work');
  });
});

describe('several accounts in one call', () => {
  it('are one object each in --all --json, with their names', async () => {
    const { machine } = await threeAccounts();
    const object = JSON.parse(await lineOf(machine, '--all', '--json'));
    expect(Object.keys(object)).toEqual(['schema', 'generated_at', 'accounts']);
    expect(object.schema).toBe('usageline/v1');
    expect(object.accounts.map((it: any) => [it.schema, it.provider, it.account, it.plan])).toEqual([
      ['usageline/v1', 'claude', 'default', 'max'],
      ['usageline/v1', 'codex', 'default', 'plus'],
      ['usageline/v1', 'claude', 'work', 'max'],
    ]);
  });

  it('stay one object without --all, whatever the line shows', async () => {
    const { machine } = await threeAccounts(`accounts = ["all"]\n${WORK}`);
    expect(JSON.parse(await lineOf(machine, '--json')).account).toBe('default');
  });

  it('are one object without --all, also where Claude has no login', async () => {
    const { machine, numbers } = await aMachineWithAccounts();
    configure(machine, '[[account]]\nname = "two"\nprovider = "codex"\nconfig_dir = "~/.codex-two"\n');
    numbers.week
      .set(signInToCodex(machine, '.codex', 'u-1'), 56)
      .set(signInToCodex(machine, '.codex-two', 'u-2'), 7);
    for (const call of ['first', 'second']) {
      const object = JSON.parse(await lineOf(machine, '--json'));
      expect([call, object.provider, object.account]).toEqual([call, 'codex', 'default']);
    }
  });

  it('do not wait for one that hangs, nor lose their numbers', async () => {
    const { machine, numbers } = await threeAccounts();
    numbers.delays.set('work-token', 60_000);
    const { stdout, ms } = await machine.run(['--all', '--wait', '--timeout', '1']);
    expect(plain(stdout)).toBe('codex 7d 56% · claude 7d 33% · work no answer\n');
    expect(ms).toBeLessThan(30_000);
  });

  it('have an error and an age of their own', async () => {
    const { machine, numbers } = await threeAccounts();
    numbers.refused.set('work-token', 429);
    expect(plain(await lineOf(machine, '--all', '--wait'))).toMatch(
      /^codex 7d 56% · claude 7d 33% · work rate limited \w+\n$/,
    );
    expect(await numbersOf(machine)).toEqual({ claude: 33, codex: 56, work: null });
  });

  it('are shown beside one whose base URL is refused, which is its error alone', async () => {
    const { machine, endpoint } = await threeAccounts(`format = "minimal"\n${WORK}`);
    await machine.run(['--wait']);
    const env = { USAGELINE_CODEX_BASE_URL: 'http://ada:secret@quota.test' };
    const asked = endpoint.requests.length;
    const line = await machine.run(['--all', '--wait'], env);
    expect(plain(line.stdout)).toBe('work 7d 88% · claude 7d 33% · codex URL refused\n');
    // Nor is it left out by a prerendered line.
    expect((await machine.run(['--all'], env)).stdout).toBe(line.stdout);
    expect(endpoint.requests.length).toBe(asked + 1);
    const shown = await machine.run(['show', '--all'], env);
    expect(shown.code).toBe(0);
    expect(shown.stdout.replaceAll(/\s+/g, ' ')).toContain('refused (USAGELINE_CODEX_BASE_URL: no user name');
    const json = JSON.parse((await machine.run(['--all', '--json'], env)).stdout);
    expect(json.accounts.map((it: any) => it.error?.code ?? null)).toEqual([null, 'wrong_usage', null]);
    const refreshed = await machine.run(['refresh', '--all', '--quiet'], env);
    expect([refreshed.code, refreshed.stderr]).toEqual([
      2,
      expect.stringContaining('codex: The base URL of the endpoint is refused (USAGELINE_CODEX_BASE_URL'),
    ]);
    expect(line.stdout + shown.stdout + JSON.stringify(json) + refreshed.stderr).not.toContain('secret');
    expect((await machine.run(['--account', 'codex'], env)).code).toBe(2);
    expect((await machine.run([], env)).stdout).toContain('7d 33%');
  });

  it('leave no line of the one whose base URL is refused', async () => {
    const { machine } = await threeAccounts();
    await machine.run(['--wait']);
    const env = { USAGELINE_API_BASE_URL: 'http://quota.test' };
    expect((await machine.run(['--all', '--wait'], env)).stdout).toContain('codex 7d 56%');
    expect((await machine.run([], env)).code).toBe(2);
  });

  it('exit with 0 if one has numbers, else with the least of their codes', async () => {
    const { machine, numbers } = await threeAccounts();
    numbers.refused.set('work-token', 401);
    expect((await machine.run(['show', '--all'])).code).toBe(0);
    machine.reset();
    for (const token of numbers.week.keys()) numbers.refused.set(token, token === 'work-token' ? 401 : 500);
    expect((await machine.run(['show', '--all'])).code).toBe(3);
  });

  it('are asked at once', async () => {
    const { machine, numbers } = await threeAccounts();
    // Each response waits long enough for the other requests to arrive.
    for (const token of numbers.week.keys()) numbers.delays.set(token, 3000);
    await machine.run(['--all', '--wait', '--timeout', '60']);
    expect(await numbersOf(machine, '--cached')).toEqual({ claude: 33, codex: 56, work: 88 });
    expect(numbers.mostAtOnce).toBe(3);
  });
});

it('forty accounts are asked without a word on standard error, and their line is prerendered', async () => {
  const { machine, numbers } = await aMachineWithAccounts();
  const names = Array.from({ length: 40 }, (_, index) => `account-${index + 1}`);
  const tables = names.map((name, index) => {
    const directory = join('.config', 'the-accounts-of-a-company', name);
    numbers.week.set(signInToCodex(machine, directory, `u-${index}`), index + 1);
    return `[[account]]\nname = "${name}"\nprovider = "codex"\nconfig_dir = "~/${directory}"\n`;
  });
  configure(machine, `format = "bars"\n${tables.join('')}`);
  const { stdout, stderr } = await machine.run(['--wait', '--timeout', '60']);
  expect(stderr).toBe('');
  expect(stdout.split(' · ')).toHaveLength(40);
  const file = join(machine.home, '.cache/usageline/claude/ready/plain');
  const text = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, text.replaceAll('account-40 ', 'ACCOUNT-40 '), { mode: 0o600 });
  expect(await lineOf(machine)).toContain('ACCOUNT-40 ');
});

describe('the number of one account never stands under another', () => {
  it('after a switch of the login in the same directory', async () => {
    const { machine, numbers } = await threeAccounts(`accounts = ["all"]\n${WORK}`);
    await lineOf(machine, '--wait');
    numbers.refused.set('other-token', 500);
    signInToClaude(machine, '.claude-work', 'other-token', 'other-id');
    // Neither the prerendered line nor the entry may be taken for the new login.
    expect(await lineOf(machine)).not.toContain('88%');
    expect(await lineOf(machine, '--all', '--wait')).not.toContain('88%');
    expect((await numbersOf(machine)).work).toBe(null);
  });

  it('where lines and objects of other accounts are prerendered: each choice has its own in every output', async () => {
    const { machine } = await threeAccounts();
    await lineOf(machine, '--all', '--wait');
    const outputs: string[][] = [
      [],
      ['--json'],
      ['--output=tmux'],
      ['--output=waybar'],
      ['--format={7d.percent}'],
    ];
    const choices: string[][] = [
      [],
      ['--account=codex'],
      ['--provider=codex'],
      ['--account=work'],
      ['--all'],
    ];
    const percents = async () => {
      const found: Record<string, string[]> = {};
      for (const options of outputs.flatMap((output) => choices.map((choice) => [...output, ...choice]))) {
        const text = await lineOf(machine, ...options);
        const numbers: readonly string[] =
          text.match(/(?<="seven_day","used_percent":|"used_percent":)\d+|\d+(?=%)/g) ?? [];
        found[options.join(' ')] = ['33', '56', '88'].filter((number) => numbers.includes(number));
      }
      return found;
    };
    const expected = Object.fromEntries(
      outputs.flatMap((output) =>
        [['33'], ['56'], ['56'], ['88'], ['33', '56', '88']].map((numbers, index) => [
          [...output, ...(choices[index] as string[])].join(' '),
          numbers,
        ]),
      ),
    );
    expect(await percents()).toEqual(expected);
    // Now each of them has been prerendered.
    expect(await percents()).toEqual(expected);
  });

  it('after the accounts of the configuration exchanged their names', async () => {
    const other = `${WORK}[[account]]\nname = "own"\nprovider = "claude"\nconfig_dir = "~/.claude-own"\n`;
    const { machine, numbers } = await threeAccounts(`accounts = ["all"]\n${other}`);
    signInToClaude(machine, '.claude-own', 'own-token', 'own-id');
    numbers.week.set('own-token', 12);
    expect(plain(await lineOf(machine, '--wait'))).toBe(
      'work 7d 88% · codex 7d 56% · claude 7d 33% · own 7d 12%\n',
    );
    configure(
      machine,
      `accounts = ["all"]\n${other.replace('"work"', '"x"').replace('"own"', '"work"').replace('"x"', '"own"')}`,
    );
    expect(plain(await lineOf(machine))).toBe('own 7d 88% · codex 7d 56% · claude 7d 33% · work 7d 12%\n');
  });

  it('after an account has gone from the configuration: its line is no other one', async () => {
    const { machine } = await threeAccounts();
    await lineOf(machine, '--wait');
    expect(await lineOf(machine, '--account', 'work', '--wait')).toContain('88%');
    configure(machine, '');
    await lineOf(machine, '--wait');
    const { code, stdout } = await machine.run(['--account', 'work']);
    expect([code, stdout]).toEqual([2, '']);
  });

  it('where a variable holds a token: it is that of the directory in use', async () => {
    const { machine, endpoint } = await threeAccounts();
    const file = join(machine.home, '.claude-work', '.credentials.json');
    const login = JSON.parse(fs.readFileSync(file, 'utf8'));
    fs.writeFileSync(file, JSON.stringify({ claudeAiOauth: { ...login.claudeAiOauth, expiresAt: 1000 } }));
    const { stdout } = await machine.run(['--all', '--wait'], { CLAUDE_CODE_OAUTH_TOKEN: 'home-token' });
    expect(plain(stdout)).toBe('codex 7d 56% · claude 7d 33% · work run claude\n');
    expect(endpoint.requests.length).toBe(2);
  });

  it('where two directories have one name: names and labels differ nevertheless', async () => {
    const { machine, numbers } = await threeAccounts(
      `${WORK}[[account]]\nname = "codex"\nprovider = "claude"\nconfig_dir = "~/.claude-three"\n`,
    );
    signInToClaude(machine, '.claude-three', 'three-token', 'three-id');
    signInToClaude(machine, 'work', 'fourth-token', 'fourth-id');
    numbers.week
      .set('three-token', 12)
      .set('fourth-token', 70)
      .set(signInToCodex(machine, 'codex/work', 'u-5'), 5);
    expect(plain(await lineOf(machine, '--all', '--wait'))).toBe(
      'work 7d 88% · codex 7d 56% · claude 7d 33% · claude codex 7d 12%\n',
    );
    const env = {
      CLAUDE_CONFIG_DIR: join(machine.home, 'work'),
      CODEX_HOME: join(machine.home, 'codex', 'work'),
    };
    expect(plain((await machine.run(['--all', '--wait'], env)).stdout)).toBe(
      'claude work 7d 88% · claude-work 7d 70% · codex 7d 12% · codex work 7d 5%\n',
    );
    const metrics = (await machine.run(['--all', '--output', 'openmetrics'], env)).stdout.split('\n');
    expect(new Set(metrics).size).toBe(metrics.length);
    const named = await machine.run(['--account', 'claude-work', '--format', 'minimal'], env);
    expect(plain(named.stdout)).toBe('7d 70%\n');
  });

  it('where the same token is in two directories: it is one account, and asked once', async () => {
    const { machine, endpoint } = await threeAccounts();
    signInToClaude(machine, '.claude-work', 'home-token', 'home-id');
    expect(plain(await lineOf(machine, '--all', '--wait'))).toBe('codex 7d 56% · work 7d 33%\n');
    expect(endpoint.requests.length).toBe(2);
  });

  it('where one directory is reached by two names', async () => {
    const { machine, endpoint } = await threeAccounts();
    fs.symlinkSync('.claude-work', join(machine.home, '.claude-link'));
    configure(
      machine,
      `${WORK}[[account]]\nname = "link"\nprovider = "claude"\nconfig_dir = "~/.claude-link/"\n`,
    );
    expect(plain(await lineOf(machine, '--all', '--wait'))).toBe(
      'link 7d 88% · codex 7d 56% · claude 7d 33%\n',
    );
    expect(endpoint.requests.length).toBe(3);
  });

  it('where the directory of another account has the files of this one: a clash of the hash', async () => {
    const { machine } = await threeAccounts(`accounts = ["all"]\n${WORK}`);
    await lineOf(machine, '--wait');
    const root = join(machine.home, '.cache', 'usageline');
    const work = fs.readdirSync(root).find((name) => name.startsWith('claude-')) as string;
    fs.cpSync(join(root, 'claude', 'usage.json'), join(root, work, 'usage.json'));
    // The entry names the account and the credentials of its request.
    expect((await numbersOf(machine, '--cached')).work).not.toBe(33);
    expect(await lineOf(machine)).not.toMatch(/work 7d 33%/);
  });

  it('with one e-mail address at two providers', async () => {
    const { machine } = await threeAccounts();
    await lineOf(machine, '--all', '--wait');
    expect(await numbersOf(machine)).toEqual({ claude: 33, codex: 56, work: 88 });
    const kept = filesBelow(join(machine.home, '.cache')).filter(({ bytes }) =>
      bytes.includes('ada@example.com'),
    );
    expect(kept).toEqual([]);
  });

  it('where a variable leads to another directory for one call', async () => {
    const { machine, numbers } = await threeAccounts(`accounts = ["all"]\n${WORK}`);
    await lineOf(machine, '--wait');
    numbers.week.set(signInToCodex(machine, '.codex-two', 'u-2'), 7);
    const env = { CODEX_HOME: join(machine.home, '.codex-two') };
    expect((await machine.run([], env)).stdout).not.toContain('56%');
    expect((await machine.run(['--wait'], env)).stdout).toContain('codex-two 7d 7%');
    expect(await lineOf(machine)).toContain('codex 7d 56%');
  });
});

describe('an account without a login', () => {
  const signOut = (machine: Machine) => fs.rmSync(join(machine.home, '.claude-work/.credentials.json'));

  it('that alone is on the line says so: no other account takes its place', async () => {
    const { machine } = await threeAccounts(`accounts = ["work"]\n${WORK}`);
    expect(plain(await lineOf(machine, '--wait'))).toContain('7d 88%');
    await lineOf(machine, '--output', 'tmux');
    signOut(machine);
    for (const options of [['--wait'], [], ['--output', 'tmux'], ['--output', 'waybar'], ['check']]) {
      const { stdout } = await machine.run(options);
      expect(stdout, options.join(' ')).not.toContain('33%');
      expect(stdout, options.join(' ')).toMatch(/sign in|No login/);
    }
  });

  it('that is one of several leaves the line, and the others keep their labels', async () => {
    const { machine } = await threeAccounts(`accounts = ["work", "codex"]\n${WORK}`);
    expect(plain(await lineOf(machine, '--wait'))).toBe('work 7d 88% · codex 7d 56%\n');
    signOut(machine);
    expect(plain(await lineOf(machine, '--wait'))).toBe('codex 7d 56%\n');
    // Prerendered as well.
    expect(plain(await lineOf(machine))).toBe('codex 7d 56%\n');
    expect(plain(await lineOf(machine))).toBe('codex 7d 56%\n');
  });

  it('can be asked for: it says what is missing', async () => {
    const { machine } = await threeAccounts();
    signOut(machine);
    expect(await machine.run(['--account', 'work', '--wait'])).toEqual(
      expect.objectContaining({ stdout: 'sign in\n', stderr: '', code: 0 }),
    );
    const { stdout, code } = await machine.run(['--account', 'work', '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ account: 'work', error: { code: 'no_credentials' } });
    expect((await machine.run(['--account', 'nonsense'])).stderr).toContain('accepted: claude, codex, work');
  });

  it('leaves the main account with its label where no word of the list is an account', async () => {
    const { machine } = await threeAccounts(`accounts = ["wrok"]\n${WORK}`);
    expect(plain(await lineOf(machine, '--wait'))).toBe('claude 7d 33%\n');
    expect(plain(await lineOf(machine))).toBe('claude 7d 33%\n');
  });
});

describe('the name of an account', () => {
  it('is that of the configuration, also where the environment leads to it, and in a prerendered object', async () => {
    const { machine } = await threeAccounts();
    const env = { CLAUDE_CONFIG_DIR: join(machine.home, '.claude-work') };
    for (const options of [['--wait', '--json'], ['--json'], ['--json'], ['--account', 'work', '--json']]) {
      const { stdout } = await machine.run(options, env);
      expect(JSON.parse(stdout).account, options.join(' ')).toBe('work');
    }
    expect((await machine.run(['show'], env)).stdout).toContain('account work\n');
  });

  it.each(['work', 'Work', 'acme ltd', 'Acme Ltd', 'claude/work'])('is also found as %s', async (word) => {
    const { machine } = await threeAccounts(WORK.replace('name =', 'label = "Acme Ltd"\nname ='));
    expect(plain(await lineOf(machine, '--account', word, '--wait'))).toContain('7d 88%');
  });

  it('cannot be combined with --all, whatever is prerendered', async () => {
    const { machine } = await threeAccounts();
    await lineOf(machine, '--all', '--wait');
    await lineOf(machine, '--all');
    for (const options of [
      ['--account', 'work'],
      ['--provider', 'codex'],
      ['--account', 'nope'],
    ]) {
      expect(await machine.run(['--all', ...options])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('--all cannot be used with --account or --provider'),
      });
    }
  });
});

describe('usageline accounts', () => {
  it('lists provider, plan, state and place of each login, without a request and without an e-mail address', async () => {
    const { machine, endpoint } = await threeAccounts();
    await lineOf(machine, '--provider', 'codex', '--wait');
    const asked = endpoint.requests.length;
    const { stdout, code } = await machine.run(['accounts']);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'ACCOUNT  PROVIDER  PLAN  STATE             SOURCE  LOGIN',
      'claude   Claude    -     not asked yet     -       ~/.claude/.credentials.json',
      'codex    Codex     Plus  current, <1m ago  cache   ~/.codex/auth.json',
      'work     Claude    -     not asked yet     -       ~/.claude-work/.credentials.json',
      '',
    ]);
    expect(endpoint.requests.length).toBe(asked);
  });

  it('names a database and a variable as the place of a login', async () => {
    const { machine } = await aMachineWithAccounts();
    const directory = join(machine.home, '.local/share/kiro-cli');
    fs.mkdirSync(directory, { recursive: true });
    fs.writeFileSync(join(directory, 'data.sqlite3'), '');
    const { stdout } = await machine.run(['accounts'], { OPENROUTER_API_KEY: 'sk-or-EXAMPLE' });
    expect(stdout).toMatch(/^kiro .* ~\/\.local\/share\/kiro-cli\/data\.sqlite3$/m);
    expect(stdout).toMatch(/^openrouter .* \$OPENROUTER_API_KEY$/m);
    expect(stdout).not.toContain('EXAMPLE');
  });

  it('has the label beside the name, and the age beside the error', async () => {
    const { machine, numbers } = await threeAccounts(WORK.replace('name =', 'label = "Acme Ltd"\nname ='));
    await lineOf(machine, '--account', 'work', '--wait');
    const stats = await lineOf(machine, 'cache', 'stats', '--json');
    const name = (/claude-[0-9a-f]{8}/.exec(stats) ?? [''])[0];
    const entry = join(machine.home, '.cache/usageline', name, 'usage.json');
    const old = { ...JSON.parse(fs.readFileSync(entry, 'utf8')), cached_at: isoTime(Date.now() - HOUR) };
    fs.writeFileSync(entry, JSON.stringify(old));
    for (const file of fs.readdirSync(dirname(entry)).filter((it) => /^(usage\.lock|attempt)/.test(it)))
      fs.rmSync(join(dirname(entry), file));
    numbers.refused.set('work-token', 500);
    await lineOf(machine, '--account', 'work', '--wait');
    const listed = await lineOf(machine, 'accounts');
    expect(listed).toMatch(/^work \(Acme Ltd\) .* out of date, 1h ago, server error/m);
    expect(await lineOf(machine, 'show', '--all')).toContain('account work (Acme Ltd)');
  });

  it('says what to do where there is no login', async () => {
    const { machine } = await aMachineWithAccounts();
    const { stdout, code } = await machine.run(['accounts']);
    expect(code).toBe(3);
    expect(stdout).toContain('No login');
    expect(await machine.run(['accounts', '--json'])).toMatchObject({ code: 3, stderr: '' });
  });
});
