// SPDX-License-Identifier: Apache-2.0
/** Captures of real kernels with the truth beside them: those of the project, or a larger folder of them. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OURS = fileURLToPath(new URL('../../node_modules/.cache/modwaste-captures/', import.meta.url));

/** Where the captures lie, with a slash at its end. */
export const CORPUS = process.env.MODWASTE_CORPUS ?? OURS;

/** Where the captures of the project are unpacked. */
export const UNPACKED = OURS;

/** True in `npm run test:corpus`: all captures are there, and time for them. */
export const WHOLE = process.env.MODWASTE_CORPUS !== undefined;

/** Tests that read a capture many times over take every nth; the gate has no time for all. */
const EACH = Number(process.env.MODWASTE_CORPUS_EACH ?? 1);

/** True where there is time for more inputs, and larger ones, than `npm test` has. */
export const UNHURRIED = WHOLE && EACH === 1;

/** Of names of captures, those that are read many times over. */
export function sampled(names: readonly string[]): string[] {
  return names.filter((_, index) => index % EACH === 0);
}

/** Names of the captures that match, in order. */
export function captures(pattern: RegExp): string[] {
  return readdirSync(CORPUS)
    .filter((name) => pattern.test(name))
    .sort();
}

/** True where a file of that path is among the captures. */
export function has(path: string): boolean {
  return existsSync(join(CORPUS, path));
}

/** A captured file, decompressed where its name ends in .xz. */
export function bytesOf(path: string): Uint8Array {
  if (!path.endsWith('.xz')) return readFileSync(path);
  return execFileSync('xz', ['-dc', path], { maxBuffer: 2 ** 30 });
}
