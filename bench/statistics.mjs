/** The value below which a share of the values lies, interpolated; the values need no order. */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

export function median(values) {
  return quantile(values, 0.5);
}

/** Median and spread: the middle four fifths. */
export function summary(values) {
  return { median: median(values), p10: quantile(values, 0.1), p90: quantile(values, 0.9) };
}
