import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWith } from '../support/tools.ts';
import { aHost, eventually, OLD_LINE, Terminal, tmux } from './host.ts';
import { open, script, shells } from './shells.ts';

/** `OLD_LINE` as it fits: below so many columns, the text. */
const SHORT = '5h 22% 4h37m';
const SHORTEST = '5h 22%';

/** What a shell shows at a width: a right prompt gets half of it, the row in bash all but one column. */
const AT_WIDTH = {
  zsh: { 20: SHORTEST, 40: SHORT, 60: OLD_LINE, 120: OLD_LINE },
  fish: { 20: SHORTEST, 40: SHORT, 60: OLD_LINE, 120: OLD_LINE },
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

describeWith('tmux', 'the status line of tmux', () => {
  const right = "set -g status-right ' end'; set -g status-left '[0] '";
  it.concurrent.each([
    [60, '7d 33%'],
    [80, '5h 22% · 7d 33%'],
    [120, OLD_LINE],
  ] as const)('has a format for %d columns', async (width, text) => {
    const host = await aHost(['tmux']);
    const { stdout } = await host.machine.run(['init', 'tmux']);
    const conf = host.write('tmux.conf', `${right}\nset -g status-interval 1\n${stdout}`);
    const socket = join(host.home, 'inner');
    const terminal = await Terminal.open(
      host,
      [
        'env',
        'TERM=screen-256color',
        'LANG=C.UTF-8',
        'tmux',
        '-S',
        socket,
        '-f',
        conf,
        'new-session',
        'sleep 60',
      ],
      width,
    );
    await terminal.shows(new RegExp(` end \\| (${text})$`, 'm'), 20_000);
    await terminal.close();
  });
});

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
