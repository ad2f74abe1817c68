// SPDX-License-Identifier: Apache-2.0
/** The exit code of a case, from its sources and diagnostics. */

import { type Diagnostic, leavesUnread } from '../model/diagnostic.js';
import { groupBy } from '../model/groups.js';
import type { Source } from '../model/source.js';
import { EXIT, type ExitCode } from './io.js';

/** Sources grouped by input (the source without a parent). */
function inputsOf(sources: readonly Source[]): Map<Source, Source[]> {
  const byId = new Map(sources.map((source) => [source.id, source]));
  return groupBy(sources, (source) => {
    let top = source;
    for (let parent = byId.get(top.parent ?? -1); parent; parent = byId.get(parent.parent ?? -1))
      top = parent;
    return top;
  });
}

/**
 * `failed`: nothing was recognised in any input. `incomplete`: something failed (unreadable, damaged, over a limit), or
 * nothing was recognised in one of the inputs. A directory or archive counts as read when something in it was
 * recognised, because most files of a bug report have nothing to do with module loading.
 */
export function exitCodeFor(sources: readonly Source[], diagnostics: readonly Diagnostic[]): ExitCode {
  // Mixed text is read for what is found in it.
  const isRead = ({ status, format, events }: Source) =>
    status === 'read' && (format !== 'mixed' || events > 0);
  if (!sources.some(isRead)) return EXIT.failed;
  const failed =
    sources.some((source) => source.status === 'failed') ||
    diagnostics.some(({ code }) => leavesUnread(code));
  const unrecognised = [...inputsOf(sources).values()].some((parts) => !parts.some(isRead));
  return failed || unrecognised ? EXIT.incomplete : EXIT.ok;
}
