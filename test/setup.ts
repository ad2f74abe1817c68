// SPDX-License-Identifier: Apache-2.0
/** Runs with each file of tests; modules that files share, and hooks in them, run once for all. */
import { afterAll } from 'vitest';
import { removeAll } from './temporary.js';

afterAll(removeAll);
