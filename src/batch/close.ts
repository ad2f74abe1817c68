// SPDX-License-Identifier: Apache-2.0
import { closeSync } from 'node:fs';

/** Closes a file of which nothing has to reach the disk any more: what `close` says then would only hide another error. */
export function closeAnyway(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {
    // It is closed all the same.
  }
}
