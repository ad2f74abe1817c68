// SPDX-License-Identifier: Apache-2.0
/** Whether inputs are as they were, without reading them. */
import { hash } from 'node:crypto';
import { type BigIntStats, lstatSync, readdirSync, statSync } from 'node:fs';
import { pathBytes } from '../disk/path.js';

/** A file that changed so shortly before may change again within the same tick of its clock. */
const SETTLED_NS = 2_000_000_000n;

/**
 * The same as long as no file changed its size, its times (of contents and of inode) or its inode. Null where that is
 * not certain: something is missing, or has changed within two seconds.
 */
export function stampOf(inputs: readonly string[]): string | null {
  const now = BigInt(Date.now()) * 1_000_000n;
  const lines: string[] = [];
  const add = (stats: BigIntStats): boolean => {
    const { size, mtimeNs, ctimeNs, ino, mode } = stats;
    lines.push(`${size} ${mtimeNs} ${ctimeNs} ${ino} ${mode}`);
    return now - ctimeNs > SETTLED_NS && now - mtimeNs > SETTLED_NS;
  };
  const addFolder = (path: Buffer): boolean =>
    readdirSync(path, { withFileTypes: true, encoding: 'buffer' }).every((entry) => {
      const below = Buffer.concat([path, SLASH, entry.name]);
      lines.push(entry.name.toString('latin1'));
      return entry.isDirectory() ? addFolder(below) : add(lstatSync(below, { bigint: true }));
    });
  try {
    const isSettled = inputs.every((input) => {
      const path = pathBytes(input);
      const stats = statSync(path, { bigint: true });
      return stats.isDirectory() ? addFolder(path) : add(stats);
    });
    return isSettled ? hash('sha256', lines.join('\n'), 'base64').slice(0, 16) : null;
  } catch {
    return null;
  }
}

const SLASH = Buffer.from('/');
