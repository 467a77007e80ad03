import fs from 'node:fs';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import type { Machine } from '../support/program.ts';
import { Host } from './host.ts';

/** Names that one host or another would execute or misread if they were printed without sanitizing. */
export const PAYLOADS = [
  '42%n $(touch pwn_sub) `touch pwn_bt` \\u \\[x\\] #[fg=red]R',
  '#(touch pwn_tmux) #{l:x} #S %{F#f00} <b>m</b> %F{red} %(1j.x.y)',
  '%{execute("silent !touch pwn_vim")} %#Error#',
  '%{%execute("silent !touch pwn_vim")%} %!pwn()',
  '"}],"full_text":"pwn","urgent":true',
  "' label.drawing=off 'click_script=touch pwn",
  '"} 1\nusageline_up 42 1700000000\n# EOF',
  '\u001B]0;pwn\u0007\u009B31m\u202Epwn\u0001\u0002',
];

/** A host with a cached response in which every name is hostile. */
export async function aHostileHost(): Promise<Host> {
  const endpoint = await anEndpoint(
    json({
      ...fixture('2026-04-18-max.json'),
      limits: PAYLOADS.map((name, index) => ({
        kind: 'weekly_scoped',
        percent: 60 + index,
        resets_at: null,
        scope: { model: { display_name: name } },
      })),
      extra_usage: {
        is_enabled: true,
        monthly_limit: 2000,
        used_credits: 763,
        utilization: 38.15,
        currency: PAYLOADS[0],
      },
    }),
  );
  const host = new Host(endpoint);
  host.machine.login({ rateLimitTier: PAYLOADS[1] });
  await host.machine.run(['refresh']);
  return host;
}

/** Files that a payload has created: each would create one in the home, which is the current directory. */
export function harmDone({ home }: Machine): string[] {
  return fs.readdirSync(home).filter((name) => name.startsWith('pwn'));
}
