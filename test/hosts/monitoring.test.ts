import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { renderDocument } from '../../src/render/outputs/documents.ts';
import { context, hostile, PAYLOADS, STATES } from '../render/outputs/cases.ts';
import { describeWith } from '../support/tools.ts';
import { aHost } from './host.ts';
import { aHostileHost } from './hostile.ts';

/** The findings of Prometheus' own checker for an exposition: errors and violations of conventions. */
function findings(exposition: string): string {
  const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: exposition,
    encoding: 'utf8',
  });
  return stdout + stderr;
}

const written = (usage: (typeof STATES)['stale']) =>
  `${renderDocument('openmetrics', usage, context({ color: false }))}\n`;

describeWith('promtool', "Prometheus' checker", () => {
  it('finds mistakes', () => {
    expect(findings(written(STATES.fresh).replaceAll('"five_hour"', '"five"hour"'))).toContain('error');
    expect(findings('up 1')).not.toBe('');
  });

  it.each(Object.entries(STATES))('finds nothing in: %s', (_, usage) => {
    expect(findings(written(usage))).toBe('');
  });

  it.each(PAYLOADS)('finds nothing with %j as a name', (payload) => {
    expect(findings(written(hostile(payload)))).toBe('');
  });

  it('finds nothing in what the program prints', async () => {
    for (const host of [await aHost(['plain']), await aHostileHost()]) {
      const run = await host.machine.run(['--output', 'openmetrics']);
      expect(run).toMatchObject({ stderr: '', code: 0 });
      expect(run.stdout).toContain('usageline_window_used_ratio{');
      expect(findings(run.stdout)).toBe('');
    }
  });
});
