import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import { filesBelow, Machine } from '../support/program.ts';

async function aMachine(text: string | null) {
  const endpoint = await anEndpoint(json(fixture('2026-04-18-max.json')));
  const machine = new Machine(endpoint.url);
  const path = join(machine.home, '.config', 'usageline', 'config.toml');
  if (text !== null) {
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.writeFileSync(path, text);
  }
  return { machine, path, read: () => fs.readFileSync(path, 'utf8') };
}

describe('usageline config set', () => {
  it('creates the file, and the next call shows the change', async () => {
    const { machine, path, read } = await aMachine(null);
    await machine.run(['--wait']);
    expect(await machine.run(['config', 'set', 'format', 'compact'])).toMatchObject({
      stdout: `${path}:1: format = "compact" (was "default")\n`,
      stderr: '',
      code: 0,
    });
    expect(read()).toBe('format = "compact"\n');
    expect((await machine.run()).stdout).toBe('5h 22% · 7d 33%\n');
    expect((await machine.run(['config', 'get', 'format'])).stdout).toBe('compact\n');
  });

  it('keeps comments, spaces, mode and link of the file', async () => {
    const { machine, path, read } = await aMachine(null);
    const real = join(machine.home, 'dotfiles.toml');
    fs.writeFileSync(real, '# mine\n  percent="left"   # really\n', { mode: 0o640 });
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.symlinkSync(real, path);
    const run = await machine.run(['config', 'set', 'percent', 'used']);
    expect(run).toMatchObject({ stdout: `${path}:2: percent = "used" (was "left")\n`, code: 0 });
    expect(read()).toBe('# mine\n  percent="used"   # really\n');
    expect(fs.lstatSync(path).isSymbolicLink()).toBe(true);
    expect(fs.statSync(real).mode & 0o777).toBe(0o640);
    expect(filesBelow(machine.home).filter(({ path: it }) => it.includes('usageline-new'))).toEqual([]);
  });

  it.each([
    ['timeout', '2.5', '2.5'],
    ['hide', '7d Fable', '["7d Fable"]'],
    ['hide', '7d Fable, 7d Opus', '["7d Fable", "7d Opus"]'],
    ['hide', '["7d Fable"]', '["7d Fable"]'],
    ['hide', '[]', '[]'],
    ['hide', '', '[]'],
    ['hide', '7d,, 5h,', '["7d", "5h"]'],
    ['format', '"bars"', '"bars"'],
    ['format', '{5h.percent} "x"', String.raw`"{5h.percent} \"x\""`],
    ['colors.ok', '#ff8800', '"#ff8800"'],
  ])('reads the value of %s as it is meant: %s', async (name, typed, written) => {
    const { machine, read } = await aMachine(null);
    expect(await machine.run(['config', 'set', name, typed])).toMatchObject({ stderr: '', code: 0 });
    expect(read()).toContain(` = ${written}\n`);
    expect(await machine.run(['config', 'check'])).toMatchObject({ code: 0 });
  });

  it.each([
    [
      'an unknown key',
      'clock = "12h"\n',
      ['fromat', 'bars'],
      2,
      /"fromat" is no key; .*; did you mean "format"\?/,
    ],
    [
      'a bad value',
      'clock = "12h"\n',
      ['timeout', '301'],
      2,
      /timeout is 301; accepted: a number of seconds/,
    ],
    [
      'crossed thresholds',
      'thresholds.critical = 60\n',
      ['thresholds.warn', '70'],
      2,
      /thresholds\.warn is 70; accepted: at most thresholds\.critical \(60\)/,
    ],
    [
      'an unsafe endpoint',
      '',
      ['api_base_url', 'http://user:secret@example.com'],
      2,
      /api_base_url .*is refused: no user name/,
    ],
    [
      'a file that is not TOML',
      'format = bars\n',
      ['clock', '12h'],
      2,
      /config\.toml:1:10: this is not TOML: invalid value \(a text needs quotes, such as "bars"\).*, so it cannot be changed\nTry: usageline config edit\n/,
    ],
  ])('changes nothing for %s', async (_, text, args, code, message) => {
    const { machine, read } = await aMachine(text);
    const run = await machine.run(['config', 'set', ...args]);
    expect(run).toMatchObject({ stdout: '', code });
    expect(run.stderr).toMatch(message);
    expect(run.stderr).not.toContain('secret');
    expect(read()).toBe(text);
  });

  it('changes an inline table in its place, as unset does', async () => {
    const { machine, read } = await aMachine('thresholds = { warn = 5 } # mine\n');
    expect(await machine.run(['config', 'set', 'thresholds.critical', '90'])).toMatchObject({ code: 0 });
    expect(read()).toBe('thresholds = { warn = 5, critical = 90 } # mine\n');
    expect(await machine.run(['config', 'unset', 'thresholds.warn'])).toMatchObject({ code: 0 });
    expect(read()).toBe('thresholds = { critical = 90 } # mine\n');
  });

  it('refuses what makes a value of an output wrong', async () => {
    const { machine, read } = await aMachine('[output.tmux.thresholds]\ncritical = 60\n');
    const run = await machine.run(['config', 'set', 'thresholds.warn', '70']);
    expect(run).toMatchObject({ stdout: '', code: 2 });
    expect(run.stderr).toContain('output.tmux.thresholds.warn is 70; accepted: at most');
    expect(read()).toBe('[output.tmux.thresholds]\ncritical = 60\n');
  });

  it('does not repeat a URL that was refused', async () => {
    for (const args of [
      ['set', 'api_base_url', 'https://example.com'],
      ['unset', 'api_base_url'],
    ]) {
      const { machine } = await aMachine('api_base_url = "http://user:secret@x"\n');
      const { stdout, stderr, code } = await machine.run(['config', ...args]);
      expect(code).toBe(0);
      expect(stdout + stderr).toContain('(refused)');
      expect(stdout + stderr).not.toContain('secret');
    }
  });

  it('says which value an output had before, and names a place without a line in it', async () => {
    const { machine, path } = await aMachine('percent = "left"\n"fo\\u0072mat" = "bars"\n');
    expect((await machine.run(['config', 'set', 'output.tmux.percent', 'used'])).stdout).toBe(
      `${path}:5: output.tmux.percent = "used" (was "left")\n`,
    );
    expect((await machine.run(['config', 'set', 'format', 'compact'])).stdout).toBe(
      `${path}: format = "compact" (was "bars")\n`,
    );
  });

  it('corrects a wrong value beside another mistake, which stays', async () => {
    const { machine, read } = await aMachine('timeout = 0\nnope = 1\n');
    expect(await machine.run(['config', 'set', 'timeout', '5'])).toMatchObject({ code: 0 });
    expect(read()).toBe('timeout = 5\nnope = 1\n');
  });

  it('says when a variable goes before the file', async () => {
    const { machine } = await aMachine(null);
    const run = await machine.run(['config', 'set', 'format', 'bars'], { USAGELINE_FORMAT: 'compact' });
    expect(run.stderr).toBe('usageline: USAGELINE_FORMAT is set, and overrides the file\n');
  });
});

