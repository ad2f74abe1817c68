// SPDX-License-Identifier: Apache-2.0
/** Where the captures for `npm run test:corpus` lie. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BESIDE = fileURLToPath(new URL('../../../shared/corpus/', import.meta.url));
export const CAPTURES = process.env.MODWASTE_CORPUS ?? BESIDE;

/** Runs before the tests. */
export default function expectCaptures(): void {
  if (!existsSync(CAPTURES))
    throw new Error(`no captures in ${CAPTURES}; set MODWASTE_CORPUS to a folder of them`);
}
