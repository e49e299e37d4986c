;; Pillow's resizing of RGBA bytes with 22-bit weights, one row at a time: the four channels of a pixel side by side in
;; a vector. Both passes round to bytes. Addresses are bytes; `starts` and `weights` are i32, as `AxisTaps` has them.
(module
  (memory (export "memory") 1)

  ;; `line`: a row's pixels, and as many more as there are taps → `count` pixels at `out`.
  (func (export "across")
    (param $line i32) (param $starts i32) (param $weights i32) (param $taps i32) (param $count i32) (param $out i32)
    (local $end i32) (local $at i32) (local $weightsEnd i32) (local $sum v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 2))))
    (loop $outputs
      (local.set $sum (v128.const i32x4 0x200000 0x200000 0x200000 0x200000))
      (local.set $at (i32.add (local.get $line) (i32.shl (i32.load (local.get $starts)) (i32.const 2))))
      (local.set $weightsEnd (i32.add (local.get $weights) (i32.shl (local.get $taps) (i32.const 2))))
      (loop $window
        (local.set $sum (i32x4.add (local.get $sum) (i32x4.mul
          (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (v128.load32_zero (local.get $at))))
          (v128.load32_splat (local.get $weights)))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (local.set $weights (i32.add (local.get $weights) (i32.const 4)))
        (br_if $window (i32.lt_u (local.get $weights) (local.get $weightsEnd))))
      (local.set $sum (i32x4.shr_s (local.get $sum) (i32.const 22)))
      (local.set $sum (i16x8.narrow_i32x4_s (local.get $sum) (local.get $sum)))
      (i32.store (local.get $out) (i32x4.extract_lane 0 (i8x16.narrow_i16x8_u (local.get $sum) (local.get $sum))))
      (local.set $starts (i32.add (local.get $starts) (i32.const 4)))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (br_if $outputs (i32.lt_u (local.get $out) (local.get $end)))))

  ;; `rows`: the first of `taps` rows of `stride` bytes, one behind the other → one row at `out`, alpha 255. Works on
  ;; 16 bytes at a time, and so reads and writes up to 15 bytes more.
  (func (export "down")
    (param $rows i32) (param $weights i32) (param $taps i32) (param $stride i32) (param $out i32)
    (local $end i32) (local $at i32) (local $weightAt i32) (local $weightsEnd i32)
    (local $weight v128) (local $bytes v128) (local $half v128)
    (local $sum0 v128) (local $sum1 v128) (local $sum2 v128) (local $sum3 v128)
    (local.set $end (i32.add (local.get $out) (local.get $stride)))
    (local.set $weightsEnd (i32.add (local.get $weights) (i32.shl (local.get $taps) (i32.const 2))))
    (loop $outputs
      (local.set $sum0 (v128.const i32x4 0x200000 0x200000 0x200000 0x200000))
      (local.set $sum1 (local.get $sum0))
      (local.set $sum2 (local.get $sum0))
      (local.set $sum3 (local.get $sum0))
      (local.set $at (local.get $rows))
      (local.set $weightAt (local.get $weights))
      (loop $window
        (local.set $weight (v128.load32_splat (local.get $weightAt)))
        (local.set $bytes (v128.load (local.get $at)))
        (local.set $half (i16x8.extend_low_i8x16_u (local.get $bytes)))
        (local.set $sum0 (i32x4.add (local.get $sum0)
          (i32x4.mul (local.get $weight) (i32x4.extend_low_i16x8_u (local.get $half)))))
        (local.set $sum1 (i32x4.add (local.get $sum1)
          (i32x4.mul (local.get $weight) (i32x4.extend_high_i16x8_u (local.get $half)))))
        (local.set $half (i16x8.extend_high_i8x16_u (local.get $bytes)))
        (local.set $sum2 (i32x4.add (local.get $sum2)
          (i32x4.mul (local.get $weight) (i32x4.extend_low_i16x8_u (local.get $half)))))
        (local.set $sum3 (i32x4.add (local.get $sum3)
          (i32x4.mul (local.get $weight) (i32x4.extend_high_i16x8_u (local.get $half)))))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $weightAt (i32.add (local.get $weightAt) (i32.const 4)))
        (br_if $window (i32.lt_u (local.get $weightAt) (local.get $weightsEnd))))
      (v128.store (local.get $out) (v128.or
        (v128.const i32x4 0xff000000 0xff000000 0xff000000 0xff000000)
        (i8x16.narrow_i16x8_u
          (i16x8.narrow_i32x4_s
            (i32x4.shr_s (local.get $sum0) (i32.const 22))
            (i32x4.shr_s (local.get $sum1) (i32.const 22)))
          (i16x8.narrow_i32x4_s
            (i32x4.shr_s (local.get $sum2) (i32.const 22))
            (i32x4.shr_s (local.get $sum3) (i32.const 22))))))
      (local.set $rows (i32.add (local.get $rows) (i32.const 16)))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (br_if $outputs (i32.lt_u (local.get $out) (local.get $end))))))
