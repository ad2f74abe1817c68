// SPDX-License-Identifier: Apache-2.0
/** The name by which `export --trace` marks its files: they are made from evidence and must not be read as evidence. */
export const TRACE_EXPORTER = 'modwaste export --trace';
