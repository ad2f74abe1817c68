// SPDX-License-Identifier: Apache-2.0
/** Copies of the kernel's own trees: debugfs, tracefs, and /lib/modules. */
import type { Layout } from '../../model/layout.js';

/** /sys/kernel/tracing or /sys/kernel/debug/tracing (Documentation/trace/ftrace.rst). */
export const TRACEFS: Layout = {
  name: 'copy of tracefs',
  markers: [
    /^((?:.*\/)?(?:tracing|tracefs)\/)/s,
    /^((?:.*\/)?)(?:available_tracers|current_tracer|trace_options|set_ftrace_filter)$/s,
  ],
  evidence: ['trace', 'trace_pipe', 'instances/*/trace', 'per_cpu/*/stats', 'instances/*/per_cpu/*/stats'],
  keep: [],
  skip: [
    'available_*',
    'enabled_functions',
    'touched_functions',
    'printk_formats',
    'set_ftrace_*',
    'set_graph_*',
    'hwlat_detector/**',
    'osnoise/**',
    'options/**',
    'rv/**',
    // The same records that `trace` holds, by CPU.
    'per_cpu/**',
    'events/**',
    'instances/*/per_cpu/**',
    'instances/*/events/**',
    'instances/*/options/**',
  ],
};

/** /sys/kernel/debug without the drivers' files. */
export const DEBUGFS: Layout = {
  name: 'copy of debugfs',
  markers: [/^((?:.*\/)?kernel\/debug\/)/s],
  evidence: ['modules/**'],
  keep: [],
  skip: [
    'accel/**',
    'bdi/**',
    'block/**',
    'bluetooth/**',
    'cec/**',
    'clk/**',
    'device_component/**',
    'devices_deferred',
    'dma_*/**',
    'dmaengine/**',
    'dri/**',
    'energy_model/**',
    'extfrag/**',
    'fault_around_bytes',
    'gpio',
    'hid/**',
    'ieee80211/**',
    'interconnect/**',
    'iommu/**',
    'irq/**',
    'kvm/**',
    'mei*/**',
    'mmc*/**',
    'mtd/**',
    'opp/**',
    'phy/**',
    'pinctrl/**',
    'pm_genpd/**',
    'pmc_core/**',
    'ras/**',
    'regmap/**',
    'regulator/**',
    'sched/**',
    'slab/**',
    'swiotlb/**',
    'ttm/**',
    'usb/**',
    'vfio/**',
    'virtio-ports/**',
    'wakeup_sources',
    'x86/**',
    'xen/**',
    'zswap/**',
  ],
};

/** /lib/modules/RELEASE with the modules themselves. */
export const MODULE_TREE: Layout = {
  name: 'tree of modules',
  markers: [/^((?:.*\/)?lib\/modules\/)[^/]+\//s],
  keep: [],
  skip: ['**.ko', '**.ko.xz', '**.ko.zst', '**.ko.gz', '*/vdso/**', '*/build/**', '*/source/**', '**.bin'],
};
