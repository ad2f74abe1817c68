// SPDX-License-Identifier: Apache-2.0
/** Status of a case, from its sources and diagnostics. */
import { DIAGNOSTICS, type Diagnostic, leavesUnread } from '../model/diagnostic.js';
import type { Source } from '../model/source.js';
import type { CaseStatus } from './case.js';

const isError = ({ code }: Diagnostic): boolean => DIAGNOSTICS[code].severity === 'error';

/** Judges as the exit code of `analyze` does. */
export function statusOf(
  sources: readonly Source[],
  diagnostics: readonly Diagnostic[],
): { readonly status: CaseStatus; readonly error: string } {
  const worst = diagnostics.find(isError) ?? diagnostics.find(({ code }) => leavesUnread(code)) ?? null;
  const broken = sources.find((source) => source.status === 'failed') ?? null;
  const isRead = sources.some((source) => source.status === 'read');
  if (worst || broken) {
    const error = worst ? describe(worst, sources) : (broken?.why ?? '');
    return { status: isRead ? 'incomplete' : 'failed', error };
  }
  if (isRead) return { status: 'ok', error: '' };
  const leaf = sources.find((source) => source.status !== 'container');
  return { status: 'unrecognised', error: leaf?.why ?? 'nothing in it' };
}

/** `dmesg.gz: archive-damaged: unexpected end of file`: the part of the case, the code, the detail. */
function describe({ code, detail, source }: Diagnostic, sources: readonly Source[]): string {
  const about = sources.find(({ id }) => id === source);
  const top = sources[0]?.path ?? '';
  // `report/dmesg` in `report`, `a.tar!dmesg` in `a.tar`: the case is named beside it.
  const part = about?.path.startsWith(top) ? about.path.slice(top.length + 1) : about?.path;
  return `${part ? `${part}: ` : ''}${code}${detail === '' ? '' : `: ${detail}`}`;
}
