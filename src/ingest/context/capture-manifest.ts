// SPDX-License-Identifier: Apache-2.0
/**
 * manifest.json of the capture script (src/capture): what it tried, what failed, what it could not get. The script prints
 * one pair or one object per line, so that a file which a full disk truncated still tells what came before.
 */
import type { Head, IngestContext, LineIngester, LineSink, Verdict } from '../ingester.js';

/** `"modwaste_capture": 1,`: the schema's version. */
const MARK = /^\s*"modwaste_capture": \d+,?$/;
/** `  "clock": "mono",`, `  "lost_events": 0,`. */
const PAIR = /^\s*"(\w{1,40})": ("(?:[^"\\]|\\.)*"|-?\d+|null),?$/;
/** `    {"what": "probe read", "result": "ok", "detail": "r256:..."},` */
const OBJECT = /^\s*(\{"what": .*\}),?$/;
const LONGEST = 64 * 1024;

function sniff({ lines }: Head): Verdict | null {
  if (lines[0]?.trim() !== '{' || !MARK.test(lines[1] ?? '')) return null;
  return {
    form: 'manifest.json',
    confidence: 99,
    matched: 1,
    tried: 1,
    why: 'the manifest of a modwaste capture',
  };
}

class ManifestReader implements LineSink {
  readonly #context: IngestContext;

  constructor(context: IngestContext) {
    this.#context = context;
  }

  line(text: string, number: number): void {
    if (text.length > LONGEST) return;
    const [, name, value = ''] = PAIR.exec(text) ?? [];
    if (name !== undefined) this.#setting(name, parse(value), number);
    const object = OBJECT.exec(text)?.[1];
    if (object !== undefined) this.#step(parse(object), number);
  }

  #setting(name: string, value: unknown, line: number): void {
    if (value === null || value === '' || name === 'modwaste_capture') return;
    const detail = String(value);
    if (name === 'boot_id')
      // As the journal prints it.
      this.#context.emit({
        kind: 'boot-mark',
        what: 'boot-id',
        value: detail.replaceAll('-', ''),
        line,
        t: null,
      });
    this.#context.emit({ kind: 'capture-step', what: name, result: 'setting', detail, line, t: null });
  }

  /** Missing evidence has a `why` instead of a result. */
  #step(step: unknown, line: number): void {
    const { what, result, why, detail } = (step ?? {}) as Record<string, unknown>;
    if (typeof what !== 'string') return;
    this.#context.emit({
      kind: 'capture-step',
      what,
      result: typeof why === 'string' ? 'missing' : String(result),
      detail: typeof why === 'string' ? why : typeof detail === 'string' && detail !== '-' ? detail : null,
      line,
      t: null,
    });
  }

  end(): void {}
}

/** Null where it is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const captureManifest: LineIngester = {
  name: 'capture-manifest',
  title: 'Manifest of a modwaste capture (manifest.json)',
  priority: 577,
  reads: 'lines',
  needles: null,
  sniff,
  start: (context) => new ManifestReader(context),
};
