// SPDX-License-Identifier: Apache-2.0
/** LAVA's job output: {"dt": "2024-05-01T10:00:00.123456", "lvl": "target", "msg": "[    0.000000] Linux version ..."} */

const LAVA = /^(?:- )?\{"dt": ?"[^"]*", ?"lvl": ?"(\w+)", ?"msg": ?/;
const MAX_LENGTH = 1_000_000;

/**
 * The device's output; null for LAVA's own messages and unreadable ones, undefined for a line that is not LAVA's.
 */
export function lavaMessage(line: string): string | null | undefined {
  if (!line.includes('"lvl"')) return undefined;
  const match = LAVA.exec(line);
  if (!match) return undefined;
  if (match[1] !== 'target' || line.length > MAX_LENGTH) return null;
  try {
    const parsed: unknown = JSON.parse(line.replace(/^- /, '').replace(/,$/, ''));
    const message = (parsed as { msg?: unknown }).msg;
    return typeof message === 'string' ? message : null;
  } catch {
    return null;
  }
}
