/*
 * Words as each host reads them. Paths have spaces, quotes and percent signs in them; control characters are
 * refused before any of this (`runtime.ts`).
 */

/** A word for sh, bash and zsh: nothing is live between single quotes. Left bare where it can be. */
export function sh(word: string): string {
  return /^[\w@+=:,./-]+$/.test(word) ? word : alwaysSh(word);
}

/** The same in quotes always, where the word may be empty or a reader expects them. */
export function alwaysSh(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A command line for `/bin/sh -c`. */
export function shCommand(argv: readonly string[]): string {
  return argv.map(sh).join(' ');
}

/** A word for fish, where a backslash is live even between single quotes. */
export function fish(word: string): string {
  return `'${word.replace(/['\\]/g, String.raw`\$&`)}'`;
}

/** A text for JSON and JSONC; for Lua and TOML too, since their basic strings know the same escapes. */
export function json(text: string): string {
  return JSON.stringify(text);
}

/** A text for Vim script: between single quotes only the quote itself is live. */
export function vim(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * A shell command as tmux runs it with `#(…)` out of a value between double quotes: what the shell reads, then what
 * formats expand (`#`, and `%` by strftime), then what tmux' own parser expands.
 *
 * @param command words of `shCommand`: a parenthesis stands between single quotes
 */
export function tmux(command: string): string {
  const shell = isBalanced(command) ? command : withoutParentheses(command);
  const format = shell.replace(/[#%]/g, '$&$&');
  return format.replace(/[\\"$]/g, String.raw`\$&`);
}

/** tmux counts parentheses up to the one that ends `#(`, and knows no quotes. */
function isBalanced(text: string): boolean {
  let open = 0;
  for (const character of text) {
    if (character === '(') open += 1;
    else if (character === ')') open -= 1;
    if (open < 0) return false;
  }
  return open === 0;
}

/** The same words, where the shell writes the parentheses that stood between single quotes. */
function withoutParentheses(command: string): string {
  return command.replace(/[()]/g, (character) => {
    const octal = character.charCodeAt(0).toString(8);
    return `'"$(printf '\\${octal}')"'`;
  });
}

/** A command line for crontab, where a percent sign ends the line. */
export function cron(command: string): string {
  return command.replaceAll('%', String.raw`\%`);
}

/** A word for `ExecStart=` of a systemd unit. */
export function systemd(word: string): string {
  const literal = word.replaceAll('%', '%%').replaceAll('$', () => '$$');
  return /^[\w@+=:,./%-]+$/.test(literal) ? literal : `"${literal.replace(/[\\"]/g, String.raw`\$&`)}"`;
}
