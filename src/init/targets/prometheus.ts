import { shCommand } from '../snippets/quote.ts';
import { pastedProgram } from '../snippets/runner.ts';
import type { Target } from '../target.ts';

/**
 * node_exporter reads every `*.prom` file of the directory at any time and as another user: hence the temporary name, the
 * rename and the `chmod`.
 */
export const prometheus: Target = {
  name: 'prometheus',
  snippet: (runtime) => `#!/bin/sh
# A script for cron, as the user whose login it is; for example: * * * * * /path/to/this/script
# The directory is what node_exporter has as --collector.textfile.directory, and has to be writable.
directory=\${1:-/var/lib/prometheus/node-exporter}
new=$(mktemp "$directory/.usageline.XXXXXX") || exit 1
if ${shCommand(pastedProgram(runtime, '--output', 'openmetrics'))} >"$new" && chmod 644 "$new"; then
  mv -f "$new" "$directory/usageline.prom"
else
  rm -f "$new"
  exit 1
fi
`,
  install: "the directory is the machine's and not yours: save the script and call it from cron",
};
