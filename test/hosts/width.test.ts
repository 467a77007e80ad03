import fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { json } from '../support/endpoint.ts';
import { describeWith } from '../support/tools.ts';
import { aHost, eventually, OLD_LINE, Terminal, tmux } from './host.ts';
import type { Host } from './host.ts';
import { open, script, shells } from './shells.ts';

/** `OLD_LINE` as it fits: below so many columns, the text. */
const SHORT = '5h 22% 4h37m';
const SHORTEST = '5h 22%';

/** What a shell shows at a width: a right prompt gets half of it, below 60 columns a third, the row in bash all but one column. */
const AT_WIDTH = {
  zsh: { 20: SHORTEST, 40: SHORT, 59: SHORT, 60: OLD_LINE, 120: OLD_LINE },
  fish: { 20: SHORTEST, 40: SHORT, 59: SHORT, 60: OLD_LINE, 120: OLD_LINE },
  bash: { 12: SHORTEST, 20: SHORT, 40: OLD_LINE, 120: OLD_LINE },
} as const;

for (const shell of Object.values(shells)) {
  describeWith('tmux', `the width of the terminal, ${shell.name}`, () =>
    describeWith(shell.name, 'the hook', () => {
      it.concurrent.each(Object.entries(AT_WIDTH[shell.name]))(
        'shows what fits in %s columns, and starts nothing',
        async (columns, text) => {
          const host = await aHost([shell.name]);
          const terminal = await open(host, shell, {
            width: Number(columns),
            ready: new RegExp(`${text}[^>]*\\d >|\\d >[^>]*${text}`),
          });
          const screen = await terminal.screen();
          // Nothing of a longer version, and the prompt in its row.
          expect(screen.match(/5h 22%[^\n]*/)?.[0]).toBe(text);
          expect(screen.split('\n')).toHaveLength(shell.name === 'bash' ? 2 : 1);
          expect(host.started).toEqual([]);
        },
      );

      it.concurrent('shows more when the terminal becomes wider', async () => {
        const host = await aHost([shell.name]);
        const terminal = await open(host, shell, { width: 20, ready: '5h 22%' });
        await tmux('resize-window', '-t', terminal.session, '-x', '100');
        await eventually('the longer line', async () => {
          await terminal.press('Enter');
          return (await terminal.screen()).includes(OLD_LINE);
        });
        expect(host.started).toEqual([]);
      });
    }),
  );
}

describeWith('bash', 'a width in the environment of bash', () => {
  it.each(['a[$(touch $HOME/ran)]', '0', '-3', '08', '99999999999999999999', ''])(
    'that is no width changes nothing: %j',
    async (value) => {
      const host = await aHost(['bash']);
      const lines = [`COLUMNS='${value}'`, shells.bash.hook, 'echo "<$USAGELINE>"', 'ls $HOME/ran'];
      const { stdout } = await script(host, shells.bash, lines.join('\n'));
      expect(stdout).toBe(`<${OLD_LINE}>\n`);
    },
  );
});

