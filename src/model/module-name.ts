// SPDX-License-Identifier: Apache-2.0
/** The kernel's spelling of a module name: `-` becomes `_` (kernel/params.c:parameqn, kmod's underscores). */
export function moduleName(name: string): string {
  return name.replaceAll('-', '_');
}

const MODULE_END = /\.ko(\.(?:xz|zst|gz))?$/;
const NAME_END = /[/\s]/;

/** The module name and compression of a path such as `/lib/modules/R/kernel/a-b.ko.xz`; null for other files. */
export function moduleFile(path: string): { module: string; compression: 'xz' | 'zst' | 'gz' | null } | null {
  const match = MODULE_END.exec(path);
  if (!match) return null;
  let start = match.index;
  while (start > 0 && !NAME_END.test(path.charAt(start - 1))) start--;
  if (start === match.index) return null;
  return {
    module: moduleName(path.slice(start, match.index)),
    compression: (match[1]?.slice(1) ?? null) as 'xz' | 'zst' | 'gz' | null,
  };
}
