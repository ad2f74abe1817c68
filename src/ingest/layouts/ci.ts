// SPDX-License-Identifier: Apache-2.0
/** KernelCI and LAVA jobs: logs beside what was booted. */
import type { Layout } from '../../model/layout.js';

export const CI_JOB: Layout = {
  name: 'KernelCI or LAVA job',
  markers: [
    // lava-12345.yaml  job.output.yaml  output.yaml  baseline-qemu.log beside bmeta.json
    /^((?:.*\/)?)(?:bmeta\.json|build\.json|(?:lava|job)[^/]*\.(?:ya?ml|json)|output\.yaml)$/s,
  ],
  keep: [],
  skip: [
    'bzImage',
    'zImage',
    'uImage',
    'Image',
    'Image.*',
    'vmlinu*',
    'System.map',
    'dtbs/**',
    'dtbs.tar*',
    '*.dtb',
    'kselftest.tar*',
    'rootfs*',
    'ramdisk*',
    'initrd*',
    '*.cpio',
    '*.cpio.*',
    '*.qcow2',
    '*.ext4',
    '*.ext4.*',
  ],
};
