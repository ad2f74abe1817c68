// SPDX-License-Identifier: Apache-2.0
/** What the lanes are drawn with: colours, the time axis, and a call as a bar. */
import { escapeHidden } from '../../../model/escape.js';
import { OUTCOMES } from '../chart/calls.js';
import type { Lane } from '../chart/lanes.js';

/** Height of the time axis above the lanes. */
export const AXIS = 16;
export const LANE = 16;
export const BAR = 13;
/** Width of a call that its module's name is written into. */
const NAMED = 34;

/** Colours as the style sheet says them for the present scheme. */
export interface Palette {
  readonly outcome: readonly string[];
  readonly text: string;
  readonly soft: string;
  readonly faint: string;
  readonly select: string;
  readonly inside: string;
}

export function palette(element: Element): Palette {
  const style = getComputedStyle(element);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return {
    outcome: OUTCOMES.map((outcome) => of(`--o-${outcome}`)),
    text: of('--text'),
    soft: of('--soft'),
    faint: of('--line'),
    select: of('--select'),
    inside: of('--inside'),
  };
}

/** Round moments, with lines through all lanes. */
export function drawAxis(
  pen: CanvasRenderingContext2D,
  colours: Palette,
  marks: readonly { readonly x: number; readonly label: string }[],
  height: number,
): void {
  pen.textAlign = 'center';
  for (const { x, label } of marks) {
    pen.fillStyle = colours.faint;
    pen.fillRect(x, AXIS - 2, 1, height - AXIS);
    pen.fillStyle = colours.soft;
    pen.fillText(label, x, AXIS / 2 - 1);
  }
  pen.textAlign = 'start';
}

export interface Bar {
  /** Index into OUTCOMES. */
  readonly outcome: number;
  readonly module: string | null;
  readonly from: number;
  readonly to: number;
  readonly y: number;
  readonly selected: boolean;
  /** Not what is looked for. */
  readonly faint: boolean;
}

export function drawBar(pen: CanvasRenderingContext2D, colours: Palette, bar: Bar): void {
  const { outcome, module, from, to, y } = bar;
  const waits = OUTCOMES[outcome] === 'coalesced';
  pen.globalAlpha = bar.faint ? 0.2 : 1;
  pen.fillStyle = colours.outcome[outcome] ?? colours.text;
  // A coalesced attempt only waits: half as high, so that it differs without its colour.
  pen.fillRect(from, waits ? y + BAR / 2 : y, to - from, waits ? BAR / 2 : BAR - 1);
  if (bar.selected) {
    pen.strokeStyle = colours.select;
    pen.lineWidth = 2;
    pen.strokeRect(from - 1, y - 0.5, to - from + 2, BAR);
  }
  if (to - from > NAMED && module !== null && !waits) {
    pen.fillStyle = colours.inside;
    pen.fillText(clip(pen, escapeHidden(module), to - from - 4), from + 2, y + BAR / 2);
  }
}

function laneName({ comm, pid, tasks }: Lane): string {
  return `${escapeHidden(comm)}${tasks > 1 ? ` × ${tasks} tasks` : taskOf(pid)}`;
}

const taskOf = (pid: number | null): string => (pid === null ? '' : `-${pid}`);

/** The name in a width: how many tasks, or the pid, stays whole. */
export function shortLaneName(pen: CanvasRenderingContext2D, lane: Lane, width: number): string {
  const whole = laneName(lane);
  if (pen.measureText(whole).width <= width) return whole;
  const tail = lane.tasks > 1 ? ` ×${lane.tasks}` : taskOf(lane.pid);
  return `${clip(pen, escapeHidden(lane.comm), width - pen.measureText(tail).width)}${tail}`;
}

/** The text, truncated with an ellipsis where it is wider than that. */
function clip(pen: CanvasRenderingContext2D, text: string, width: number): string {
  const most = Math.max(1, Math.floor(width / 4));
  let shown = text.length > most ? `${text.slice(0, most)}…` : text;
  while (shown.length > 1 && pen.measureText(shown).width > width) shown = `${shown.slice(0, -2)}…`;
  return shown;
}
