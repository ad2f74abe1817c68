// SPDX-License-Identifier: Apache-2.0
/** Memory: /proc/meminfo and /proc/vmallocinfo. */
import type { MemoryFigure } from '../../model/event.js';
import type { IngestContext, LineIngester, LineSink } from '../ingester.js';
import { lineByLine, sniffForms } from './sniff.js';

const MEMINFO = /^\s*([A-Z][\w()]+):\s+(\d+)(?: kB)?\s*$/;
const MEMINFO_KNOWN =
  /^\s*(?:Mem(?:Total|Free|Available)|Vmalloc(?:Total|Used|Chunk)|Swap(?:Total|Free|Cached)):\s+\d+ kB/;

const FIGURES: ReadonlyMap<string, MemoryFigure['what']> = new Map([
  ['MemTotal', 'mem-total'],
  ['VmallocTotal', 'vmalloc-total'],
  ['VmallocUsed', 'vmalloc-used'],
  ['VmallocChunk', 'vmalloc-chunk'],
]);

function figure(context: IngestContext, text: string, line: number): void {
  const [, name = '', kib = ''] = MEMINFO.exec(text) ?? [];
  const what = FIGURES.get(name);
  // Linux 4.4 to 5.2 prints 0 for VmallocUsed and VmallocChunk.
  if (what && Number(kib) > 0)
    context.emit({ kind: 'memory-figure', line, t: null, what, bytes: Number(kib) * 1024 });
}

export const meminfo = lineByLine(
  {
    name: 'meminfo',
    title: '/proc/meminfo',
    priority: 575,
    places: ['proc/meminfo'],
    needles: ['MemTotal', 'Vmalloc'],
  },
  [{ form: '/proc/meminfo', line: MEMINFO_KNOWN, also: MEMINFO, share: 80, confidence: 90 }],
  figure,
);

/**
 * mm/vmalloc.c:vmalloc_info_show: `0x...-0x...   20480 load_module+0x784/0x21b0 pages=4 vmalloc N0=4`. Before the kernel
 * has random numbers, lib/vsprintf.c prints `(____ptrval____)` for an address, `(ptrval)` on 32 bit.
 */
const AREA = /^\s*0x(?:[0-9a-f]+|\(_*ptrval_*\))-0x(?:[0-9a-f]+|\(_*ptrval_*\))\s+(\d+)\s+(\S+)/;
/** Callers that allocate module memory, from 2.6 to 6.12 (execmem since 6.10); the compiler may inline them. */
const MODULE_CALLERS =
  /^(?:load_module|module_alloc\w*|module_memory_alloc|move_module|layout_and_allocate|execmem_\w+|__?execmem_\w+)(?:\.\w+)*\+/;

class VmallocReader implements LineSink {
  readonly #context: IngestContext;
  #bytes = 0;
  #line = 0;

  constructor(context: IngestContext) {
    this.#context = context;
  }

  line(text: string, number: number): void {
    const [, size = '', caller = ''] = AREA.exec(text) ?? [];
    if (!MODULE_CALLERS.test(caller)) return;
    this.#bytes += Number(size);
    if (this.#line === 0) this.#line = number;
  }

  /** The sum of the areas as printed, each with its guard page. */
  end(): void {
    if (this.#line === 0) return;
    this.#context.emit({
      kind: 'memory-figure',
      line: this.#line,
      t: null,
      what: 'module-vmalloc',
      bytes: this.#bytes,
    });
  }
}

export const vmallocinfo: LineIngester = {
  name: 'vmallocinfo',
  title: '/proc/vmallocinfo',
  priority: 574,
  most: 95,
  places: ['proc/vmallocinfo'],
  reads: 'lines',
  needles: ['load_module', 'module_', 'layout_and_allocate', 'execmem'],
  sniff: (head) => sniffForms(head, [{ form: '/proc/vmallocinfo', line: AREA, share: 90, confidence: 95 }]),
  start: (context) => new VmallocReader(context),
};
