// SPDX-License-Identifier: Apache-2.0
/** What the outputs in a folder were made from: where nothing of it changed, they need not be written again. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Record {
  /** Digest of all that the outputs depend on. */
  readonly source: string;
  /** Cases with the contents of an earlier one. */
  readonly copies: number;
  /** Each output with its size, time and inode. */
  readonly files: readonly (readonly [path: string, stamp: string])[];
}

/** Whether the file is as it was written; empty where it is gone. */
function stampOf(path: string): string {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats ? `${stats.size} ${stats.mtimeNs} ${stats.ino}` : '';
}

/** Digest of the plan, of what is kept of the results, and of the options that shape the outputs. */
export async function sourceOf(
  plan: string,
  segments: readonly string[],
  options: readonly unknown[],
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(options));
  for (const path of segments) hash.update(`${path} ${stampOf(path)}\n`);
  for await (const bytes of createReadStream(plan)) hash.update(bytes as Buffer);
  return hash.digest('hex');
}

export class Written {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, 'written.json');
  }

  /** How many cases equal an earlier one, where the outputs are those of the same source; else null. */
  copies(source: string): number | null {
    if (!existsSync(this.#path)) return null;
    try {
      const before = JSON.parse(readFileSync(this.#path, 'utf8')) as Record;
      const isSame =
        before.source === source && before.files.every(([path, stamp]) => stampOf(path) === stamp);
      return isSame ? before.copies : null;
    } catch {
      // Damaged: they are written again.
      return null;
    }
  }

  write(source: string, copies: number, files: readonly string[]): void {
    const record: Record = { source, copies, files: files.map((path) => [path, stampOf(path)]) };
    writeFileSync(this.#path, JSON.stringify(record));
  }
}
