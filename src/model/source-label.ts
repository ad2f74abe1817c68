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

/** `tar!a/b.txt#dmesg` -> `tar`, `a`, `b.txt`, `dmesg`. */
export function labelParts(label: string): string[] {
  return label.split(/[/!#]/);
}
