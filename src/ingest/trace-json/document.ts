// SPDX-License-Identifier: Apache-2.0
/**
 * Streams the events of a trace document: only one event, and one piece of a long string, is in memory at a time, for any
 * file size and nesting.
 */
import { jsonParser, type Token } from 'stream-json/parser.js';

/** Numbers stay text, to keep times exact; true and false are 1 and 0. */
export type JsonValue = string | null | JsonObject | JsonValue[];
export type JsonObject = Map<string, JsonValue>;

/** Takes a long string of the root object in pieces. */
export interface TextPieces {
  piece(text: string): void;
  end(): void;
}

export interface DocumentVisitor {
  /** The next object of `traceEvents`, or of the root array; not whole if some of it was dropped. */
  event(event: JsonObject, isWhole: boolean): void;
  /** Called for each string of the root object; null skips it. */
  text(key: string): TextPieces | null;
}

/** How a document ended: `whole`; `open`: truncated; `broken`: invalid JSON; `deep`: nested too deep. */
export type DocumentEnd = 'whole' | 'open' | 'broken' | 'deep';

/** Limits per event: characters of a string, and entries; the rest is dropped. */
const MAX_TEXT = 4096;
const MAX_KEY = 256;
const MAX_ENTRIES = 1024;
export const LARGE_EVENT = `an event of more than ${MAX_ENTRIES} values, or a value of more than ${MAX_TEXT} characters`;
/** Limit for the whole document. */
const MAX_DEPTH = 256;
/** The parser returns the tokens of a whole piece, and loses them if it throws. */
const PIECE = 64 * 1024;
/** Limit for characters without a token: the parser buffers whole keys and numbers. */
const MAX_BUFFERED = 1024 * 1024;

interface Frame {
  /** The key of the next value; null in an array. */
  key: string | null;
  /** The container for values while an event is read. */
  readonly into: JsonObject | JsonValue[] | null;
  /** Whether its objects are events. */
  readonly events: boolean;
}

export class TraceDocument {
  readonly #visitor: DocumentVisitor;
  readonly #parse = jsonParser({ packStrings: false, streamKeys: false, streamNumbers: false });
  readonly #frames: Frame[] = [];
  #text = '';
  #pieces: TextPieces | null = null;
  #event: JsonObject | null = null;
  #entries = 0;
  #isWhole = true;
  /** Characters since the last token. */
  #buffered = 0;
  #end: DocumentEnd | null = null;

  constructor(visitor: DocumentVisitor) {
    this.#visitor = visitor;
  }

  /** Parses the next text; false if nothing more can be read. */
  write(text: string): boolean {
    // Pieces end with a closing brace: damage after an event does not lose it.
    for (let from = 0; from < text.length && this.#end === null; ) {
      const brace = text.indexOf('}', from) + 1;
      const to = Math.min(brace || text.length, from + PIECE);
      this.#piece(text.slice(from, to));
      from = to;
    }
    return this.#end === null;
  }

  #piece(text: string): void {
    try {
      const tokens = this.#parse(text);
      if (typeof tokens === 'symbol') {
        this.#buffered += text.length;
        if (this.#buffered > MAX_BUFFERED) this.#end = 'broken';
        return;
      }
      this.#buffered = 0;
      for (const token of tokens.values) {
        this.#token(token);
        if (this.#end !== null) return;
      }
    } catch {
      this.#end = 'broken';
    }
  }

  /** After the last piece. */
  end(): DocumentEnd {
    this.#pieces?.end();
    this.#pieces = null;
    return this.#end ?? (this.#frames.length > 0 ? 'open' : 'whole');
  }

  /** Whether the document is a bare array of events, which may be unterminated. */
  get bare(): boolean {
    return this.#frames[0]?.events ?? false;
  }

  #token(token: Token): void {
    switch (token.name) {
      case 'startObject':
        this.#open(new Map());
        return;
      case 'startArray':
        this.#open([]);
        return;
      case 'endObject':
      case 'endArray':
        this.#close();
        return;
      case 'startString':
        this.#text = '';
        if (this.#frames.length === 1) this.#pieces = this.#visitor.text(this.#frames[0]?.key ?? '');
        return;
      case 'stringChunk':
        if (this.#pieces) this.#pieces.piece(token.value);
        else if (this.#text.length + token.value.length <= MAX_TEXT) this.#text += token.value;
        else {
          this.#text = (this.#text + token.value).slice(0, MAX_TEXT);
          this.#isWhole = false;
        }
        return;
      case 'keyValue': {
        const frame = this.#frames.at(-1);
        if (frame) frame.key = token.value.length > MAX_KEY ? '' : token.value;
        return;
      }
      case 'endString':
        this.#pieces?.end();
        this.#pieces = null;
        this.#value(this.#text);
        return;
      case 'numberValue':
        this.#value(token.value);
        return;
      case 'trueValue':
        this.#value('1');
        return;
      case 'falseValue':
        this.#value('0');
        return;
      case 'nullValue':
        this.#value(null);
        return;
      case 'startKey':
      case 'endKey':
      case 'startNumber':
      case 'numberChunk':
      case 'endNumber':
      case 'stringValue':
      case 'whitespace':
        return; // not emitted with these options
    }
  }

  #open(container: JsonObject | JsonValue[]): void {
    const parent = this.#frames.at(-1);
    const depth = this.#frames.length;
    if (depth >= MAX_DEPTH) {
      this.#end = 'deep';
      return;
    }
    const list = Array.isArray(container);
    const events = list && (depth === 0 || (depth === 1 && parent?.key === 'traceEvents'));
    let into: JsonObject | JsonValue[] | null = null;
    if (parent?.events && container instanceof Map) {
      this.#event = container;
      this.#entries = 0;
      this.#isWhole = true;
      into = container;
    } else if (parent?.into && this.#value(container)) {
      into = container;
    }
    this.#frames.push({ key: null, into, events });
  }

  #close(): void {
    const frame = this.#frames.pop();
    if (!frame?.into || frame.into !== this.#event) return;
    const event = this.#event;
    this.#event = null;
    this.#visitor.event(event, this.#isWhole);
  }

  /** Adds a value to its container; false if it is dropped. */
  #value(value: JsonValue): boolean {
    const frame = this.#frames.at(-1);
    if (!frame?.into) return false;
    if (this.#entries >= MAX_ENTRIES) {
      this.#isWhole = false;
      return false;
    }
    this.#entries++;
    if (Array.isArray(frame.into)) frame.into.push(value);
    else frame.into.set(frame.key ?? '', value);
    return true;
  }
}
