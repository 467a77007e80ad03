import { HOUR, SECOND } from '../../src/usage/time.ts';
import type { Promised } from './invariants.ts';
import type { Login } from './stage.ts';

/** A kind of call. */
export interface Kind extends Promised {
  readonly name: string;
  readonly args: readonly string[];
  /** Runs the launcher in sh in place of the program. */
  readonly launcher?: true;
  /** Its output contains only percentages of its account. */
  readonly hasNumbers?: true;
  /** The standard input that Claude Code would send. */
  readonly stdin?: (login: Login, random: () => number) => string;
}

const line = (name: string, args: readonly string[], more: Partial<Kind> = {}): Kind => ({
  name,
  args,
  prints: 'line',
  exits: [0],
  hasNumbers: true,
  ...more,
});

/** docs/specs/line.md, "Exit codes", without 1 (an internal error) and 2 (wrong usage). */
const USAGE_EXITS = [0, 3, 4];
/** docs/specs/outputs.md, "check". */
const CHECK_EXITS = [0, 1, 2, 3];

/** The kind of call that a crowd makes. */
export const CROWD: Kind = {
  name: 'refresh --force',
  args: ['refresh', '--force'],
  prints: 'text',
  exits: USAGE_EXITS,
};

export const KINDS: readonly Kind[] = [
  line('line', []),
  line('line --wait', ['--wait']),
  line('line --cached', ['--cached']),
  line('--output waybar', ['--output', 'waybar'], { prints: 'object' }),
  line('--output tmux', ['--output', 'tmux']),
  line('--format', ['--format', '{5h.used}[{sep}{7d.used}]']),
  line('--format, with tokens', ['--format', '[{5h.tokens}{sep}]{5h.used}']),
  line('launcher', [], { launcher: true }),
  line('launcher --output zsh', ['--output', 'zsh'], { launcher: true }),
  line('statusline', ['statusline', '--color', 'never'], { stdin: sessionOf }),
  line('statusline, odd input', ['statusline', '--color', 'never'], { stdin: oddInput }),
  line('statusline --after', ['statusline', '--color', 'never', '--after', 'echo before'], {
    stdin: sessionOf,
  }),
  { name: '--json', args: ['--json'], prints: 'object', exits: USAGE_EXITS },
  { name: '--json --wait', args: ['--json', '--wait'], prints: 'object', exits: USAGE_EXITS },
  { name: 'show', args: ['show'], prints: 'text', exits: USAGE_EXITS },
  { name: 'refresh', args: ['refresh'], prints: 'text', exits: USAGE_EXITS },
  CROWD,
  { name: 'check', args: ['check', '-w', '80', '-c', '95'], prints: 'line', exits: CHECK_EXITS },
  { name: 'ready zsh', args: ['ready', 'zsh'], prints: 'text', exits: [0] },
  { name: 'ready zsh --refresh', args: ['ready', 'zsh', '--refresh'], prints: 'silence', exits: [0] },
  { name: 'explain', args: ['explain'], prints: 'text', exits: [0] },
  { name: 'init zsh', args: ['init', 'zsh'], prints: 'text', exits: [0] },
];

/** The report of a session, with numbers of its account or without. */
function sessionOf({ least, most }: Login, random: () => number): string {
  const inHours = (hours: number) => Math.floor((Date.now() + hours * HOUR) / SECOND);
  const percentage = () => least + Math.floor(random() * (most - least + 1));
  return JSON.stringify({
    session_id: `session-${Math.floor(random() * 5)}`,
    model: { id: 'm', display_name: 'Fable 5' },
    ...(random() < 0.7 && {
      rate_limits: {
        five_hour: { used_percentage: percentage(), resets_at: inHours(4) },
        seven_day: { used_percentage: percentage(), resets_at: inHours(96) },
      },
    }),
  });
}

function oddInput(login: Login, random: () => number): string {
  const session = sessionOf(login, random);
  const inputs = [
    '',
    '{}',
    'null',
    'not JSON',
    session.slice(0, session.length / 2),
    JSON.stringify({ ...(JSON.parse(session) as object), filler: 'x'.repeat(2 * 1024 * 1024) }),
    '{"rate_limits":{"five_hour":{"used_percentage":"many","resets_at":-1}}}',
    '['.repeat(100_000),
  ];
  return inputs[Math.floor(random() * inputs.length)] as string;
}
