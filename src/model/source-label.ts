// SPDX-License-Identifier: Apache-2.0
/** Labels of sources, as reports cite them: `archive!member`, `file#section`, nested to any depth. */

export function memberLabel(container: string, member: string): string {
  return `${container}!${member}`;
}

export function sectionLabel(file: string, section: string): string {
  return `${file}#${section}`;
}

/** `tar!sys/kernel/debug/modules/modcount` -> `modcount`. */
export function lastName(label: string): string {
  return label.split(/[/\\!#]/).at(-1) ?? '';
}

/** `dir/a.tar!sos/b.txt#cat a/c` -> `b.txt#cat a/c`: without the folders and archives that hold the file. */
export function shownName(label: string): string {
  const section = label.indexOf('#');
  const file = section < 0 ? label : label.slice(0, section);
  return label.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('!')) + 1);
}

/** `tar!a/b.txt#dmesg` -> `tar`, `a`, `b.txt`, `dmesg`. */
export function labelParts(label: string): string[] {
  return label.split(/[/!#]/);
}

const LONGEST = 300;

/** A label for a message: of a long one its ends, as an archive may give a member a name of 64 KiB. */
export function shortLabel(label: string): string {
  if (label.length <= LONGEST) return label;
  return `${label.slice(0, LONGEST / 2)}... (${label.length} characters) ...${label.slice(-LONGEST / 3)}`;
}
