/** A module's own name: the kernel's spelling, in which `-` is `_` (kernel/params.c:parameqn, kmod's underscores). */
export function moduleName(name: string): string {
  return name.replaceAll('-', '_');
}

const MODULE_FILE = /([^/\s]+?)\.ko(\.(?:xz|zst|gz))?$/;

/** The module name and compression of a path such as `/lib/modules/R/kernel/a-b.ko.xz`, or null for another file. */
export function moduleFile(path: string): { module: string; compression: 'xz' | 'zst' | 'gz' | null } | null {
  const match = MODULE_FILE.exec(path);
  if (!match?.[1]) return null;
  return {
    module: moduleName(match[1]),
    compression: (match[2]?.slice(1) ?? null) as 'xz' | 'zst' | 'gz' | null,
  };
}
