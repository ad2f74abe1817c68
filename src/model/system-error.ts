// SPDX-License-Identifier: Apache-2.0
/** Failed system calls in words: why, and what to do. */
import { errorMessage } from './error-message.js';

/** Others are named by their code. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'disk quota exceeded',
  EEXIST: 'already exists',
  EFBIG: 'file too large',
  EIO: 'input/output error',
  EISDIR: 'is a directory',
  ELOOP: 'too many levels of symbolic links',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'file name too long',
  ENFILE: 'too many open files in the system',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'a component of the path is not a directory',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
  // Of an import: Node says so, too, where it cannot open the files of a package.
  ERR_MODULE_NOT_FOUND: 'it is not installed, or there are too many open files',
};

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'check the permissions, or choose another place',
  EDQUOT: 'free some space, or write to another file system',
  EFBIG: 'raise the limit of the shell (ulimit -f), or write to another file system',
  EIO: 'check the disk (dmesg), or write to another one',
  EMFILE: 'raise the limit of the shell: ulimit -n 1024',
  ENFILE: 'close other programs, or raise fs.file-max',
  ENOSPC: 'free some space, or write to another file system',
  EPERM: 'check the permissions, or choose another place',
  EROFS: 'choose another place',
  ERR_MODULE_NOT_FOUND: 'raise the limit of the shell: ulimit -n 1024; or install it: npm ci',
};

export function systemCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  // `Worker initialization failure: EMFILE`
  if (error.code === 'ERR_WORKER_INIT_FAILED') return /\bE[A-Z]{3,}$/.exec(error.message)?.[0] ?? error.code;
  return typeof error.code === 'string' ? error.code : null;
}

/** The text of a system error. */
export function systemReason(error: unknown): string {
  const code = systemCode(error);
  if (code !== null) return REASONS[code] ?? code;
  return errorMessage(error);
}

/** What to do about it, one line; none where the reason says it. */
export function systemAdvice(error: unknown): string[] {
  const advice = ADVICE[systemCode(error) ?? ''];
  return advice === undefined ? [] : [advice];
}
