// SPDX-License-Identifier: Apache-2.0
/** Listings of module files with sizes, by any tool: ls, find, du, stat, tar. */
import { moduleFile } from '../../model/module-name.js';
import { textOfHead } from '../head.js';
import type { Head, IngestContext, LineIngester, LineSink, Verdict } from '../ingester.js';
import { counted } from '../verdict.js';

interface ListedFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * A file's mode, owner, size, date and path, as ls -l, ls -lR, ls -lZ, find -ls, tar tv and lsinitrd print them:
 *     -rw-r--r-- 1 root root     5641 2026-11-22 10:20 usb-common.ko
 *     -rw-r--r--. 1 root root system_u:object_r:modules_object_t:s0 5641 Nov 22 10:20 a.ko.xz
 *       1234   8 -rw-r--r--   1 root  root   5641 Nov 22  2025 /lib/modules/6.12/a.ko
 *     -rw-r--r-- root/root      5641 2026-11-22 10:20 lib/modules/6.12/a.ko
 */
const LS_LINE =
  /^\s*(?:\d+\s+\d+\s+)?-[rwxsStT-]{9}[.+@]?\s+(?:\d+\s+\S+\s+\S+|[^\s/]+\/\S+)\s+(?:[^\s:]+:\S+\s+|[?]\s+)?(\d+)\s+(?:\d{4}-\d\d-\d\d[ T][\d:.]+(?:\s[+-]\d{4})?|[A-Z][a-z]{2}\s+\d+\s+[\d:]+)\s+(\S+\.ko(?:\.\w+)?)\s*$/;
/** `/lib/modules/6.12.117/extra:` before the files of ls -lR. */
function directoryOf(line: string): string | null {
  const text = line.trimEnd();
  if (text.length > LONGEST || !text.endsWith(':') || /^\s/.test(text)) return null;
  const directory = text.slice(0, -1);
  return directory.slice(1).includes('/') || directory === '.' ? directory : null;
}

const MODULE_PATH = /\.ko(?:\.(?:xz|zst|gz))?$/;
/** Column separators of find -printf, stat -c, du -b, wc -c and CSV. */
const SEPARATORS = /[\s,;|"']+/;
const LONGEST = 1024;
/** A longer number beside a size is a time or a checksum. */
const SIZE_DIGITS = 12;

/** A line with one module path and one integer: `5641 /a.ko`, `/a.ko:5641`, `da39a3... 5641 /a.ko`. */
function sizeAndPath(text: string): ListedFile | null {
  const words = text
    .replace(/(\.ko(?:\.\w+)?):(?=\s*\d)/, '$1 ')
    .split(SEPARATORS)
    .filter((word) => word !== '');
  const paths = words.filter((word) => MODULE_PATH.test(word));
  const digits = words.filter((word) => /^\d+$/.test(word));
  const sizes = digits.filter((word) => word.length <= SIZE_DIGITS);
  const numbers = sizes.length > 0 ? sizes : digits;
  const [path] = paths;
  const [size] = numbers;
  if (words.length > 5 || paths.length !== 1 || numbers.length !== 1 || !path || !size) return null;
  return { path, bytes: Number(size) };
}

function listedFile(text: string): ListedFile | null {
  if (text.length > LONGEST || !text.includes('.ko')) return null;
  const [, size = '', path = ''] = LS_LINE.exec(text) ?? [];
  return path === '' ? sizeAndPath(text) : { path, bytes: Number(size) };
}

/** No module file is smaller: its compressed ELF headers alone take more. Smaller numbers are blocks or KiB. */
const MIN_BYTES = 512;

function sniff(head: Head): Verdict | null {
  if (!textOfHead(head).text.includes('.ko')) return null;
  const lines = (head.whole ? head.lines : head.lines.slice(0, -1)).filter((line) => line.trim() !== '');
  let matched = 0;
  let small = 0;
  let shaped = 0;
  let other = 0;
  for (const line of lines) {
    const file = listedFile(line);
    if (file) {
      matched++;
      if (file.bytes < MIN_BYTES) small++;
      if (LS_LINE.test(line)) shaped++;
    } else if (!/^(?:total \d+|[dlcbps-][rwxsStT-]{9}.*)$/.test(line) && directoryOf(line) === null) {
      other++;
    }
  }
  if (matched === 0 || small * 2 > matched || matched * 2 < other) return null;
  const form = shaped > 0 ? 'ls' : 'sizes and paths';
  const confidence = matched * 5 > lines.length || shaped > 0 ? 90 : 60;
  return counted(form, confidence, matched, lines.length, 'lines are module files with sizes');
}

class ListingReader implements LineSink {
  readonly #context: IngestContext;
  #directory = '';

  constructor(context: IngestContext) {
    this.#context = context;
  }

  line(text: string, number: number): void {
    const directory = directoryOf(text);
    if (directory !== null) {
      this.#directory = directory;
      return;
    }
    const file = listedFile(text);
    const known = file && moduleFile(file.path);
    if (!known) return;
    this.#context.emit({
      kind: 'module-size',
      line: number,
      t: null,
      module: known.module,
      of: known.compression === null ? 'file' : 'compressed-file',
      bytes: file.bytes,
      path: file.path.includes('/') || this.#directory === '' ? file.path : `${this.#directory}/${file.path}`,
    });
  }

  end(): void {}
}

export const moduleListing: LineIngester = {
  name: 'module-listing',
  title: 'Listing of module files with sizes (ls, find, du, stat)',
  priority: 580,
  most: 90,
  reads: 'lines',
  needles: null,
  sniff,
  start: (context) => new ListingReader(context),
};
