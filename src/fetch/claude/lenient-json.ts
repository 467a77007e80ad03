/**
 * `JSON.parse` that also accepts raw control characters in strings, which Claude Code was seen to write (a session's name
 * with a line break). Undefined for any other text that is not JSON. One pass, no backtracking.
 */
export function parseLenient(text: string): unknown {
  return parsed(text) ?? parsed(withEscapes(text));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The error is not kept: its message quotes the text.
    return undefined;
  }
}

/** The text with every control character inside a string written as an escape. */
function withEscapes(text: string): string {
  let escaped = '';
  let copied = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x22) inString = !inString;
    if (!inString) continue;
    if (code === 0x5c && !(text.charCodeAt(index + 1) < 0x20)) {
      index += 1;
      continue;
    }
    if (code >= 0x20 && code !== 0x5c) continue;
    escaped += `${text.slice(copied, index)}\\u${code.toString(16).padStart(4, '0')}`;
    copied = index + 1;
  }
  return escaped + text.slice(copied);
}
