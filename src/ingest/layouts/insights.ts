// SPDX-License-Identifier: Apache-2.0
/** Red Hat Insights archives: flat files of commands, and a copy of parts of the file system. */
import type { Layout } from '../../model/layout.js';

export const INSIGHTS: Layout = {
  name: 'Insights archive',
  markers: [/^((?:.*\/)?)insights_commands\//s],
  evidence: [
    'insights_commands/dmesg',
    'insights_commands/lsmod',
    'insights_commands/uname_-a',
    'insights_commands/journalctl*',
    'var/log/dmesg*',
  ],
  keep: ['lib/modules/**', 'usr/lib/modules/**'],
  skip: [
    'etc/**',
    'usr/**',
    'sys/**',
    'run/**',
    'var/lib/**',
    'meta_data/**',
    'insights_commands/rpm_*',
    'insights_commands/yum_*',
    'insights_commands/dnf_*',
    'insights_commands/subscription-manager_*',
    'insights_commands/ps_*',
    'insights_commands/ss_*',
    'insights_commands/ip_*',
    'insights_commands/netstat_*',
    'insights_commands/ethtool_*',
    'insights_commands/getcert_*',
    'insights_commands/systemctl_*',
    'insights_commands/podman_*',
    'insights_commands/docker_*',
  ],
};
