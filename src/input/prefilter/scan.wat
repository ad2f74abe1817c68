;; Finds the lines of a block that hold one of several needles, 16 bytes at a time.
;;
;; Each needle has a print: three bytes of it that are rare in logs. Six tables of 16 say, for the low and the high
;; half of each of three bytes in a row, in which of eight buckets of needles there is a print that has it there;
;; where all six agree on a bucket, and so does a table by the hash of the three, its needles are compared in full.
;; (This is Hyperscan's and ripgrep's "Teddy".)
;; Lines with a byte that is no plain ASCII text are found as well; a carriage return before the newline is none such.
;;
;; Memory, laid out by needles.ts and scanner.ts:
;;      0  six tables: bits of buckets by low and high half of the first, second and third byte
;;    128  eight buckets: first needle and the one behind the last, u32 each
;;    192  hits of one step, by position
;;    256  needles: the four bytes from its print on, which bits of them it has, where all its bytes are, their count,
;;         and where in it its print begins, u32 each
;;   8192  bytes of needles
;;  65536  runs found: where it starts, where it ends, lines before it, u32 each
;; 196608  by hash of three bytes: in which buckets there is a print that may be these
;; 262144  the block
(module
  (memory (export "memory") 24)

  ;; Where the last scan stopped, and how many lines are before that.
  (global $stopped (export "stopped") (mut i32) (i32.const 0))
  (global $lines (export "lines") (mut i32) (i32.const 0))

  (func $isNeedle (param $needle i32) (param $at i32) (result i32)
    (local $length i32) (local $i i32)
    (local.set $at (i32.sub (local.get $at) (i32.load offset=16 (local.get $needle))))
    (local.set $length (i32.load offset=12 (local.get $needle)))
    (local.set $needle (i32.load offset=8 (local.get $needle)))
    (loop $next
      (if (i32.ne
            (i32.load8_u (i32.add (local.get $needle) (local.get $i)))
            (i32.load8_u (i32.add (local.get $at) (local.get $i))))
        (then (return (i32.const 0))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $length))))
    (i32.const 1))

  ;; True where a needle of one of the buckets has its print at $at.
  (func $isHit (param $at i32) (param $buckets i32) (result i32)
    (local $bucket i32) (local $needle i32) (local $end i32) (local $bytes i32)
    (local.set $bytes (i32.load align=1 (local.get $at)))
    (loop $eachBucket
      (local.set $bucket (i32.shl (i32.ctz (local.get $buckets)) (i32.const 3)))
      (local.set $needle (i32.load offset=128 (local.get $bucket)))
      (local.set $end (i32.load offset=132 (local.get $bucket)))
      (loop $eachNeedle
        (if (i32.eqz
              (i32.and
                (i32.xor (local.get $bytes) (i32.load (local.get $needle)))
                (i32.load offset=4 (local.get $needle))))
          (then
            (if (call $isNeedle (local.get $needle) (local.get $at)) (then (return (i32.const 1))))))
        (local.set $needle (i32.add (local.get $needle) (i32.const 20)))
        (br_if $eachNeedle (i32.lt_u (local.get $needle) (local.get $end))))
      (local.set $buckets (i32.and (local.get $buckets) (i32.sub (local.get $buckets) (i32.const 1))))
      (br_if $eachBucket (local.get $buckets)))
    (i32.const 0))

  ;; True for a byte that is no plain ASCII text, where it is not a newline or the carriage return before one.
  (func $isStrange (param $at i32) (result i32)
    (local $byte i32)
    (local.set $byte (i32.load8_s (local.get $at)))
    (i32.and
      (i32.and
        (i32.lt_s (local.get $byte) (i32.const 32))
        (i32.ne (local.get $byte) (i32.const 10)))
      (i32.ne (i32.load16_u align=1 (local.get $at)) (i32.const 0x0a0d))))

  ;; Newlines in [$at, $end), one by one.
  (func $newlines (param $at i32) (param $end i32) (result i32)
    (local $count i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $count
          (i32.add (local.get $count) (i32.eq (i32.load8_u (local.get $at)) (i32.const 10))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (local.get $count))

  ;; Behind the newline that ends the line of $at.
  (func $lineEnd (param $at i32) (result i32)
    (local $found i32)
    (loop $next
      (local.set $found
        (i8x16.bitmask (i8x16.eq (v128.load align=1 (local.get $at)) (i8x16.splat (i32.const 10)))))
      (if (local.get $found)
        (then
          (return
            (i32.add (i32.add (local.get $at) (i32.ctz (local.get $found))) (i32.const 1)))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br $next))
    (unreachable))

  ;; Where the line of $at begins, at $floor or later.
  (func $lineStart (param $at i32) (param $floor i32) (result i32)
    (block $done
      (loop $back
        (br_if $done (i32.le_u (local.get $at) (local.get $floor)))
        (br_if $done (i32.eq (i32.load8_u (i32.sub (local.get $at) (i32.const 1))) (i32.const 10)))
        (local.set $at (i32.sub (local.get $at) (i32.const 1)))
        (br $back)))
    (local.get $at))

  ;; Sum of 16 counts of newlines.
  (func $sum (param $counts v128) (result i32)
    (local.set $counts
      (i32x4.extadd_pairwise_i16x8_u (i16x8.extadd_pairwise_i8x16_u (local.get $counts))))
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $counts)) (i32x4.extract_lane 1 (local.get $counts)))
      (i32.add (i32x4.extract_lane 2 (local.get $counts)) (i32x4.extract_lane 3 (local.get $counts)))))

  ;; Scans the whole lines of [$at, $end), $lines of which came before; what is behind them may be anything, for 32
  ;; bytes. Writes runs of lines that were found and gives their number, $most at most: the scan may stop early.
  (func (export "scan") (param $at i32) (param $end i32) (param $before i32) (param $most i32) (result i32)
    (local $run i32) (local $runs i32) (local $floor i32) (local $stop i32)
    (local $hits i32) (local $hit i32) (local $print i32) (local $among i32) (local $start i32)
    (local $low1 v128) (local $high1 v128) (local $low2 v128) (local $high2 v128) (local $low3 v128)
    (local $high3 v128) (local $half v128) (local $space v128) (local $newline v128)
    (local $bytes v128) (local $lows v128) (local $highs v128)
    (local $first v128) (local $firstBefore v128) (local $second v128) (local $secondBefore v128)
    (local $buckets v128) (local $newlines v128) (local $counts v128) (local $strange v128)
    (local.set $low1 (v128.load (i32.const 0)))
    (local.set $high1 (v128.load (i32.const 16)))
    (local.set $low2 (v128.load (i32.const 32)))
    (local.set $high2 (v128.load (i32.const 48)))
    (local.set $low3 (v128.load (i32.const 64)))
    (local.set $high3 (v128.load (i32.const 80)))
    (local.set $half (i8x16.splat (i32.const 15)))
    (local.set $space (i8x16.splat (i32.const 32)))
    (local.set $newline (i8x16.splat (i32.const 10)))
    (local.set $run (i32.const 65536))
    (local.set $runs (i32.add (local.get $run) (i32.mul (local.get $most) (i32.const 12))))
    (local.set $floor (local.get $at))
    (block $done
      (loop $some
        ;; A print of the last line may end in the two bytes behind it.
        (br_if $done (i32.ge_u (local.get $at) (i32.add (local.get $end) (i32.const 2))))
        (br_if $done (i32.ge_u (local.get $run) (local.get $runs)))
        ;; As many steps as a byte can count newlines of.
        (local.set $stop (i32.add (local.get $at) (i32.const 4080)))
        (if (i32.gt_u (local.get $stop) (i32.add (local.get $end) (i32.const 2)))
          (then (local.set $stop (i32.add (local.get $end) (i32.const 2)))))
        (local.set $counts (v128.const i64x2 0 0))
        (loop $next
          (local.set $bytes (v128.load align=1 (local.get $at)))
          (local.set $lows (v128.and (local.get $bytes) (local.get $half)))
          (local.set $highs (v128.and (i16x8.shr_u (local.get $bytes) (i32.const 4)) (local.get $half)))
          (local.set $first
            (v128.and
              (i8x16.swizzle (local.get $low1) (local.get $lows))
              (i8x16.swizzle (local.get $high1) (local.get $highs))))
          (local.set $second
            (v128.and
              (i8x16.swizzle (local.get $low2) (local.get $lows))
              (i8x16.swizzle (local.get $high2) (local.get $highs))))
          ;; Bits of buckets for each of 16 positions, where the third byte of a print is, as its three bytes say.
          (local.set $buckets
            (v128.and
              (v128.and
                (i8x16.swizzle (local.get $low3) (local.get $lows))
                (i8x16.swizzle (local.get $high3) (local.get $highs)))
              (v128.and
                (i8x16.shuffle 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29
                  (local.get $firstBefore)
                  (local.get $first))
                (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30
                  (local.get $secondBefore)
                  (local.get $second)))))
          (local.set $firstBefore (local.get $first))
          (local.set $secondBefore (local.get $second))
          ;; All bits of each byte that is above 0x7f (negative), or a control character other than a newline.
          (local.set $newlines (i8x16.eq (local.get $bytes) (local.get $newline)))
          (local.set $strange
            (v128.andnot (i8x16.gt_s (local.get $space) (local.get $bytes)) (local.get $newlines)))
          (if (v128.any_true (v128.or (local.get $buckets) (local.get $strange)))
            (then
              (v128.store (i32.const 192) (local.get $buckets))
              (local.set $hits
                (i8x16.bitmask
                  (i8x16.ne
                    (v128.or (local.get $buckets) (local.get $strange))
                    (v128.const i64x2 0 0))))
              (block $none
                (loop $eachHit
                  (local.set $hit (i32.add (local.get $at) (i32.ctz (local.get $hits))))
                  (local.set $print (i32.sub (local.get $hit) (i32.const 2)))
                  (br_if $none (i32.ge_u (local.get $print) (local.get $end)))
                  (block $found
                    ;; Most are no needle's print but a mixture of several; their hash tells.
                    (local.set $among
                      (i32.and
                        (i32.load8_u offset=192 (i32.ctz (local.get $hits)))
                        (i32.load8_u offset=196608
                          (i32.shr_u
                            (i32.mul
                              (i32.shl (i32.load align=1 (local.get $print)) (i32.const 8))
                              (i32.const 0x9e3779b1))
                            (i32.const 16)))))
                    (if (local.get $among)
                      (then
                        (if (call $isHit (local.get $print) (local.get $among))
                          (then
                            (local.set $hit (local.get $print))
                            (br $found)))))
                    (if (i32.lt_s (i32.load8_s (local.get $hit)) (i32.const 32))
                      (then
                        (if (i32.lt_u (local.get $hit) (local.get $end))
                          (then (br_if $found (call $isStrange (local.get $hit)))))))
                    (local.set $hits (i32.and (local.get $hits) (i32.sub (local.get $hits) (i32.const 1))))
                    (br_if $eachHit (local.get $hits))
                    (br $none))
                  (local.set $start (call $lineStart (local.get $hit) (local.get $floor)))
                  (local.set $before
                    (i32.sub
                      (i32.add
                        (i32.add (local.get $before) (call $sum (local.get $counts)))
                        (call $newlines (local.get $at) (local.get $start)))
                      (call $newlines (local.get $start) (local.get $at))))
                  (local.set $at (call $lineEnd (local.get $hit)))
                  ;; A line next to the run before makes it longer.
                  (if (i32.and
                        (i32.gt_u (local.get $run) (i32.const 65536))
                        (i32.eq (local.get $start) (i32.load (i32.sub (local.get $run) (i32.const 8)))))
                    (then
                      (i32.store (i32.sub (local.get $run) (i32.const 8)) (local.get $at)))
                    (else
                      (i32.store (local.get $run) (local.get $start))
                      (i32.store offset=4 (local.get $run) (local.get $at))
                      (i32.store offset=8 (local.get $run) (local.get $before))
                      (local.set $run (i32.add (local.get $run) (i32.const 12)))))
                  (local.set $before (i32.add (local.get $before) (i32.const 1)))
                  (local.set $floor (local.get $at))
                  ;; Prints begin anew with the line.
                  (local.set $firstBefore (v128.const i64x2 0 0))
                  (local.set $secondBefore (v128.const i64x2 0 0))
                  (br $some)))))
          (local.set $counts (i8x16.sub (local.get $counts) (local.get $newlines)))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $next (i32.lt_u (local.get $at) (local.get $stop))))
        (local.set $before (i32.add (local.get $before) (call $sum (local.get $counts))))
        (br $some)))
    ;; The last step may have gone over the end.
    (if (i32.gt_u (local.get $at) (local.get $end))
      (then
        (local.set $before
          (i32.sub (local.get $before) (call $newlines (local.get $end) (local.get $at))))
        (local.set $at (local.get $end))))
    (global.set $stopped (local.get $at))
    (global.set $lines (local.get $before))
    (i32.div_u (i32.sub (local.get $run) (i32.const 65536)) (i32.const 12))))
