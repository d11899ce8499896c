;; The kernels of kernels.ts, for processors with 128-bit registers: four of them, 64 bytes, at each step.
;; `npm run kernels` compiles this file into kernels.wasm.ts.
;; Offsets and lengths come in words and are made bytes first: $a and $b are where the next step reads.
(module
  (memory (export "memory") 0)

  (func (export "and") (param $to i32) (param $a i32) (param $b i32) (param $length i32)
    (local $end i32)
    (local.set $to (i32.shl (local.get $to) (i32.const 2)))
    (local.set $a (i32.shl (local.get $a) (i32.const 2)))
    (local.set $b (i32.shl (local.get $b) (i32.const 2)))
    (local.set $end (i32.add (local.get $a) (i32.shl (local.get $length) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $a) (local.get $end)))
        (v128.store (local.get $to) (v128.and (v128.load (local.get $a)) (v128.load (local.get $b))))
        (v128.store offset=16 (local.get $to)
          (v128.and (v128.load offset=16 (local.get $a)) (v128.load offset=16 (local.get $b))))
        (v128.store offset=32 (local.get $to)
          (v128.and (v128.load offset=32 (local.get $a)) (v128.load offset=32 (local.get $b))))
        (v128.store offset=48 (local.get $to)
          (v128.and (v128.load offset=48 (local.get $a)) (v128.load offset=48 (local.get $b))))
        (local.set $to (i32.add (local.get $to) (i32.const 64)))
        (local.set $a (i32.add (local.get $a) (i32.const 64)))
        (local.set $b (i32.add (local.get $b) (i32.const 64)))
        (br $next))))

  (func (export "or") (param $to i32) (param $a i32) (param $b i32) (param $length i32)
    (local $end i32)
    (local.set $to (i32.shl (local.get $to) (i32.const 2)))
    (local.set $a (i32.shl (local.get $a) (i32.const 2)))
    (local.set $b (i32.shl (local.get $b) (i32.const 2)))
    (local.set $end (i32.add (local.get $a) (i32.shl (local.get $length) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $a) (local.get $end)))
        (v128.store (local.get $to) (v128.or (v128.load (local.get $a)) (v128.load (local.get $b))))
        (v128.store offset=16 (local.get $to)
          (v128.or (v128.load offset=16 (local.get $a)) (v128.load offset=16 (local.get $b))))
        (v128.store offset=32 (local.get $to)
          (v128.or (v128.load offset=32 (local.get $a)) (v128.load offset=32 (local.get $b))))
        (v128.store offset=48 (local.get $to)
          (v128.or (v128.load offset=48 (local.get $a)) (v128.load offset=48 (local.get $b))))
        (local.set $to (i32.add (local.get $to) (i32.const 64)))
        (local.set $a (i32.add (local.get $a) (i32.const 64)))
        (local.set $b (i32.add (local.get $b) (i32.const 64)))
        (br $next))))

  ;; Bytes count up to 8 bits each, sums of four bytes fit a byte, and the sums of each step go to four 32-bit lanes.
  (func (export "andCount") (param $a i32) (param $b i32) (param $length i32) (result i32)
    (local $end i32)
    (local $counts v128)
    (local.set $a (i32.shl (local.get $a) (i32.const 2)))
    (local.set $b (i32.shl (local.get $b) (i32.const 2)))
    (local.set $end (i32.add (local.get $a) (i32.shl (local.get $length) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $a) (local.get $end)))
        (local.set $counts (i32x4.add (local.get $counts)
          (i32x4.extadd_pairwise_i16x8_u (i16x8.extadd_pairwise_i8x16_u
            (i8x16.add
              (i8x16.add
                (i8x16.popcnt (v128.and (v128.load (local.get $a)) (v128.load (local.get $b))))
                (i8x16.popcnt (v128.and (v128.load offset=16 (local.get $a)) (v128.load offset=16 (local.get $b)))))
              (i8x16.add
                (i8x16.popcnt (v128.and (v128.load offset=32 (local.get $a)) (v128.load offset=32 (local.get $b))))
                (i8x16.popcnt (v128.and (v128.load offset=48 (local.get $a)) (v128.load offset=48 (local.get $b))))))))))
        (local.set $a (i32.add (local.get $a) (i32.const 64)))
        (local.set $b (i32.add (local.get $b) (i32.const 64)))
        (br $next)))
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $counts)) (i32x4.extract_lane 1 (local.get $counts)))
      (i32.add (i32x4.extract_lane 2 (local.get $counts)) (i32x4.extract_lane 3 (local.get $counts)))))

  ;; Steps without a bit are skipped. Most words that have any have one or two: two are written without asking, as a
  ;; wrong guess of the processor costs more than two vain writes; the rest come by fours.
  (func (export "andSlots") (param $to i32) (param $a i32) (param $b i32) (param $length i32) (result i32)
    (local $begin i32)
    (local $end i32)
    (local $stepEnd i32)
    (local $slot i32) ;; of the word's first bit
    (local $bits i64) ;; of the word, less those that are written
    (local $count i32) ;; of the word's bits, in bytes of what is written
    (local $at i32) ;; where more than two are written
    (local.set $to (i32.shl (local.get $to) (i32.const 2)))
    (local.set $a (i32.shl (local.get $a) (i32.const 2)))
    (local.set $b (i32.shl (local.get $b) (i32.const 2)))
    (local.set $begin (local.get $to))
    (local.set $end (i32.add (local.get $a) (i32.shl (local.get $length) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $a) (local.get $end)))
        (if (v128.any_true
              (v128.or
                (v128.or
                  (v128.and (v128.load (local.get $a)) (v128.load (local.get $b)))
                  (v128.and (v128.load offset=16 (local.get $a)) (v128.load offset=16 (local.get $b))))
                (v128.or
                  (v128.and (v128.load offset=32 (local.get $a)) (v128.load offset=32 (local.get $b)))
                  (v128.and (v128.load offset=48 (local.get $a)) (v128.load offset=48 (local.get $b))))))
          (then
            (local.set $stepEnd (i32.add (local.get $a) (i32.const 64)))
            (loop $word
              (local.set $bits (i64.and (i64.load (local.get $a)) (i64.load (local.get $b))))
              (local.set $count (i32.shl (i32.wrap_i64 (i64.popcnt (local.get $bits))) (i32.const 2)))
              (i32.store (local.get $to) (i32.add (local.get $slot) (i32.wrap_i64 (i64.ctz (local.get $bits)))))
              (local.set $bits (i64.and (local.get $bits) (i64.sub (local.get $bits) (i64.const 1))))
              (i32.store offset=4 (local.get $to) (i32.add (local.get $slot) (i32.wrap_i64 (i64.ctz (local.get $bits)))))
              (local.set $bits (i64.and (local.get $bits) (i64.sub (local.get $bits) (i64.const 1))))
              (if (i64.ne (local.get $bits) (i64.const 0))
                (then
                  (local.set $at (i32.add (local.get $to) (i32.const 8)))
                  (loop $four
                    (i32.store (local.get $at) (i32.add (local.get $slot) (i32.wrap_i64 (i64.ctz (local.get $bits)))))
                    (local.set $bits (i64.and (local.get $bits) (i64.sub (local.get $bits) (i64.const 1))))
                    (i32.store offset=4 (local.get $at) (i32.add (local.get $slot) (i32.wrap_i64 (i64.ctz (local.get $bits)))))
                    (local.set $bits (i64.and (local.get $bits) (i64.sub (local.get $bits) (i64.const 1))))
                    (i32.store offset=8 (local.get $at) (i32.add (local.get $slot) (i32.wrap_i64 (i64.ctz (local.get $bits)))))
                    (local.set $bits (i64.and (local.get $bits) (i64.sub (local.get $bits) (i64.const 1))))
                    (i32.store offset=12 (local.get $at) (i32.add (local.get $slot) (i32.wrap_i64 (i64.ctz (local.get $bits)))))
                    (local.set $bits (i64.and (local.get $bits) (i64.sub (local.get $bits) (i64.const 1))))
                    (local.set $at (i32.add (local.get $at) (i32.const 16)))
                    (br_if $four (i64.ne (local.get $bits) (i64.const 0))))))
              (local.set $to (i32.add (local.get $to) (local.get $count)))
              (local.set $slot (i32.add (local.get $slot) (i32.const 64)))
              (local.set $b (i32.add (local.get $b) (i32.const 8)))
              (br_if $word
                (i32.lt_u (local.tee $a (i32.add (local.get $a) (i32.const 8))) (local.get $stepEnd)))))
          (else
            (local.set $slot (i32.add (local.get $slot) (i32.const 512)))
            (local.set $a (i32.add (local.get $a) (i32.const 64)))
            (local.set $b (i32.add (local.get $b) (i32.const 64)))))
        (br $next)))
    (i32.shr_u (i32.sub (local.get $to) (local.get $begin)) (i32.const 2))))
