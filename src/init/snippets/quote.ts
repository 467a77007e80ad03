/*
 * Quotes words and texts for each host. Paths can contain spaces, quotes and percent signs; `runtimeOf` has refused
 * control characters already.
 */

/** Quotes a word for sh, bash and zsh if it needs quotes. Between single quotes no character is special. */
export function sh(word: string): string {
  return /^[\w@+=:,./-]+$/.test(word) ? word : alwaysSh(word);
}

/** Quotes a word for sh, bash and zsh always: it may be empty, or its reader expects quotes. */
export function alwaysSh(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Joins words to a command line for `/bin/sh -c`. */
export function shCommand(argv: readonly string[]): string {
  return argv.map(sh).join(' ');
}

/** Quotes a word for fish, where a backslash is special even between single quotes. */
export function fish(word: string): string {
  return `'${word.replace(/['\\]/g, String.raw`\$&`)}'`;
}

/** Quotes a text for JSON and JSONC; also for Lua and TOML, whose basic strings have the same escapes. */
export function json(text: string): string {
  return JSON.stringify(text);
}

/** Quotes a word for PowerShell, where only the quote itself is special between single quotes. */
export function powershell(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Quotes a text for Vim script, where only the quote itself is special between single quotes. */
export function vim(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * Quotes a shell command for `#(…)` within a double-quoted value of tmux. Three readers take the value apart: tmux' own
 * parser, then its formats (`#`, and `%` for strftime), then the shell. The code quotes for the last one first.
 *
 * @param command a result of `shCommand`: parentheses are between single quotes
 */
export function tmux(command: string): string {
  const shell = isBalanced(command) ? command : withoutParentheses(command);
  const format = shell.replace(/[#%]/g, '$&$&');
  return format.replace(/[\\"$]/g, String.raw`\$&`);
}

/** tmux counts parentheses to find the end of `#(`, inside quotes as well. */
function isBalanced(text: string): boolean {
  let open = 0;
  for (const character of text) {
    if (character === '(') open += 1;
    else if (character === ')') open -= 1;
    if (open < 0) return false;
  }
  return open === 0;
}

/** Replaces the parentheses between single quotes by commands that print them. */
function withoutParentheses(command: string): string {
  return command.replace(/[()]/g, (character) => {
    const octal = character.charCodeAt(0).toString(8);
    return `'"$(printf '\\${octal}')"'`;
  });
}

/** Escapes a command line for crontab, where a percent sign ends the line. */
export function cron(command: string): string {
  return command.replaceAll('%', String.raw`\%`);
}

/** Quotes a word for `ExecStart=` of a systemd unit. */
export function systemd(word: string): string {
  const literal = word.replaceAll('%', '%%').replaceAll('$', () => '$$');
  return /^[\w@+=:,./%-]+$/.test(literal) ? literal : `"${literal.replace(/[\\"]/g, String.raw`\$&`)}"`;
}
