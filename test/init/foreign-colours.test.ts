import { describe, expect, it } from 'vitest';
import { TARGETS } from '../../src/init/targets/index.ts';
import { aRuntime } from './runtime.ts';

describe('in a host that has a colour of its own where the line is', () => {
  it('nushell shows the line in its own colours: a reset comes first', () => {
    expect(TARGETS.nushell.snippet(aRuntime())).toContain('$"(ansi reset)($line)"');
  });

  it('kitty draws the line upright and in the colour of text, not in that of inactive tabs', () => {
    const script = TARGETS.kitty.snippet(aRuntime());
    const drawn = script.indexOf('screen.draw(line)');
    for (const part of [
      'cursor.bold = screen.cursor.italic = False',
      'as_rgb(color_as_int(get_options().foreground))',
    ]) {
      expect(script.indexOf(part)).toBeGreaterThan(0);
      expect(script.indexOf(part)).toBeLessThan(drawn);
    }
  });
});
