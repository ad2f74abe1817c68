// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/** `npm run test:app`: every capture in the browser page, which takes minutes. */
export default defineConfig({ test: { ...base.test, include: ['test/app/{captures,firefox}.test.ts'] } });
