// SPDX-License-Identifier: Apache-2.0
/** Opening inputs: files, directories, archives and compressions nested to any depth, as a stream of leaves. */
export { ByteReader } from './bytes.js';
export type { Found, Leaf, PlainFile, Problem, Report, SourceNode } from './found.js';
export { DEFAULT_LIMITS, LIMIT_OPTIONS, type Limits } from './limits.js';
export type { InputOptions } from './options.js';
export { type ByteFeed, feedOf } from './prefilter/feed.js';
export { LineFilter, type Prefilter } from './prefilter/line-filter.js';
export { isWorthwhile } from './prefilter/scanner.js';
export { neededLines, type TextCounts, type TextOptions, textLines, wantedLines } from './text.js';
