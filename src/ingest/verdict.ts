// SPDX-License-Identifier: Apache-2.0
/** Verdicts of sniffers, with their reasons. */
import type { Verdict } from './ingester.js';

/** By a count: `12 of 14 lines are module files with sizes`. */
export function counted(
  form: string,
  confidence: number,
  matched: number,
  tried: number,
  what: string,
): Verdict {
  return { form, confidence, matched, tried, why: `${matched} of ${tried} ${what}` };
}

/** By something that is there: a magic number, a key. */
export function marked(form: string, confidence: number, why: string): Verdict {
  return { form, confidence, matched: 1, tried: 1, why };
}
