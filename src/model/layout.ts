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
  /**
   * Globs of members that are evidence: they are offered, and that one of them was not recognised matters. Of the others
   * that are offered it matters only where their text speaks of module loading. Absent: every member may be evidence.
   */
  readonly evidence?: readonly string[];
}

/** What is known of paths before a file is opened. */
export interface Places {
  /** Where two have the same root, the first is asked first. */
  readonly layouts: readonly Layout[];
  /** Paths of files that a mounted file system never ends; a saved copy of one states its size. */
  readonly endless: RegExp;
}

export const NO_PLACES: Places = { layouts: [], endless: /^(?!)/ };
