import type { Usage } from '../../usage/model.ts';
import { sanitize } from '../../usage/text.ts';
import { METRICS } from './metrics.ts';
import type { Labels, Metric } from './metrics.ts';
import type { StructuredOutput } from './output.ts';

/**
 * A text exposition for Prometheus (a file of node_exporter's textfile collector): valid as Prometheus' own format and
 * as OpenMetrics. Base units and times instead of ages, so that a file which nobody writes any more tells its age; no
 * timestamps at samples, for which node_exporter rejects the whole file.
 */
export const openmetrics: StructuredOutput = {
  render: (usage) => {
    const own = { provider: usage.provider, account: sanitize(usage.account) };
    return [...METRICS.flatMap((metric) => familyOf(metric, usage, own)), '# EOF'].join('\n');
  },
};

function familyOf({ name, help, samples }: Metric, usage: Usage, own: Labels): string[] {
  const lines = samples(usage)
    .filter(([, value]) => value !== null)
    .map(([labels, value]) => `${name}${labelText(own, labels)} ${value}`);
  return lines.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`].concat(lines);
}

/** Every value is of the allowlist or ours, so there is nothing to escape. */
function labelText(...labels: Labels[]): string {
  const pairs = labels.flatMap(Object.entries).map(([name, value]) => `${name}="${value}"`);
  return `{${pairs.join(',')}}`;
}
