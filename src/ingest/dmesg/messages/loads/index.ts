// SPDX-License-Identifier: Apache-2.0
/**
 * The table of kernel messages about failed loads and warnings: one row per message, with its source file, releases and
 * meaning. The first matching row counts.
 */
import { IMAGE_MESSAGES } from './image.js';
import { LINKING_MESSAGES } from './linking.js';
import type { LoadMessage } from './message.js';
import { RELOCATION_MESSAGES } from './relocation.js';

export const LOAD_MESSAGES: readonly LoadMessage[] = [
  ...IMAGE_MESSAGES,
  ...LINKING_MESSAGES,
  ...RELOCATION_MESSAGES,
];
