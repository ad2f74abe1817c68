/** Traces with fewer probes than the full ones: bounds must contain the truth, and nothing wasted may turn free. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Attempt, CaseModel } from '../../src/accounting/model.js';
import { type Case, openCase } from '../../src/case.js';
import { openInputs } from '../../src/input/index.js';
import { KERNELS } from './kernels.js';

const CAPTURES = [
  'o73-i386-fail',
  's73-amd64-reloc',
  's73-amd64-storm',
  's73-amd64-zip',
  's73-arm64-fail',
  's65-i386-storm',
  's65-i386-vm',
];
/** The events of the recipes, by the names that these captures give them. */
const PROBES = [
  'read',
  'read_in',
  'load',
  'loadret',
  'decomp',
  'decompin',
  'dup',
  'dupin',
  'postload',
  'becoming',
  'module_load',
  'sched_process_fork',
  'sched_process_exec',
];

const EVENT = /^\s*\S.*-\d+\s+\[\d+\]\s+\S+\s+[\d.]+: (\w+)/;

async function textOf(name: string): Promise<string[]> {
  const path = join(KERNELS, name, 'trace.txt.xz');
  const chunks: Buffer[] = [];
  for await (const found of openInputs([path], {})) {
    if ('content' in found) for await (const chunk of found.content as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks).toString().split('\n');
}