describeWith('tmux', 'beside other text', () => {
  const LINE = String.raw`5h \u001B\[33m22%`;

  describeWith('zsh', 'in zsh', () => {
    it.concurrent.each([
      ['a background that the theme ends by itself', String.raw`%K{red}%B over %{\e[0m%}`],
      ['a background that is left on', '%K{red} over'],
      ['bold, underlined and reversed text that is left on', '%B%U%S over'],
    ])(
      'a right prompt keeps a space from the text before it, and does not inherit %s',
      async (_case, theme) => {
        const host = await aHost(['zsh']);
        const terminal = await open(host, shells.zsh, { before: `RPROMPT=$'${theme}'`, ready: OLD_LINE });
        const row = (await terminal.colours()).split('\n').at(-1) ?? '';
        // After `over` comes a reset, then a blank and the line, without a style before its first number.
        expect(row).toMatch(new RegExp(`over ?(\\u001B\\[[\\d;]*m)+ ?${LINE}`));
        expect(row).toMatch(/over[^5]* [^5]*5h/);
        const before = /over(.*?)5h/.exec(row)?.[1] ?? '';
        const styles = [...before.matchAll(/\u001B\[([\d;]*)m/g)].flatMap(([, codes = '']) =>
          codes.split(';'),
        );
        expect(
          styles.filter((code) => !['', '0', '22', '23', '24', '27', '39', '49'].includes(code)),
        ).toEqual([]);
        expect(styles.length).toBeGreaterThan(0);
      },
    );
  });

  describeWith('fish', 'in fish', () => {
    it.concurrent('a right prompt keeps a space from the text before it, and ends its colours', async () => {
      const host = await aHost(['fish']);
      const before = 'function fish_right_prompt; set_color -b red --bold; echo -n over; end';
      const terminal = await open(host, shells.fish, { before, ready: `over ${OLD_LINE}` });
      const row = (await terminal.colours()).split('\n').at(-1) ?? '';
      expect(row).toMatch(new RegExp(`over(?:\\u001B\\[(?:0|39|49)?m)+ ${LINE}`));
    });
  });

  describeWith('bash', 'in bash', () => {
    it.concurrent('the line takes the empty row with which a prompt begins', async () => {
      const host = await aHost(['bash']);
      const terminal = await open(host, shells.bash, {
        before: String.raw`PS1='\n$? > '`,
        ready: OLD_LINE,
      });
      await terminal.type('true\n');
      await eventually('the second prompt', async () => (await terminal.screen()).split('> ').length >= 2);
      await terminal.press('C-l');
      await terminal.shows(OLD_LINE);
      expect(await terminal.screen()).toMatch(new RegExp(`^(\\d > true\\n)?╭ ${OLD_LINE}\\n0 >$`, 'm'));
    });
  });
});

/** The line about three limits, two of which are used up before their reset, in its forms, as regular expressions. */
const FULL = String.raw`5h 57% 2h5\dm, empty in \w+ · 7d 33% 4d3h · 7d Opus 82% 4d3h, empty in \w+`;
const COMPACT = '5h 57% · 7d 33% · 7d Opus 82%';
const MINIMAL = String.raw`7d Opus 82%, empty in \w+`;
const NAMED = '7d Opus 82%';
const PERCENT = '82%';

/** A machine with the numbers of these lines in the cache. */
async function aBusyHost(): Promise<Host> {
  const host = await aHost([]);
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  const opus = { kind: 'weekly_scoped', percent: 82, scope: { model: { display_name: 'Opus' } } };
  host.endpoint.answer = json({
    five_hour: { utilization: 57, resets_at: at(179.8) },
    seven_day: { utilization: 33, resets_at: at(99.8 * 60) },
    limits: [{ ...opus, resets_at: at(99.8 * 60) }],
  });
  fs.rmSync(host.machine.cache, { recursive: true });
  await host.machine.run(['refresh']);
  return host;
}

/** Where tmux cuts its list of windows. */
const CUT = /[<>]/;

describeWith('tmux', 'the status line of tmux', () => {
  const FOUR = ['edit', 'server', 'build', 'logs'];
  const HOST_NAME = 'adas-macbook-pro.localdomain';

  it.concurrent.each([
    [40, ['zsh'], 'vm', '[0] 0:zsh*', PERCENT],
    [54, ['zsh'], 'vm', '[0] 0:zsh*', NAMED],
    [60, ['zsh'], 'vm', '[0] 0:zsh*', MINIMAL],
    [60, ['zsh'], HOST_NAME, '[0] 0:zsh*', PERCENT],
    [60, FOUR, 'vm', '3:logs*', NAMED],
    [60, FOUR, HOST_NAME, '3:logs*', PERCENT],
    [80, ['zsh'], 'vm', '[0] 0:zsh*', COMPACT],
    [80, FOUR, 'vm', '0:edit  1:server  2:build- 3:logs*', NAMED],
    [120, FOUR, 'vm', '0:edit  1:server  2:build- 3:logs*', COMPACT],
    [120, ['zsh'], 'vm', '[0] 0:zsh*', FULL],
    [150, FOUR, 'vm', '0:edit  1:server  2:build- 3:logs*', FULL],
  ] as const)(
    'at %d columns, beside the windows %j and the title %s, has %j and the line %j',
    async (width, windows, title, list, text) => {
      const host = await aBusyHost();
      await host.machine.run(['init', 'tmux', '--install', '--yes']);
      const [first = '', ...others] = windows;
      const more = others.flatMap((name) => [';', 'new-window', '-n', name, 'sleep 60']);
      const argv = ['tmux', '-S', join(host.home, 'inner'), 'new-session', '-n', first, 'sleep 60', ...more];
      const terminal = await Terminal.open(
        host,
        [...argv, ';', 'select-pane', '-T', title, ';', 'set', '-g', 'status-interval', '1'],
        width,
      );
      await terminal.shows(new RegExp(`"${title.slice(0, 21)}" [\\d:]{5} [\\w-]+ \\| ${text}$`, 'm'), 20_000);
      expect(await terminal.last()).toContain(list);
      if (list.startsWith('0')) expect((await terminal.last()).split('"')[0]).not.toMatch(CUT);
      await terminal.close();
    },
  );

  it.concurrent('keeps the age of old numbers in its shortest forms', async () => {
    const host = await aBusyHost();
    await host.machine.run(['init', 'tmux', '--install', '--yes']);
    host.endpoint.answer = json({}, 500);
    await host.ageBy(12 * 60_000, 'tmux');
    const argv = ['tmux', '-S', join(host.home, 'inner'), 'new-session', '-n', 'zsh', 'sleep 60'];
    const terminal = await Terminal.open(host, [...argv, ';', 'select-pane', '-T', 'vm'], 50);
    await terminal.shows(/\| 82% · 1\dm ago/, 20_000);
    await terminal.close();
  });

  it.concurrent('does not add the line where the user has it in status-left', async () => {
    const host = await aBusyHost();
    host.write('.tmux.conf', "set -g status-left '#{E:@usageline} '\nset -g status-left-length 100\n");
    await host.machine.run(['init', 'tmux', '--install', '--yes']);
    const argv = ['tmux', '-S', join(host.home, 'inner'), 'new-session', '-n', 'zsh', 'sleep 60'];
    const terminal = await Terminal.open(host, argv, 200);
    await terminal.shows(new RegExp(FULL), 20_000);
    expect((await terminal.last()).split('82%')).toHaveLength(2);
    await terminal.close();
  });
});

describeWith('nu', 'the right prompt of nushell', () =>
  describeWith('tmux', 'in a terminal', () => {
    const DATE = String.raw`[\d/]{10} [\d:]{8} [AP]M`;
    const longPath = 'a/rather/deep/directory/of/a/project/with/a/long/name';

    it.concurrent.each([
      ['its own date', 40, '', '', `${DATE}`],
      ['its own date', 60, '', '', `${DATE} ${NAMED}`],
      ['its own date', 80, '', '', `${DATE} ${COMPACT}`],
      ['its own date', 160, '', '', `${DATE} ${FULL}`],
      ['its own date and a long path', 80, '', longPath, `${DATE}`],
      ['no text', 40, '""', '', NAMED],
      ['no text', 160, '""', '', FULL],
      ['a text of the user', 60, '{|| "mine" }', '', `mine ${COMPACT}`],
    ])('beside %s in %d columns', async (_, width, own, directory, shown) => {
      const host = await aBusyHost();
      const mine = own === '' ? '' : `$env.PROMPT_COMMAND_RIGHT = ${own}\n`;
      host.write('.config/nushell/config.nu', `$env.config.show_banner = false\n${mine}`);
      host.write('.config/nushell/env.nu', '');
      fs.mkdirSync(join(host.home, directory), { recursive: true });
      await host.machine.run(['init', 'nushell', '--install', '--yes']);
      const command = `cd '${join(host.home, directory)}'; exec nu`;
      const terminal = await Terminal.open(host, ['sh', '-c', command], width);
      await terminal.shows(new RegExp(`^~.*> +${shown}$`, 'm'), 20_000);
      await terminal.close();
    });
  }),
);

for (const [editor, target, widths] of [
  ['vim', 'vim', { 40: NAMED, 60: MINIMAL, 80: COMPACT, 120: FULL }],
  ['nvim', 'neovim', { 40: NAMED, 60: MINIMAL, 80: COMPACT, 120: FULL }],
  ['emacs', 'emacs', { 80: NAMED, 90: MINIMAL, 100: COMPACT, 140: FULL }],
] as const) {
  describeWith('tmux', `the width of ${target}`, () =>
    describeWith(editor, 'in its window', () => {
      it.concurrent.each(Object.entries(widths))(
        'leaves room for the name of the file at %s columns: %s',
        async (columns, text) => {
          const host = await aBusyHost();
          await host.machine.run(['init', target, '--install', '--yes']);
          const argv = editor === 'emacs' ? ['emacs', '-nw', 'a.ts'] : [editor, 'a.ts'];
          const terminal = await Terminal.open(host, argv, Number(columns));
          await terminal.shows(new RegExp(`a\\.ts .* ${text}(-+| *)$`, 'm'), 20_000);
          await terminal.close();
        },
      );
    }),
  );
}

describeWith('tmux', 'the row of the line in bash', () =>
  describeWith('bash', 'begins with a sign that ties it to the prompt below', () => {
    it.concurrent.each([
      ['dim, in a UTF-8 locale', {}, '\u001B[2m╭ \u001B[0m', '╭ '],
      ['without an escape sequence under NO_COLOR', { before: 'NO_COLOR=1' }, '╭ ', '╭ '],
      ['in ASCII in another locale', { before: 'LC_ALL=C' }, '\u001B[2m- \u001B[0m', '- '],
      ['that the user can choose', { before: "usageline_lead='~~ '" }, '\u001B[2m~~ \u001B[0m', '~~ '],
      ['or leave out', { before: 'usageline_lead=' }, '', ''],
    ])('%s', async (_, lines, styled, text) => {
      const host = await aHost(['bash']);
      const terminal = await open(host, shells.bash, { ...lines, ready: '5h 22%' });
      expect(await terminal.screen()).toMatch(new RegExp(`^${text}5h 22%`, 'm'));
      const row = (await terminal.colours()).split('\n').find((it) => it.includes('5h')) ?? '';
      expect(row.replaceAll(/\u001B\[(39|49)m/g, '').startsWith(`${styled}5h`)).toBe(true);
      await terminal.close();
    });
  }),
);
