// SPDX-License-Identifier: Apache-2.0
/** A layout: where one kind of support archive holds evidence, as plain data. */

export interface Layout {
  readonly name: string;
  /**
   * Patterns of member paths that identify the layout. The first group is the layout's root: empty, or a path that ends
   * in a slash.
   */
  readonly markers: readonly RegExp[];
  /**
   * Globs of paths below the root: `*` matches anything but a slash, `**` anything. Members that match `keep` are read;
   * of the others, those that match `skip` are not.
   */
  readonly keep: readonly string[];
  readonly skip: readonly string[];
  /**
   * Globs of members that are evidence: they are read, and it is reported if one is not recognised. Other members are
   * reported only if they mention module loading. Absent: every member may be evidence.
   */
  readonly evidence?: readonly string[];
}

/** What paths alone tell, before a file is opened. */
export interface Places {
  /** If two have the same root, the first takes precedence. */
  readonly layouts: readonly Layout[];
  /** Paths of files that never end on a live file system (a saved copy has a size). */
  readonly endless: RegExp;
}

export const NO_PLACES: Places = { layouts: [], endless: /^(?!)/ };
