// SPDX-License-Identifier: Apache-2.0
/** The message of anything thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The time of a case is over. */
export class TimeOverError extends Error {
  override readonly name = 'TimeOverError';
}
