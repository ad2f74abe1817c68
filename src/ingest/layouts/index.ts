/** All layouts of support archives. What a format says of its own places is kept in each. */
import type { Layout, Places } from '../../model/layout.js';
import { INGESTERS } from '../registry.js';
import { ANDROID } from './android.js';
import { APPORT } from './apport.js';
import { CI_JOB } from './ci.js';
import { INSIGHTS } from './insights.js';
import { DEBUGFS, MODULE_TREE, TRACEFS } from './kernel.js';
import { SOSREPORT } from './sosreport.js';
import { SUPPORTCONFIG } from './supportconfig.js';

/** Where each format's files lie on a machine. */
const ON_MACHINE = INGESTERS.flatMap(({ places }) => places ?? []);

/** One that holds a copy of parts of the machine's file system below a folder (`FS/`). */
function withCopy(layout: Layout, folder: string): Layout {
  return { ...layout, evidence: [...(layout.evidence ?? []), ...ON_MACHINE.map((place) => folder + place)] };
}

/** Where two have the same root, the first is asked first. */
export const LAYOUTS: readonly Layout[] = [
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
  // Of a mounted tracefs, and of /proc or /dev.
  endless: /(?:^|\/)(?:trace_pipe(?:_raw)?|kmsg)$/,
};
