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

/** `17` -> `EEXIST`; a number without a name here comes back as `errno 999`. */
export function errnoName(errno: number): string {
  return NAMES[errno] ?? `errno ${errno}`;
}

/** strerror(3) texts that kmod, udev and systemd print for a failed load. */
const TEXTS = new Map<string, number>([
  ['Operation not permitted', 1],
  ['No such file or directory', 2],
  ['Unknown symbol in module, or unknown parameter (see dmesg)', 2],
  ['Unknown symbol in module', 2],
  ['Interrupted system call', 4],
  ['Input/output error', 5],
  ['No such device or address', 6],
  ['Exec format error', 8],
  ['Invalid module format', 8],
  ['Bad file descriptor', 9],
  ['Resource temporarily unavailable', 11],
  ['Cannot allocate memory', 12],
  ['Permission denied', 13],
  ['Bad address', 14],
  ['Device or resource busy', 16],
  ['File exists', 17],
  ['Module already in kernel', 17],
  ['No such device', 19],
  ['Is a directory', 21],
  ['Invalid argument', 22],
  ['Invalid parameters', 22],
  ['Text file busy', 26],
  ['File too large', 27],
  ['Function not implemented', 38],
  ['Required key not available', 126],
  ['Key has expired', 127],
  ['Key has been revoked', 128],
  ['Key was rejected by service', 129],
]);

/** `Device or resource busy` -> 16, or null for a text not known here. */
export function errnoFromText(text: string): number | null {
  return TEXTS.get(text.trim().replace(/\.$/, '')) ?? null;
}
