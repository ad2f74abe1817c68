// SPDX-License-Identifier: Apache-2.0
/** Just enough reading of a stats table, a listing and a truth file to put real ledgers to the solver. */
import type { BoundsInput, LoadForm, RowInput } from '../../../src/accounting/bounds/index.js';
import { moduleFile } from '../../../src/model/module-name.js';

const REASONS: Readonly<Record<string, number>> = { Becoming: 1, Load: 2, 'Becoming & Load': 3 };

export interface Stats {
  readonly counters: BoundsInput['counters'];
  readonly rows: readonly Omit<RowInput, 'forms'>[];
}

export function readStats(text: string): Stats {
  const cells = text.split('\n').map((line) => line.split('\t').map((cell) => cell.trim()));
  const counter = (label: string): bigint => BigInt(cells.find(([name]) => name === label)?.[1] ?? '');
  const head = cells.findIndex(([name]) => name === 'Module-name');
  const rows = head < 0 ? [] : cells.slice(head + 1).filter((row) => row.length === 3);
  return {
    counters: {
      failedBecoming: counter('Mods failed on becoming'),
      failedLoad: counter('Mods failed on load'),
      becomingBytes: counter('Failed becoming bytes'),
      loadBytes: counter('Failed kmod bytes'),
    },
    rows: rows.map(([module = '', times, reason = '']) => ({
      module,
      times: Number(times),
      reasons: REASONS[reason] ?? null,
    })),
  };
}

/**
 * Forms per module from `size<TAB>path` lines. A file under kernel/ is signed; another may be, unless it has the
 * length of that one. A compressed file holds the module's plain file, where there is one.
 */
export function readForms(listing: string): Map<string, LoadForm[]> {
  const files = listing
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => {
      const [bytes, path = ''] = line.split('\t');
      const file = moduleFile(path);
      return file ? [{ ...file, bytes: Number(bytes), kernel: path.includes('/kernel/') }] : [];
    });
  const forms = new Map<string, LoadForm[]>();
  for (const module of new Set(files.map((file) => file.module))) {
    const own = files.filter((file) => file.module === module);
    const plain = own.filter((file) => file.compression === null);
    const signed = plain.find((file) => file.kernel)?.bytes;
    const images: LoadForm['image'][] = [...new Set(plain.map((file) => file.bytes))].map((bytes) => ({
      of: 'file',
      bytes,
      signed: bytes === signed ? true : null,
    }));
    const packed = [...new Set(own.filter((file) => file.compression !== null).map((file) => file.bytes))];
    forms.set(module, [
      ...images.map((image) => ({ image, compressed: 0 })),
      ...packed.flatMap((compressed) =>
        (images.length ? images : [{ of: 'unknown' } as const]).map((image) => ({ image, compressed })),
      ),
    ]);
  }
  return forms;
}

export interface Truth {
  becoming: number;
  load: number;
  bytes: number;
}

/** Duplicates per module from truth-calls.tsv. */
export function readTruth(calls: string): Map<string, Truth> {
  const [head = [], ...rows] = calls
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t'));
  const found = new Map<string, Truth>();
  for (const row of rows) {
    const cell = (name: string): string => row[head.indexOf(name)] ?? '';
    const reason = cell('dup_reason');
    if (reason === '') continue;
    const module = cell('module').replaceAll('-', '_');
    const so = found.get(module) ?? { becoming: 0, load: 0, bytes: 0 };
    const load = reason === '1';
    so[load ? 'load' : 'becoming'] += 1;
    so.bytes += Number(cell('kernel_len')) * (load ? 2 : 1) + Number(cell('kernel_compressed_len'));
    found.set(module, so);
  }
  return found;
}

/** Duplicates per module from a fixture's truth.tsv, which sums them already. */
export function readTruthSums(text: string): Map<string, Truth> {
  const rows = text.split('\n').slice(1).filter(Boolean);
  return new Map(
    rows.map((line) => {
      const [module = '', becoming, load, bytes] = line.split('\t');
      return [module, { becoming: Number(becoming), load: Number(load), bytes: Number(bytes) }];
    }),
  );
}
