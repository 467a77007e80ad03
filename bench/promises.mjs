/** Describes the promises that the rows do not keep. */
export function missed(rows) {
  return rows.flatMap(({ label, ratio, limit = null, memory = null }) => [
    ...(limit !== null && ratio.median > limit
      ? [`${label} is ${ratio.median.toFixed(2)} × the floor, promised is ${limit}`]
      : []),
    ...(memory && memory.limit !== null && memory.ratio > memory.limit
      ? [`${label} takes ${memory.ratio.toFixed(2)} × the memory of the floor, promised is ${memory.limit}`]
      : []),
  ]);
}
