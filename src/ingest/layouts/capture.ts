// SPDX-License-Identifier: Apache-2.0
/** Archives of the capture script (`modwaste capture`): modwaste-HOST-DATE/ with manifest.json. */
import type { Layout } from '../../model/layout.js';

export const CAPTURE: Layout = {
  name: 'modwaste capture',
  markers: [/^((?:.*\/)?modwaste-[^/]+\/)manifest\.json$/s, /^((?:.*\/)?modwaste-[^/]*-\d{8}T\d{6}Z\/)/s],
  evidence: [
    'manifest.json',
    'dmesg.*',
    'kmsg.txt',
    'journal.*',
    'tracing/trace*',
    'tracing/stats',
    'before/**',
    'after/**',
    'module-sizes.txt',
    'proc/modules',
    'proc/meminfo',
    'proc/version',
  ],
  keep: [],
  skip: [],
};
