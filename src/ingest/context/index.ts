// SPDX-License-Identifier: Apache-2.0
/** Ingesters of context files: module sizes, loaded modules, memory, the kernel's identity. */
import type { Ingester, LineIngester } from '../ingester.js';
import { forPlainLines } from '../plain-line.js';
import { captureManifest } from './capture-manifest.js';
import { kernelIdentity } from './kernel.js';
import { kernelConfig } from './kernel-config.js';
import { moduleListing } from './listing.js';
import { loadedModules } from './loaded.js';
import { meminfo, vmallocinfo } from './memory.js';
import { journalBoots, modinfo, moduleIndex, toolVersions } from './recognised.js';
import { systemdAnalyze, systemdBlame } from './startup.js';
import { kprobeProfile, perCpuStats, tracefsSettings } from './tracefs.js';
import { vmstat } from './vmstat.js';

const INGESTERS: readonly LineIngester[] = [
  loadedModules,
  moduleListing,
  meminfo,
  vmallocinfo,
  vmstat,
  kernelIdentity,
  kernelConfig,
  captureManifest,
  systemdAnalyze,
  systemdBlame,
  perCpuStats,
  kprobeProfile,
  tracefsSettings,
  modinfo,
  moduleIndex,
  toolVersions,
  journalBoots,
];

export const CONTEXT_INGESTERS: readonly Ingester[] = INGESTERS.map((one) => ({
  ...forPlainLines(one),
  isTable: true,
}));
