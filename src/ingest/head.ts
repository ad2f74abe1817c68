/** The head of a source as detection sees it: bytes and decoded lines. */
import type { Head } from './ingester.js';

/** UTF-16 is told by its byte order mark; everything else is read as UTF-8, bad bytes replaced. */
export function decoderFor(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | 'utf-8' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

export function headOf(bytes: Uint8Array, whole: boolean, path: string): Head {
  const text = new TextDecoder(decoderFor(bytes)).decode(bytes).replaceAll('\0', '');
  return { bytes, lines: splitLines(text), whole, path };
}

export function headOfLines(lines: readonly string[], whole: boolean, path: string): Head {
  return { bytes: new TextEncoder().encode(lines.join('\n')), lines, whole, path };
}

function splitLines(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}
