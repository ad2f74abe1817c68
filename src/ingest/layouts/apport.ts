// SPDX-License-Identifier: Apache-2.0
/** Apport: the fields of one .crash file, or its attachments as files of the same names. */
import type { Layout } from '../../model/layout.js';

export const APPORT: Layout = {
  name: 'crash report of apport',
  markers: [/^((?:.*\/)?)(?:ProblemType|CoreDump|VmCore|CurrentDmesg(?:\.txt)?|ProcModules(?:\.txt)?)$/s],
  evidence: ['CurrentDmesg*', 'ProcModules*', 'KernLog*', 'OopsText*'],
  keep: [],
  skip: [
    'CoreDump',
    'CoreDump.gz',
    'VmCore',
    'Disassembly',
    'Disassembly.txt',
    'ProcEnviron',
    'ProcEnviron.txt',
    'ProcMaps',
    'ProcMaps.txt',
    'Registers',
    'Registers.txt',
    'Stacktrace',
    'Stacktrace.txt',
    'ThreadStacktrace',
    'ThreadStacktrace.txt',
    'Dependencies',
    'Dependencies.txt',
    'AlsaInfo',
    'AlsaInfo.txt',
    'IwConfig',
    'IwConfig.txt',
    'PulseList',
    'PulseList.txt',
  ],
};
