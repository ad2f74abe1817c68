// SPDX-License-Identifier: Apache-2.0
/**
 * The table of what the kernel prints about loads that failed, or nearly: one row a message, with the file that
 * prints it, the releases that do, and what it means. Of rows that both match, the first one speaks.
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
