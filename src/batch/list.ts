// SPDX-License-Identifier: Apache-2.0
/** Lists of inputs: paths, output of sha256sum, or one JSON object a line. */
import { PathDecoder } from '../disk/path.js';
import { BatchError } from './case.js';

export interface BatchInput {
  /** A path, a URL, or `-` for an archive on standard input. */
  readonly path: string;
  /** From a list: all that it holds belongs to one shard, so that the others need not look at it. */
  readonly listed: boolean;
  /** SHA-256 of its contents, where the list tells it: what was read with it is not read again. */
  readonly sha256?: string;
  /** Anything that changes with its contents (an ETag, a generation), likewise. */
  readonly version?: string;
}

/** `d7a8…  logs/boot-1.txt`, with `*` before the name for binary mode. */
const SHA256SUM = /^([0-9a-f]{64}) [ *](.+)$/s;

/** `logs/a`, a line of sha256sum, or `{"path": "s3://b/a", "version": "…"}`. */
export function parseListLine(line: string): BatchInput {
  const [, sha256, named] = SHA256SUM.exec(line) ?? [];
  if (sha256 !== undefined && named !== undefined) return { path: named, listed: true, sha256 };
  if (!line.startsWith('{')) return { path: line, listed: true };
  const { path, sha256: digest, version } = objectOf(line);
  if (typeof path !== 'string' || path === '') throw damagedLine(line, 'it has no "path"');
  const isDigest = typeof digest === 'string' && /^[0-9a-f]{64}$/.test(digest);
  if (digest !== undefined && !isDigest) throw damagedLine(line, '"sha256" is not 64 hexadecimal digits');
  return {
    ...{ path, listed: true },
    ...(isDigest ? { sha256: digest } : {}),
    ...(version === undefined ? {} : { version: String(version) }),
  };
}

/** The inputs of a list. */
export async function* readList(list: AsyncIterable<Uint8Array>): AsyncGenerator<BatchInput> {
  const paths = new PathDecoder();
  let rest = '';
  for await (const bytes of list) {
    const lines = `${rest}${paths.push(Buffer.from(bytes))}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield parseListLine(line);
  }
  rest += paths.end();
  if (rest !== '') yield parseListLine(rest);
}

function objectOf(line: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(line)) as Record<string, unknown>;
  } catch {
    throw damagedLine(line, 'it is not JSON');
  }
}

const damagedLine = (line: string, why: string): BatchError =>
  new BatchError(`the list has a line that cannot be used: ${line.slice(0, 100)}`, [
    `${why}; a path that starts with { is written ./{`,
  ]);

/** `s3://bucket/key`: read by the command of --fetch. */
export function isRemote(path: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(path);
}
