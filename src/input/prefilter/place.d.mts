/** By needle: its bucket, and where in it its print begins. */
export function place(needles: readonly string[]): Readonly<Record<string, readonly [number, number]>>;
