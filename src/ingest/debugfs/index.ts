// SPDX-License-Identifier: Apache-2.0
/** The ingesters of /sys/kernel/debug/modules. */
import type { Ingester } from '../ingester.js';
import { debugfsCounter } from './counter-file.js';
import { debugfsStats } from './stats.js';

export const DEBUGFS_INGESTERS: readonly Ingester[] = [debugfsStats, debugfsCounter];

export { debugfsCounter, debugfsStats };