describe('usageline config unset', () => {
  it('removes one key, and says what the value is now and what sets it', async () => {
    const { machine, path, read } = await aMachine(
      '# mine\npercent = "left"\n\n[output.tmux]\npercent = "used" # why\n',
    );
    expect(await machine.run(['config', 'unset', 'output.tmux.percent'])).toMatchObject({
      stdout: `${path}:5: removed output.tmux.percent = "used"\noutput.tmux.percent = "left"  # ${path}:2\n`,
      stderr: '',
      code: 0,
    });
    expect(read()).toBe('# mine\npercent = "left"\n\n[output.tmux]\n# why\n');
    expect((await machine.run(['config', 'unset', 'percent'])).stdout).toBe(
      `${path}:2: removed percent = "left"\npercent = "used"  # default\n`,
    );
    expect(read()).toBe('# mine\n\n[output.tmux]\n# why\n');
    expect(await machine.run(['config', 'unset', 'format'], { USAGELINE_FORMAT: 'bars' })).toMatchObject({
      stdout: `${path}: format is not set in it\nformat = "bars"  # USAGELINE_FORMAT\n`,
      code: 0,
    });
  });

  it('makes no file where there is none', async () => {
    const { machine, path } = await aMachine(null);
    expect(await machine.run(['config', 'unset', 'format'])).toMatchObject({
      stdout: `${path}: format is not set in it\nformat = "default"  # default\n`,
      code: 0,
    });
    expect(fs.existsSync(path)).toBe(false);
  });

  it('removes a word that is no key', async () => {
    const { machine, path, read } = await aMachine('fromat = "bars"\ntimeout = 5\n');
    expect(await machine.run(['config', 'unset', 'fromat'])).toMatchObject({
      stdout: `${path}:1: removed fromat\n`,
      code: 0,
    });
    expect(read()).toBe('timeout = 5\n');
  });

  it.each([
    [
      'a key without which another one is wrong',
      'thresholds.warn = 85\nthresholds.critical = 90\n',
      'thresholds.critical',
      2,
      /: without thresholds\.critical, thresholds\.warn is 85; accepted: at most thresholds\.critical \(80\)\n/,
    ],
    [
      'a table',
      'thresholds.warn = 5\n',
      'thresholds',
      2,
      /"thresholds" is a table; accepted: thresholds.warn, /,
    ],
    ['an unknown key', '', 'nonsense.key', 2, /"nonsense" is no key; accepted: network, /],
    ['a file that is not TOML', 'format = bars\n', 'format', 2, /not TOML: .*, so it cannot be changed\n/],
  ])('changes nothing for %s', async (_, text, name, code, message) => {
    const { machine, read } = await aMachine(text);
    const run = await machine.run(['config', 'unset', name]);
    expect(run).toMatchObject({ stdout: '', code });
    expect(run.stderr).toMatch(message);
    expect(read()).toBe(text);
  });
});

