// SPDX-License-Identifier: Apache-2.0
/** Names by number, from `first` on; `-` where there is none. */
function named(first: number, names: string): [number, string][] {
  return names
    .split(/\s+/)
    .map((name, index): [number, string] => [first + index, name])
    .filter(([, name]) => name !== '-');
}

/** Error numbers (asm-generic/errno*.h; the same on x86, arm and powerpc), and those of the kernel alone (linux/errno.h). */
const NAMES = new Map([
  ...named(
    1,
    `EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST
    EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE
    EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP - ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH
    ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT - EBFONT ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE
    ENOLINK EADV ESRMNT ECOMM EPROTO EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD
    ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT
    EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH
    ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN
    EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM ENAVAIL EISNAM EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE
    ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE ERFKILL EHWPOISON`,
  ),
  ...named(
    512,
    `ERESTARTSYS ERESTARTNOINTR ERESTARTNOHAND ENOIOCTLCMD ERESTART_RESTARTBLOCK EPROBE_DEFER EOPENSTALE ENOPARAM -
    EBADHANDLE ENOTSYNC EBADCOOKIE ENOTSUPP ETOOSMALL ESERVERFAULT EBADTYPE EJUKEBOX EIOCBQUEUED ERECALLCONFLICT
    ENOGRACE`,
  ),
]);
const NUMBERS = new Map([...NAMES].map(([number, name]) => [name, number]));

/** Those that tell loads apart. A system call returns them negated, as the kernel writes them: `-EEXIST`. */
export const EPERM = 1;
export const ENOENT = 2;
export const EINTR = 4;
export const EIO = 5;
export const ENOEXEC = 8;
export const EBADF = 9;
export const ENOMEM = 12;
export const EACCES = 13;
export const EFAULT = 14;
export const EBUSY = 16;
export const EEXIST = 17;
export const ENODEV = 19;
export const EISDIR = 21;
export const EINVAL = 22;
export const ETXTBSY = 26;
export const EFBIG = 27;
export const ENOSPC = 28;
export const ERANGE = 34;
export const ENOSYS = 38;
export const ENODATA = 61;
export const ENOPKG = 65;
export const EBADMSG = 74;
export const EOPNOTSUPP = 95;
export const ENOKEY = 126;
export const EKEYEXPIRED = 127;
export const EKEYREVOKED = 128;
export const EKEYREJECTED = 129;
export const ERESTARTSYS = 512;

/** `EEXIST` -> 17, or null for an unknown name. */
export function errnoFromName(name: string): number | null {
  return NUMBERS.get(name) ?? null;
}

/** `17` -> `EEXIST`; an unknown number gives `errno 999`. */
export function errnoName(errno: number): string {
  return NAMES.get(errno) ?? `errno ${errno}`;
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
  ['operation not supported on transport endpoint', 95],
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

/** No text of an error is longer. */
const LONGEST = 100;

/** The same of the longest known text that a reason starts with: in a post, prose may follow. */
export function errnoFromStart(reason: string): number | null {
  const whole = errnoFromText(reason);
  if (whole !== null) return whole;
  const start = reason.slice(0, LONGEST);
  for (const { index } of [...start.matchAll(/\w(?=[^\w-])/g)].reverse()) {
    const errno = errnoFromText(start.slice(0, index + 1));
    if (errno !== null) return errno;
  }
  return null;
}
