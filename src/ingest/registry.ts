// SPDX-License-Identifier: Apache-2.0
/** All ingesters, the most common early: those after it are not asked. A new format is registered only here. */
import { CONTEXT_INGESTERS } from './context/index.js';
import { DEBUGFS_INGESTERS } from './debugfs/index.js';
import { isLogLine } from './dmesg/detect.js';
import { dmesg, kernelRecordIngesters } from './dmesg/index.js';
import { ftrace, isTraceLine } from './ftrace/index.js';
import type { Ingester } from './ingester.js';
import { journalFile } from './journal-file/index.js';
import { loaderOutput } from './loader/index.js';
import { mixedText } from './mixed/index.js';
import { inLog, inTrace, withOtherText } from './mixed/other-text.js';
import { logRecords } from './records/index.js';
import { isStraceLine, strace } from './strace/index.js';
import { traceJson } from './trace-json/index.js';
import { traceDat } from './tracedat/index.js';

export const INGESTERS: readonly Ingester[] = [
  traceDat,
  journalFile,
  traceJson,
  withOtherText(dmesg, inLog(isLogLine)),
  ...kernelRecordIngesters,
  withOtherText(ftrace, inTrace(isTraceLine)),
  withOtherText(strace, inTrace(isStraceLine)),
  logRecords,
  loaderOutput,
  ...DEBUGFS_INGESTERS,
  ...CONTEXT_INGESTERS,
  mixedText,
];
