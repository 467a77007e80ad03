import { systemd as quoted } from '../snippets/quote.ts';
import { pastedProgram, installedProgram, runnerStep } from '../snippets/runner.ts';
import { configHome } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import type { Step, Target } from '../target.ts';
import { ownFileHeader } from '../edits/own-file.ts';

const REFRESH = ['refresh', '--quiet'];
const TIMER_UNIT = 'usageline.timer';
const ENABLE = 'systemctl --user daemon-reload && systemctl --user enable --now usageline.timer';

export const systemd: Target = {
  name: 'systemd',
  snippet: (runtime) => `# ~/.config/systemd/user/usageline.service
${service(pastedProgram(runtime, ...REFRESH))}
# ~/.config/systemd/user/usageline.timer
${TIMER}
# Then: ${ENABLE}
`,
  install: {
    multipleFiles: true,
    steps: (runtime) => {
      const unit = (name: string, text: string): Step => ({
        kind: 'whole',
        path: `${unitDirectory(runtime)}/${name}`,
        text: `${ownFileHeader('#', 'systemd')}\n${text}`,
        mode: 0o644,
      });
      return [
        runnerStep(runtime),
        unit('usageline.service', service(installedProgram(runtime, ...REFRESH))),
        unit(TIMER_UNIT, TIMER),
      ];
    },
    // `systemctl disable` refuses to remove the link once the unit is removed.
    links: (runtime) => [`${unitDirectory(runtime)}/timers.target.wants/${TIMER_UNIT}`],
    afterInstall: `Then: ${ENABLE}`,
    afterRemoval: `Then: systemctl --user stop ${TIMER_UNIT}; systemctl --user daemon-reload`,
  },
};

function unitDirectory(runtime: Runtime): string {
  return `${configHome(runtime)}/systemd/user`;
}

/** Exit code 4 (try again later) is no failure of the unit; 3 is one, because the user has to sign in. */
function service(argv: readonly string[]): string {
  return `[Unit]
Description=Keep the numbers of usageline fresh

[Service]
Type=oneshot
ExecStart=${command(argv).map(quoted).join(' ')}
SuccessExitStatus=4
`;
}

/** systemd accepts no special characters in the program's own path, even in quotes; in arguments it does. */
function command(argv: readonly string[]): readonly string[] {
  return /^[\w./+@-]+$/.test(argv[0] ?? '') ? argv : ['/bin/sh', '-c', 'exec "$0" "$@"', ...argv];
}

/** `RandomizedDelaySec` spreads the requests of many users, whose timers elapse at the same minutes. */
const TIMER = `[Unit]
Description=Keep the numbers of usageline fresh

[Timer]
OnCalendar=*:0/10
RandomizedDelaySec=120
Persistent=true

[Install]
WantedBy=timers.target
`;
