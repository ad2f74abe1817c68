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

/** What is known of paths before a file is opened. */
export interface Places {
  /** Where two have the same root, the first is asked first. */
  readonly layouts: readonly Layout[];
  /** Paths of files that a mounted file system never ends; a saved copy of one states its size. */
  readonly endless: RegExp;
}

export const NO_PLACES: Places = { layouts: [], endless: /^(?!)/ };