describe('usageline config get', () => {
  it('prints the value that applies, whatever sets it', async () => {
    const { machine } = await aMachine('percent = "left"\n[output.tmux]\npercent = "used"\n');
    const get = async (name: string, env = {}) => (await machine.run(['config', 'get', name], env)).stdout;
    expect(await get('percent')).toBe('left\n');
    expect(await get('output.tmux.percent')).toBe('used\n');
    expect(await get('output.zsh.percent')).toBe('left\n');
    expect(await get('timeout')).toBe('2\n');
    expect(await get('timeout', { USAGELINE_TIMEOUT: '7' })).toBe('7\n');
    expect(await get('hide')).toBe('[]\n');
    expect(await get('user_agent')).toMatch(/^usageline\/\d+\.\d+\.\d+\n$/);
    expect(await get('api_base_url', { USAGELINE_API_BASE_URL: 'http://user:secret@x' })).toBe('(refused)\n');
  });
});

describe('usageline config init', () => {
  it('creates a file that changes nothing, and keeps one that is there', async () => {
    const { machine, path, read } = await aMachine(null);
    await machine.run(['--wait']);
    const run = await machine.run(['config', 'init']);
    expect(run).toMatchObject({
      stdout: `created ${path}: all defaults, as comments\n`,
      stderr: '',
      code: 0,
    });
    const text = read();
    expect(text).toContain('\n# format = "default"\n');
    expect((await machine.run()).stdout).toBe('5h 22% 4h37m · 7d 33% 4d3h\n');
    expect(await machine.run(['config', 'check'])).toMatchObject({ code: 0 });
    expect(await machine.run(['config', 'init'])).toMatchObject({
      stdout: `kept as it is: ${path}\n`,
      code: 0,
    });
    expect(read()).toBe(text);
  });
});

describe('usageline config edit', () => {
  /** An editor that writes this text. */
  function anEditor(machine: Machine, script: string): string {
    const path = join(machine.home, 'my editor');
    fs.writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return `'${path}' --wait`;
  }

  it('opens the file in the editor with its options, and checks it afterwards', async () => {
    const { machine, path, read } = await aMachine('# mine\n');
    const editor = anEditor(machine, `[ "$1" = --wait ] && echo 'clock = "12h"' >> "$2"`);
    const run = await machine.run(['config', 'edit'], { VISUAL: editor, EDITOR: 'false' });
    expect(run).toMatchObject({ stdout: `${path}: no mistakes\n`, stderr: '', code: 0 });
    expect(read()).toBe('# mine\nclock = "12h"\n');
  });

  it('names each mistake that was saved, and exits with 2', async () => {
    const { machine, path } = await aMachine('');
    const editor = anEditor(machine, `echo 'fromat = "bars"' > "$2"`);
    const run = await machine.run(['config', 'edit'], { EDITOR: editor });
    expect(run).toMatchObject({ stdout: '', code: 2 });
    expect(run.stderr).toMatch(/:1: "fromat" is no key; accepted: .*; did you mean "format"\?\n$/);
    expect(run.stderr).toContain(path);
  });

  it('begins with the commented file where there is none', async () => {
    const { machine, read } = await aMachine(null);
    expect(await machine.run(['config', 'edit'], { EDITOR: 'true' })).toMatchObject({ code: 0 });
    expect(read()).toContain('\n# format = "default"\n');
  });

  it('says that the editor has failed', async () => {
    const { machine } = await aMachine('');
    const run = await machine.run(['config', 'edit'], { EDITOR: 'false' });
    expect(run).toMatchObject({ stdout: '', code: 1 });
    expect(run.stderr).toBe('usageline: the editor "false" has failed: it ended with 1\n');
  });
});
