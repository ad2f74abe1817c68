// SPDX-License-Identifier: Apache-2.0
/** A record made by hand. */
import type { FieldValue, TraceRecord } from '../../../src/ingest/trace/records.js';

export const record = (name: string, fields: Readonly<Record<string, FieldValue>>): TraceRecord => ({
  line: 3,
  t: 5n,
  pid: 7,
  comm: 'modprobe',
  cpu: 1,
  system: null,
  name,
  fields: new Map(Object.entries(fields)),
  point: null,
});
