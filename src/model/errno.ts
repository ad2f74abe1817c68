// SPDX-License-Identifier: Apache-2.0
/** Error numbers of module loading, by name (asm-generic/errno*.h; the same on x86, arm and powerpc). */
const NAMES: Readonly<Record<number, string>> = {
  1: 'EPERM',
  2: 'ENOENT',
  3: 'ESRCH',
  4: 'EINTR',
  5: 'EIO',
  6: 'ENXIO',
  7: 'E2BIG',
  8: 'ENOEXEC',
  9: 'EBADF',
  11: 'EAGAIN',
  12: 'ENOMEM',
  13: 'EACCES',
  14: 'EFAULT',
  16: 'EBUSY',
  17: 'EEXIST',
  19: 'ENODEV',
  21: 'EISDIR',
  22: 'EINVAL',
  26: 'ETXTBSY',
  27: 'EFBIG',
  28: 'ENOSPC',
  33: 'EDOM',
  34: 'ERANGE',
  38: 'ENOSYS',
  61: 'ENODATA',
  62: 'ETIME',
  65: 'ENOPKG',
  71: 'EPROTO',
  74: 'EBADMSG',
  75: 'EOVERFLOW',
  95: 'EOPNOTSUPP',
  110: 'ETIMEDOUT',
  126: 'ENOKEY',
  127: 'EKEYEXPIRED',
  128: 'EKEYREVOKED',
  129: 'EKEYREJECTED',
  517: 'EPROBE_DEFER',
};

/** `EEXIST` -> 17, or null for an unknown name. */
export function errnoFromName(name: string): number | null {
  const found = Object.entries(NAMES).find(([, known]) => known === name);
  return found ? Number(found[0]) : null;
}

/** `17` -> `EEXIST`; an unknown number gives `errno 999`. */
export function errnoName(errno: number): string {
  return NAMES[errno] ?? `errno ${errno}`;
}

/**
 * strerror(3) texts of glibc, musl and bionic, and kmod's and busybox's own texts for a failed load; in lower case, as
 * busybox prints some.
 */
const TEXTS = new Map<string, number>([
  ['operation not permitted', 1],
  ['no such file or directory', 2],
  ['unknown symbol in module, or unknown parameter (see dmesg)', 2],
  ['unknown symbol in module, or unknown parameter', 2],
  ['unknown symbol in module', 2],
  ['module has wrong symbol version', 3],
  ['no such process', 3],
  ['interrupted system call', 4],
  ['input/output error', 5],
  ['i/o error', 5],
  ['no such device or address', 6],
  ['exec format error', 8],
  ['invalid module format', 8],
  ['bad file descriptor', 9],
  ['resource temporarily unavailable', 11],
  ['try again', 11],
  ['cannot allocate memory', 12],
  ['out of memory', 12],
  ['permission denied', 13],
  ['bad address', 14],
  ['device or resource busy', 16],
  ['resource busy', 16],
  ['file exists', 17],
  ['module already in kernel', 17],
  ['no such device', 19],
  ['is a directory', 21],
  ['invalid argument', 22],
  ['invalid parameters', 22],
  ['module has invalid parameters', 22],
  ['text file busy', 26],
  ['file too large', 27],
  ['no space left on device', 28],
  ['numerical result out of range', 34],
  ['result not representable', 34],
  ['function not implemented', 38],
  ['kernel does not support requested operation', 38],
  ['no data available', 61],
  ['package not installed', 65],
  ['bad message', 74],
  ['operation not supported', 95],
  ['not supported', 95],
  ['connection timed out', 110],
  ['operation timed out', 110],
  ['required key not available', 126],
  ['key has expired', 127],
  ['key has been revoked', 128],
  ['key was rejected by service', 129],
]);

/** glibc: `Unknown error 517`; musl: `No error information`; bionic: `Unknown error 517`. */
const UNKNOWN = /^unknown error (\d{1,4})$/;

/** `Device or resource busy` -> 16, or null for an unknown text. */
export function errnoFromText(text: string): number | null {
  const known = text.trim().replace(/\.$/, '').toLowerCase();
  const number = UNKNOWN.exec(known)?.[1];
  return number === undefined ? (TEXTS.get(known) ?? null) : Number(number);
}
