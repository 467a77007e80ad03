const MIN_ROUNDS = 3;
const MAX_ROUNDS = 10_000;

const MEANINGS = {
  json: 'one JSON object instead of the tables',
  check: 'exit 1 when a promise is missed, and name it',
  growth: 'how cost grows with the work, besides',
};

export function usage(command, rounds, flags) {
  const lines = flags.map((flag) => `  ${`--${flag}`.padEnd(12)}  ${MEANINGS[flag]}`);
  return `Usage: ${command} -- [options]

  --rounds <n>  how often each row is measured, ${MIN_ROUNDS} to ${MAX_ROUNDS} (default: ${rounds})
${lines.join('\n')}
  --help        this text
`;
}

/**
 * argv → options; `problem` names what is wrong with it.
 * @param flags names of options that take no value
 */
export function parseOptions(argv, { rounds, flags }) {
  const options = { rounds };
  for (const flag of flags) options[flag] = false;
  const rest = [...argv];
  while (rest.length > 0) {
    const [flag, inline] = splitFlag(rest.shift());
    if (flag === '--rounds') {
      const text = inline ?? rest.shift() ?? '';
      const number = Number(text);
      if (!/^\d+$/.test(text) || number < MIN_ROUNDS || number > MAX_ROUNDS) {
        const accepted = `a whole number from ${MIN_ROUNDS} to ${MAX_ROUNDS}`;
        return { problem: `--rounds is '${text}'; accepted: ${accepted}` };
      }
      options.rounds = number;
    } else if (inline === undefined && flag.startsWith('--') && flags.includes(flag.slice(2))) {
      options[flag.slice(2)] = true;
    } else {
      const accepted = ['--rounds <n>', ...flags.map((name) => `--${name}`)].join(', ');
      return { problem: `unknown option '${flag}'; accepted: ${accepted}` };
    }
  }
  return { options };
}

function splitFlag(argument) {
  const at = argument.indexOf('=');
  return at < 0 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)];
}
