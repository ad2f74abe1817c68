// SPDX-License-Identifier: Apache-2.0
/** Runs with each file of tests; modules that files share, and hooks in them, run once for all. */
import { afterAll } from 'vitest';
import { endEngine } from '../src/store/engine.js';
import { removeAll } from './temporary.js';

afterAll(removeAll);
// The stores of cases that were not closed: files that share a process would use up SQLite's memory.
afterAll(endEngine);
