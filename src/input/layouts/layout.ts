/** A layout: where evidence lies in one kind of support archive, as plain data. */

export interface Layout {
  readonly name: string;
  /**
   * Of each member's path: a match tells the layout, and its first group is the layout's root (empty, or a path that
   * ends in a slash).
   */
  readonly told: readonly RegExp[];
  /**
   * Globs of paths below the root: `*` stands for any characters but a slash, `**` for any. A member that `keep`
   * matches is offered; else one that `leave` matches cannot matter; all others are offered.
   */
  readonly keep: readonly string[];
  readonly leave: readonly string[];
}

/** One expression that matches any of the globs, as a whole. */
export function globs(patterns: readonly string[]): RegExp {
  const sources = patterns.map((pattern) =>
    pattern.replace(/\*\*|\*|[.+?^${}()|[\]\\]/g, (found) => {
      if (found === '**') return '.*';
      return found === '*' ? '[^/]*' : `\\${found}`;
    }),
  );
  // Without patterns: an expression that nothing matches.
  return new RegExp(sources.length > 0 ? `^(?:${sources.join('|')})$` : '^(?!)', 's');
}
