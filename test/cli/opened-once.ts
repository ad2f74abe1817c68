// SPDX-License-Identifier: Apache-2.0
/** Several commands on the same inputs, which are read for the first of them. */
import { type Case, openCase } from '../../src/case.js';
import type { Surroundings } from './harness.js';

export function openedOnce(): NonNullable<Surroundings['openCase']> {
  const opened = new Map<string, Promise<Case>>();
  return async (options) => {
    const inputs = JSON.stringify(options.inputs);
    const known = opened.get(inputs) ?? openCase(options);
    opened.set(inputs, known);
    const once = await known;
    // A command closes its store at its end.
    return { ...once, store: async (tables) => ({ ...(await once.store(tables)), close: () => undefined }) };
  };
}
