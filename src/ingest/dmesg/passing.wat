;; Passes over records of a kernel log that hold no word of interest, of which only the stamps matter: lines with
;; printk's stamp in front (stamped.ts) or with a date (dated.ts), and records of `dmesg -J` in dmesg's own layout
;; (dmesg-json.ts). It stops before the first that it is not sure of.
;;
;; Memory, laid out by passing.ts:
;;     0  nothing
;;    64  what dates begin with, and which of its 32 bytes count
;;   128  what follows their seconds, in the same way
;;   192  the bytes, plain ASCII text; behind their end may be anything
(module
  (memory (export "memory") 1)

  ;; Highest stamp of the kernel's own records that were passed over, in microseconds; -1: there was none.
  (global $passed (export "passed") (mut f64) (f64.const -1))
  ;; Where the last record that was passed over begins.
  (global $last (export "last") (mut i32) (i32.const 0))

  ;; Time of the last line with a date, in microseconds of its minute.
  (global $time (export "time") (mut f64) (f64.const 0))
  ;; Time and stamp of the line with the least time for its stamp; -1: none had a stamp.
  (global $tiedTime (export "tiedTime") (mut f64) (f64.const 0))
  (global $tied (export "tied") (mut f64) (f64.const -1))

  ;; Highest stamp before the next record.
  (global $highest (mut f64) (f64.const -1))

  ;; What was read last: by $digits; by $seconds; and whether the kernel itself wrote it.
  (global $value (mut i32) (i32.const 0))
  (global $micros (mut f64) (f64.const 0))
  (global $kernel (mut i32) (i32.const 1))

  (func $skipBlanks (param $at i32) (result i32)
    (loop $next
      (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 32))
        (then
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $next))))
    (local.get $at))

  ;; Skips blanks and line ends.
  (func $skipSpace (param $at i32) (result i32)
    (local $filled i32)
    (loop $next
      (local.set $filled
        (i8x16.bitmask (i8x16.gt_u (v128.load align=1 (local.get $at)) (i8x16.splat (i32.const 32)))))
      (if (i32.eqz (local.get $filled))
        (then
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          ;; Behind the end there may be none.
          (br_if $next (i32.lt_u (local.get $at) (i32.const 32768))))))
    (i32.add (local.get $at) (i32.ctz (local.get $filled))))

  ;; Reads digits, nine at most; gives where they end.
  (func $digits (param $at i32) (result i32)
    (local $digit i32) (local $most i32)
    (local.set $most (i32.add (local.get $at) (i32.const 9)))
    (global.set $value (i32.const 0))
    (block $done
      (loop $next
        (local.set $digit (i32.sub (i32.load8_u (local.get $at)) (i32.const 48)))
        (br_if $done (i32.ge_u (local.get $digit) (i32.const 10)))
        (br_if $done (i32.eq (local.get $at) (local.get $most)))
        (global.set $value (i32.add (i32.mul (global.get $value) (i32.const 10)) (local.get $digit)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (local.get $at))

  ;; Reads `   12.345678`; gives where it ends, 0 where it is another number.
  (func $seconds (param $at i32) (result i32)
    (local $point i32) (local $seconds i32) (local $end i32)
    (local.set $at (call $skipBlanks (local.get $at)))
    (local.set $point (call $digits (local.get $at)))
    (local.set $seconds (global.get $value))
    (local.set $end (call $digits (i32.add (local.get $point) (i32.const 1))))
    (global.set $micros
      (f64.add
        (f64.mul (f64.convert_i32_u (local.get $seconds)) (f64.const 1e6))
        (f64.convert_i32_u (global.get $value))))
    (select
      (local.get $end)
      (i32.const 0)
      (i32.and
        (i32.and
          (i32.eq (i32.load8_u (local.get $point)) (i32.const 0x2e))
          (i32.eq (local.get $end) (i32.add (local.get $point) (i32.const 7))))
        ;; One digit at least, and a zero alone.
        (select
          (i32.eq (local.get $point) (i32.add (local.get $at) (i32.const 1)))
          (i32.gt_u (local.get $point) (local.get $at))
          (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x30))))))

  ;; Letters, digits and _.@()- of a program's name.
  (func $isNameByte (param $byte i32) (result i32)
    (local.set $byte (i32.sub (local.get $byte) (i32.const 32)))
    (if (i32.lt_u (local.get $byte) (i32.const 64))
      (then
        (return
          (i32.wrap_i64
            (i64.and
              (i64.shr_u (i64.const 0x87ffffff03ff6300) (i64.extend_i32_u (local.get $byte)))
              (i64.const 1))))))
    (i32.lt_u (i32.sub (local.get $byte) (i32.const 65)) (i32.const 26)))

  ;; Goes behind the name of a program that wrote the message, `(udev-worker)[123]:`; 0 where there is none.
  (func $program (param $at i32) (result i32)
    (local $most i32) (local $pid i32)
    (local.set $pid (local.get $at))
    (local.set $most (i32.add (local.get $at) (i32.const 40)))
    (loop $next
      (if (call $isNameByte (i32.load8_u (local.get $pid)))
        (then
          (local.set $pid (i32.add (local.get $pid) (i32.const 1)))
          (br_if $next (i32.le_u (local.get $pid) (local.get $most))))))
    (if (i32.or
          (i32.or
            (i32.eq (local.get $pid) (local.get $at))
            (i32.gt_u (local.get $pid) (local.get $most)))
          (i32.eqz (i32.eq (i32.load8_u (local.get $pid)) (i32.const 0x5b))))
      (then (return (i32.const 0))))
    (local.set $pid (i32.add (local.get $pid) (i32.const 1)))
    (local.set $at (call $digits (local.get $pid)))
    (select
      (i32.add (local.get $at) (i32.const 2))
      (i32.const 0)
      (i32.and
        (i32.gt_u (local.get $at) (local.get $pid))
        (i32.eq (i32.load16_u align=1 (local.get $at)) (i32.const 0x3a5d)))))

  ;; Skips `[  T179] ` where it is there.
  (func $skipCaller (param $at i32) (result i32)
    (local $type i32) (local $end i32)
    (local.set $type (call $skipBlanks (i32.add (local.get $at) (i32.const 1))))
    (local.set $end (call $digits (i32.add (local.get $type) (i32.const 1))))
    (if (i32.and
          (i32.and
            (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x5b))
            (i32.or
              (i32.eq (i32.load8_u (local.get $type)) (i32.const 0x54))
              (i32.eq (i32.load8_u (local.get $type)) (i32.const 0x43))))
          (i32.and
            (i32.gt_u (local.get $end) (i32.add (local.get $type) (i32.const 1)))
            (i32.eq (i32.load8_u (local.get $end)) (i32.const 0x5d))))
      (then
        (local.set $end (i32.add (local.get $end) (i32.const 1)))
        (return (i32.add (local.get $end) (i32.eq (i32.load8_u (local.get $end)) (i32.const 32))))))
    (local.get $at))

  ;; True where a stamp may begin at a bracket.
  (func $isStampLike (param $at i32) (result i32)
    (local.set $at (call $skipBlanks (i32.add (local.get $at) (i32.const 1))))
    (i32.eq (i32.load8_u (call $digits (local.get $at))) (i32.const 0x2e)))

  ;; Goes to the line behind the message; 0 where a second stamp may be in it, or a host in front of it.
  (func $lineEnd (param $message i32) (param $end i32) (result i32)
    (local $at i32) (local $found i32) (local $bytes v128) (local $before v128) (local $line i32) (local $special i32)
    (global.set $kernel (i32.const 1))
    (local.set $at (local.get $message))
    (loop $next
      (local.set $bytes (v128.load align=1 (local.get $at)))
      (local.set $before (v128.load align=1 (i32.sub (local.get $at) (i32.const 1))))
      ;; Bits up to the first newline, that of 16 bytes; all 32 where there is none.
      (local.set $line
        (i8x16.bitmask (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 10)))))
      (local.set $line (i32.xor (local.get $line) (i32.sub (local.get $line) (i32.const 1))))
      ;; `[` of a stamp, and the colons of `systemd[1]:` and `kernel:`
      (local.set $special
        (i32.and
          (local.get $line)
          (i8x16.bitmask
            (v128.or
              (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x5b)))
              (v128.and
                (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x3a)))
                (v128.or
                  (i8x16.eq (local.get $before) (i8x16.splat (i32.const 0x5d)))
                  (i8x16.eq (local.get $before) (i8x16.splat (i32.const 0x6c)))))))))
      (block $none
        (loop $each
          (br_if $none (i32.eqz (local.get $special)))
          (local.set $found (i32.add (local.get $at) (i32.ctz (local.get $special))))
          (local.set $special (i32.and (local.get $special) (i32.sub (local.get $special) (i32.const 1))))
          (if (i32.eq (i32.load8_u (local.get $found)) (i32.const 0x5b))
            (then
              (br_if $each (i32.eqz (call $isStampLike (local.get $found))))
              (return (i32.const 0))))
          (if (i32.or
                (i32.eq (i32.load8_u (i32.sub (local.get $found) (i32.const 1))) (i32.const 0x5d))
                (i64.eq
                  (i64.shr_u (i64.load align=1 (i32.sub (local.get $found) (i32.const 7))) (i64.const 8))
                  (i64.const 0x3a6c656e72656b)))
            (then
              (if (i32.eqz (call $program (local.get $message))) (then (return (i32.const 0))))
              (global.set $kernel (i32.const 0))))
          (br $each)))
      (if (i32.eq (local.get $line) (i32.const -1))
        (then
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $next (i32.lt_u (local.get $at) (local.get $end)))
          (return (i32.const 0)))))
    (i32.add (local.get $at) (i32.popcnt (local.get $line))))

  ;; Passes over the record from $at to $next with the stamp that was read; false where it cannot.
  (func $pass (param $at i32) (param $next i32) (param $end i32) (result i32)
    (if (i32.or (i32.eqz (local.get $next)) (i32.gt_u (local.get $next) (local.get $end)))
      (then (return (i32.const 0))))
    (if (global.get $kernel)
      (then
        ;; Another boot may begin with it (REORDERING_MICROS).
        (if (f64.lt (f64.add (global.get $micros) (f64.const 5e6)) (global.get $highest))
          (then (return (i32.const 0))))
        (global.set $highest (f64.max (global.get $highest) (global.get $micros)))
        (global.set $passed (f64.max (global.get $passed) (global.get $micros)))))
    (global.set $last (local.get $at))
    (i32.const 1))

  ;; Passes over lines of [$at, $end), before which $highest was the highest stamp; gives where it stopped.
  (func (export "stamped") (param $at i32) (param $end i32) (param $highest f64) (result i32)
    (local $next i32)
    (global.set $highest (local.get $highest))
    (global.set $passed (f64.const -1))
    (block $unsure
      (loop $each
        (br_if $unsure (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $next (local.get $at))
        ;; `<6>`
        (if (i32.eq
              (i32.and (i32.load align=1 (local.get $at)) (i32.const 0x00fff8ff))
              (i32.const 0x003e303c))
          (then (local.set $next (i32.add (local.get $at) (i32.const 3)))))
        (br_if $unsure (i32.eqz (i32.eq (i32.load8_u (local.get $next)) (i32.const 0x5b))))
        (local.set $next (call $seconds (i32.add (local.get $next) (i32.const 1))))
        (br_if $unsure (i32.eqz (i32.eq (i32.load8_u (local.get $next)) (i32.const 0x5d))))
        (local.set $next (i32.add (local.get $next) (i32.const 1)))
        (local.set $next (i32.add (local.get $next) (i32.eq (i32.load8_u (local.get $next)) (i32.const 32))))
        (local.set $next (call $lineEnd (call $skipCaller (local.get $next)) (local.get $end)))
        (br_if $unsure (i32.eqz (call $pass (local.get $at) (local.get $next) (local.get $end))))
        (local.set $at (local.get $next))
        (br $each)))
    (local.get $at))

  ;; True where the bytes at $at begin with what $front tells.
  (func $begins (param $at i32) (param $front i32) (result i32)
    (i32.eqz
      (v128.any_true
        (v128.or
          (v128.and
            (v128.xor (v128.load align=1 (local.get $at)) (v128.load (local.get $front)))
            (v128.load offset=32 (local.get $front)))
          (v128.and
            (v128.xor (v128.load offset=16 align=1 (local.get $at)) (v128.load offset=16 (local.get $front)))
            (v128.load offset=48 (local.get $front)))))))

  ;; Passes over lines with dates of one minute and one host, as "stamped" does: $before bytes of these are before the
  ;; seconds, $behind bytes behind them.
  (func (export "dated")
    (param $at i32) (param $end i32) (param $highest f64) (param $before i32) (param $behind i32) (result i32)
    (local $next i32) (local $seconds i32) (local $time f64) (local $stamped i32)
    (global.set $highest (local.get $highest))
    (global.set $passed (f64.const -1))
    (global.set $tied (f64.const -1))
    (block $unsure
      (loop $each
        (br_if $unsure (i32.ge_u (local.get $at) (local.get $end)))
        (br_if $unsure (i32.eqz (call $begins (local.get $at) (i32.const 64))))
        ;; `49` or `49.123456`
        (local.set $next (i32.add (local.get $at) (local.get $before)))
        (local.set $seconds (call $digits (local.get $next)))
        (br_if $unsure (i32.ne (local.get $seconds) (i32.add (local.get $next) (i32.const 2))))
        (local.set $next (local.get $seconds))
        (local.set $time (f64.mul (f64.convert_i32_u (global.get $value)) (f64.const 1e6)))
        (if (i32.eq (i32.load8_u (local.get $seconds)) (i32.const 0x2e))
          (then
            (local.set $next (call $digits (i32.add (local.get $seconds) (i32.const 1))))
            (br_if $unsure (i32.ne (local.get $next) (i32.add (local.get $seconds) (i32.const 7))))
            (local.set $time (f64.add (local.get $time) (f64.convert_i32_u (global.get $value))))))
        (br_if $unsure (i32.eqz (call $begins (local.get $next) (i32.const 128))))
        (local.set $next (i32.add (local.get $next) (local.get $behind)))
        (local.set $stamped (i32.const 0))
        ;; `kernel: `
        (if (i64.eq (i64.load align=1 (local.get $next)) (i64.const 0x203a6c656e72656b))
          (then
            (local.set $next (i32.add (local.get $next) (i32.const 8)))
            (if (i32.eq (i32.load8_u (local.get $next)) (i32.const 0x5b))
              (then
                (local.set $stamped (i32.const 1))
                (local.set $next (call $seconds (i32.add (local.get $next) (i32.const 1))))
                (br_if $unsure (i32.ne (i32.load8_u (local.get $next)) (i32.const 0x5d)))
                (local.set $next (i32.add (local.get $next) (i32.const 1)))
                (local.set $next
                  (i32.add (local.get $next) (i32.eq (i32.load8_u (local.get $next)) (i32.const 32))))))
            (local.set $next (call $lineEnd (local.get $next) (local.get $end)))
            (global.set $kernel (i32.and (global.get $kernel) (local.get $stamped))))
          (else
            (local.set $next (call $program (local.get $next)))
            (br_if $unsure (i32.ne (i32.load8_u (local.get $next)) (i32.const 32)))
            (local.set $next (i32.add (local.get $next) (i32.const 1)))
            (br_if $unsure (i32.eq (i32.load8_u (local.get $next)) (i32.const 0x5b)))
            (local.set $next (call $lineEnd (local.get $next) (local.get $end)))
            (global.set $kernel (i32.const 0))))
        (br_if $unsure (i32.eqz (call $pass (local.get $at) (local.get $next) (local.get $end))))
        (global.set $time (local.get $time))
        (if (local.get $stamped)
          (then
            (if (i32.or
                  (f64.lt (global.get $tied) (f64.const 0))
                  (f64.lt
                    (f64.sub (local.get $time) (global.get $micros))
                    (f64.sub (global.get $tiedTime) (global.get $tied))))
              (then
                (global.set $tiedTime (local.get $time))
                (global.set $tied (global.get $micros))))))
        (local.set $at (local.get $next))
        (br $each)))
    (local.get $at))

  ;; Goes behind the quote that ends a JSON string; 0 where anything but quotes is escaped in it.
  (func $stringEnd (param $at i32) (param $end i32) (result i32)
    (local $bytes v128) (local $special i32)
    (loop $next
      (local.set $bytes (v128.load align=1 (local.get $at)))
      (local.set $special
        (i32.or
          (i32.or
            (i8x16.bitmask (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x22))))
            (i8x16.bitmask (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x5c)))))
          (i8x16.bitmask (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 10))))))
      (if (i32.eqz (local.get $special))
        (then
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $next (i32.lt_u (local.get $at) (local.get $end)))
          (return (i32.const 0))))
      (local.set $at (i32.add (local.get $at) (i32.ctz (local.get $special))))
      (if (i32.eq (i32.load16_u align=1 (local.get $at)) (i32.const 0x225c))
        (then
          (local.set $at (i32.add (local.get $at) (i32.const 2)))
          (br $next))))
    (select
      (i32.add (local.get $at) (i32.const 1))
      (i32.const 0)
      (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x22))))

  ;; Skips `,` and what stands before the next key.
  (func $skipComma (param $at i32) (result i32)
    (select
      (call $skipSpace (i32.add (local.get $at) (i32.const 1)))
      (i32.const 0)
      (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x2c))))

  ;; Passes over records of [$at, $end), each from behind its `{` to behind that of the next, as "stamped" does.
  (func (export "json") (param $at i32) (param $end i32) (param $highest f64) (result i32)
    (local $next i32) (local $value i32)
    (global.set $highest (local.get $highest))
    (global.set $passed (f64.const -1))
    (block $unsure
      (loop $each
        (br_if $unsure (i32.ge_u (local.get $at) (local.get $end)))
        ;; `"pri": 6,`
        (local.set $next (call $skipSpace (local.get $at)))
        (br_if $unsure
          (i64.ne
            (i64.shl (i64.load align=1 (local.get $next)) (i64.const 8))
            (i64.const 0x203a226972702200)))
        (local.set $value (i32.add (local.get $next) (i32.const 7)))
        (local.set $next (call $digits (local.get $value)))
        (br_if $unsure
          (select
            (i32.ne (local.get $next) (i32.add (local.get $value) (i32.const 1)))
            (i32.eq (local.get $next) (local.get $value))
            (i32.eq (i32.load8_u (local.get $value)) (i32.const 0x30))))
        ;; `"time":    12.345678,`
        (local.set $next (call $skipComma (local.get $next)))
        (br_if $unsure
          (i64.ne (i64.load align=1 (local.get $next)) (i64.const 0x203a22656d697422)))
        (local.set $next (call $skipComma (call $seconds (i32.add (local.get $next) (i32.const 8)))))
        ;; `"msg": "usb 1-1: new device"`
        (br_if $unsure
          (i64.ne (i64.load align=1 (local.get $next)) (i64.const 0x22203a2267736d22)))
        (local.set $next (i32.add (local.get $next) (i32.const 8)))
        (global.set $kernel (i32.eqz (call $program (local.get $next))))
        (local.set $next (call $stringEnd (local.get $next) (local.get $end)))
        (br_if $unsure (i32.eqz (local.get $next)))
        ;; `},{`
        (local.set $next (call $skipSpace (local.get $next)))
        (br_if $unsure
          (i32.ne (i32.load16_u align=1 (local.get $next)) (i32.const 0x2c7d)))
        (local.set $next (call $skipBlanks (i32.add (local.get $next) (i32.const 2))))
        (br_if $unsure (i32.eqz (i32.eq (i32.load8_u (local.get $next)) (i32.const 0x7b))))
        (local.set $next (i32.add (local.get $next) (i32.const 1)))
        (local.set $next (i32.add (local.get $next) (i32.eq (i32.load8_u (local.get $next)) (i32.const 13))))
        (br_if $unsure (i32.eqz (i32.eq (i32.load8_u (local.get $next)) (i32.const 10))))
        (local.set $next (i32.add (local.get $next) (i32.const 1)))
        (br_if $unsure (i32.eqz (call $pass (local.get $at) (local.get $next) (local.get $end))))
        (local.set $at (local.get $next))
        (br $each)))
    (local.get $at)))
