// SPDX-License-Identifier: Apache-2.0
/**
 * Records in JSON of any layout: an object a line, an array of objects, objects within objects. A record is an object that stands in
 * an array or by itself; those within it are part of it. Numbers stay text, to keep times exact.
 */
import { jsonParser, type Token } from 'stream-json/core/parser.js';

export interface Text {
  readonly text: string;
  readonly line: number;
}

/** A record's strings and numbers by key, the first of each; those in an array one after the other. */
export type Fields = ReadonlyMap<string, readonly Text[]>;

/** Limits for one record: keys, and strings in arrays. */
const MAX_KEYS = 1024;
const MAX_TEXTS = 1_000_000;
const MAX_DEPTH = 64;

interface Frame {
  readonly isArray: boolean;
  /** The key of the next value, of an array that of its values. */
  key: string;
  readonly fields: Map<string, Text[]>;
  /** Whether the record ends with this object. */
  readonly isRecord: boolean;
  /** Values of an array that is in an array: `["1773480413120000000", "the message"]`. */
  readonly pair: Text[] | null;
}

const newParser = (): ReturnType<typeof jsonParser> =>
  jsonParser({ packValues: true, streamValues: false, jsonStreaming: true });

export class Records {
  readonly #onRecord: (fields: Fields) => void;
  #parser = newParser();
  #frames: Frame[] = [];

  constructor(onRecord: (fields: Fields) => void) {
    this.#onRecord = onRecord;
  }

  /** Objects and arrays that are open. */
  get depth(): number {
    return this.#frames.length;
  }

  /** What would close them. */
  get closing(): string {
    return this.#frames
      .map(({ isArray }) => (isArray ? ']' : '}'))
      .reverse()
      .join('');
  }

  /** Parses the next line; throws for what is no JSON, and starts anew with the next. */
  line(text: string, line: number): void {
    try {
      const tokens = this.#parser(`${text}\n`);
      if (typeof tokens === 'symbol') return;
      for (const token of tokens.values) this.#token(token, line);
    } catch (error) {
      this.#parser = newParser();
      this.#frames = [];
      throw error;
    }
  }

  #token(token: Token, line: number): void {
    const frame = this.#frames.at(-1);
    switch (token.name) {
      case 'startObject':
      case 'startArray':
        this.#open(token.name === 'startArray', frame);
        return;
      case 'endObject':
      case 'endArray':
        this.#close();
        return;
      case 'keyValue':
        if (frame) frame.key = token.value;
        return;
      case 'stringValue':
      case 'numberValue':
        this.#value({ text: token.value, line }, frame);
        return;
      default:
    }
  }

  #open(isArray: boolean, parent: Frame | undefined): void {
    if (this.#frames.length >= MAX_DEPTH) throw new RangeError(`nested deeper than ${MAX_DEPTH}`);
    const isRecord = !isArray && (parent === undefined || parent.isArray);
    this.#frames.push({
      isArray,
      key: isArray ? (parent?.key ?? '') : '',
      fields: isRecord || parent === undefined ? new Map() : parent.fields,
      isRecord,
      pair: isArray && parent?.isArray === true ? [] : null,
    });
  }

  #close(): void {
    const { isRecord, fields, pair } = this.#frames.pop() ?? { isRecord: false };
    if (isRecord && fields.size > 0) this.#onRecord(fields);
    const [time, message] = pair ?? [];
    if (time && message)
      this.#onRecord(
        new Map([
          ['time', [time]],
          ['message', [message]],
        ]),
      ); // prettier-ignore
  }

  #value(value: Text, frame: Frame | undefined): void {
    // A string alone, as jq prints it.
    if (frame === undefined) this.#onRecord(new Map([['message', [value]]]));
    else if (frame.pair !== null) {
      if (frame.pair.length < 2) frame.pair.push(value);
    } else {
      const { fields, key, isArray } = frame;
      const known = fields.get(key);
      if (known === undefined) {
        if (fields.size < MAX_KEYS) fields.set(key, [value]);
      } else if (isArray && known.length < MAX_TEXTS) known.push(value);
    }
  }
}
