import { systemd as quoted } from '../quote.ts';
import { configHome, programOf } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import type { Target } from '../target.ts';
import { writtenBy } from '../written.ts';

const ENABLE = 'systemctl --user daemon-reload && systemctl --user enable --now usageline.timer';

export const systemd: Target = {
  name: 'systemd',
  snippet: (runtime) => `# ~/.config/systemd/user/usageline.service
${service(runtime)}
# ~/.config/systemd/user/usageline.timer
${TIMER}
# Then: ${ENABLE}
`,
  install: {
    several: true,
    steps: (runtime) => {
      const directory = `${configHome(runtime)}/systemd/user`;
      return Object.entries({ service: service(runtime), timer: TIMER }).map(([kind, text]) => ({
        kind: 'whole',
        path: `${directory}/usageline.${kind}`,
        text: `${writtenBy('#', 'systemd')}\n${text}`,
        mode: 0o644,
      }));
    },
    after: `Then: ${ENABLE}`,
    afterRemoval: 'Then: systemctl --user disable --now usageline.timer; systemctl --user daemon-reload',
  },
};

/** 4 means that waiting helps: no reason for a failed unit. 3 is one, since signing in is what helps. */
function service(runtime: Runtime): string {
  return `[Unit]
Description=Keep the numbers of usageline fresh

[Service]
Type=oneshot
ExecStart=${command(programOf(runtime, 'refresh', '--quiet'))
    .map(quoted)
    .join(' ')}
SuccessExitStatus=4
`;
}

/** In the name of the program itself systemd takes no special characters, however they are quoted. */
function command(argv: readonly string[]): readonly string[] {
  return /^[\w./+@-]+$/.test(argv[0] ?? '') ? argv : ['/bin/sh', '-c', 'exec "$0" "$@"', ...argv];
}

/** Spread over two minutes: at full minutes everybody else asks. */
const TIMER = `[Unit]
Description=Keep the numbers of usageline fresh

[Timer]
OnCalendar=*:0/10
RandomizedDelaySec=120
Persistent=true

[Install]
WantedBy=timers.target
`;
