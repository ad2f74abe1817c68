/** What a kernel release says about how it loads modules. */

/** `6.12.117-lab` -> whether finit_module calls of one file are coalesced (6.5); null for an unreadable release. */
export function coalescesLoads(release: string | null): boolean | null {
  const match = release === null ? null : /^(\d+)\.(\d+)/.exec(release);
  if (!match) return null;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major > 6 || (major === 6 && minor >= 5);
}
