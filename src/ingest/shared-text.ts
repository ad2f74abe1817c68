/**
 * Names that come again and again: one string for all of a name. A slice of a line keeps the whole block alive that the
 * line was cut from, and a million events hold a few hundred names.
 */
const shared = new Map<string, string>();
const MOST = 20_000;

/** The same text, as a string of its own that others have as well. */
export function sharedText(text: string): string {
  const known = shared.get(text);
  if (known !== undefined) return known;
  if (shared.size >= MOST) shared.clear();
  const own = Buffer.from(text).toString();
  shared.set(own, own);
  return own;
}
