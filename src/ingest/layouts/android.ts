// SPDX-License-Identifier: Apache-2.0
/** Android bugreport zips: one main text in sections, and a copy of files under FS/. */
import type { Layout } from '../../model/layout.js';

export const ANDROID: Layout = {
  name: 'Android bugreport',
  markers: [/^((?:.*\/)?)(?:main_entry\.txt|dumpstate_log\.txt)$/s, /^((?:.*\/)?)FS\//s],
  evidence: ['bugreport*.txt', 'FS/data/misc/recovery/last_kmsg*'],
  keep: ['FS/proc/**', 'FS/data/misc/recovery/**', 'FS/cache/recovery/**'],
  skip: [
    'proto/**',
    'FS/data/anr/**',
    'FS/data/tombstones/**',
    'FS/data/misc/**',
    'FS/data/user*/**',
    'FS/data/log/bt/**',
    'FS/linkerconfig/**',
    'FS/system/**',
    'FS/vendor/**',
    'screenshot*.png',
    'visible_windows.zip',
    '**.pb',
    '**.perfetto-trace',
    '**.winscope',
  ],
};
