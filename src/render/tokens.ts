/** A number of tokens, rounded down to what a glance takes in: `950`, `420k`, `1.2M`, `34M`. */
export function tokenText(count: number): string {
  if (count < 1000) return String(Math.floor(count));
  if (count < 1e6) return `${Math.floor(count / 1000)}k`;
  const millions = count / 1e6;
  return millions < 10 ? `${(Math.floor(millions * 10) / 10).toFixed(1)}M` : `${Math.floor(millions)}M`;
}
