// SPDX-License-Identifier: Apache-2.0
/** All layouts of support archives. Layouts with a copy of the file system keep all formats' places. */
import type { Layout, Places } from '../../model/layout.js';
import { INGESTERS } from '../registry.js';
import { ANDROID } from './android.js';
import { APPORT } from './apport.js';
import { CAPTURE } from './capture.js';
import { CI_JOB } from './ci.js';
import { INSIGHTS } from './insights.js';
import { DEBUGFS, MODULE_TREE, TRACEFS } from './kernel.js';
import { SOSREPORT } from './sosreport.js';
import { SUPPORTCONFIG } from './supportconfig.js';

/** The paths of each format's files on a machine. */
const ON_MACHINE = INGESTERS.flatMap(({ places }) => places ?? []);

/** A layout with a copy of parts of the file system below a folder (`FS/`). */
function withCopy(layout: Layout, folder: string): Layout {
  return { ...layout, evidence: [...(layout.evidence ?? []), ...ON_MACHINE.map((place) => folder + place)] };
}

/** If two have the same root, the first takes precedence. */
export const LAYOUTS: readonly Layout[] = [
  CAPTURE,
  withCopy(SOSREPORT, ''),
  withCopy(INSIGHTS, ''),
  SUPPORTCONFIG,
  withCopy(ANDROID, 'FS/'),
  APPORT,
  MODULE_TREE,
  TRACEFS,
  DEBUGFS,
  CI_JOB,
];

export const PLACES: Places = {
  layouts: LAYOUTS,
  // In a mounted tracefs, and in /proc or /dev.
  endless: /(?:^|\/)(?:trace_pipe(?:_raw)?|kmsg)$/,
};
