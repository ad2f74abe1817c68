// SPDX-License-Identifier: Apache-2.0
/** Functions of the module loader in stack traces. */

const LOADER =
  /^(?:(?:\w*_)?(?:sys|SyS|SYSC)_f?init_module|load_module|do_init_module|init_module_from_file|idempotent_init_module)\b/;

/** A module's init function is in the frame above this one. */
export const INIT_CALLER = 'do_one_initcall';

/** The line above the frames. */
export const TRACE_HEAD = /^(?:Call [Tt]race:|Backtrace:)/;

/** RIP: 0010:foo_init+0x10/0x20 [foo]      pc : foo_init+0x10/0x20 [foo]      [ 1.2]  foo_init+0x10/0x20 [foo] */
const OF_MODULE = /\+0x[\da-f]+\/0x[\da-f]+ \[([\w-]+)/;

/** Whether it is a function that only a load goes through (kernel/module/main.c). */
export function isLoader(func: string): boolean {
  return LOADER.test(func);
}

/** The module of a frame's function, as printed; null for the kernel's own. */
export function moduleOf(text: string): string | null {
  return OF_MODULE.exec(text)?.[1] ?? null;
}
