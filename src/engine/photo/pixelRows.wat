;; A photo's pixels by vectors: libjpeg's chroma upsampling and colours, and Pillow's resizing of RGBA with 22-bit weights,
;; a row at a time. Every addition, rounding and shift is theirs. Addresses are bytes; `starts` and `weights` are i32, as
;; `AxisTaps` has them. Rows are read and written 16 bytes at a time, and so up to 15 bytes beyond their end.
(module
  (memory (export "memory") 1)

  ;; Chroma rows at `near` and `far`, the byte before and after each readable, `count` samples → 2 bytes a sample at
  ;; `out`: 3 : 1 down, then 3 : 1 across. The first and the last byte see a neighbour that may not be theirs.
  (func (export "upsample")
    (param $near i32) (param $far i32) (param $count i32) (param $evenRound i32) (param $oddRound i32) (param $out i32)
    (local $end i32) (local $even v128) (local $odd v128) (local $here v128)
    (local.set $end (i32.add (local.get $near) (local.get $count)))
    (loop $samples
      (local.set $here (i16x8.mul (i16x8.splat (i32.const 3)) (call $column (local.get $near) (local.get $far))))
      (local.set $even (i16x8.shr_u (i16x8.add
        (i16x8.add (local.get $here) (i16x8.splat (local.get $evenRound)))
        (call $column (i32.sub (local.get $near) (i32.const 1)) (i32.sub (local.get $far) (i32.const 1)))) (i32.const 4)))
      (local.set $odd (i16x8.shr_u (i16x8.add
        (i16x8.add (local.get $here) (i16x8.splat (local.get $oddRound)))
        (call $column (i32.add (local.get $near) (i32.const 1)) (i32.add (local.get $far) (i32.const 1)))) (i32.const 4)))
      (v128.store (local.get $out) (v128.or (local.get $even) (i16x8.shl (local.get $odd) (i32.const 8))))
      (local.set $near (i32.add (local.get $near) (i32.const 8)))
      (local.set $far (i32.add (local.get $far) (i32.const 8)))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (br_if $samples (i32.lt_u (local.get $near) (local.get $end)))))

  (func $column (param $near i32) (param $far i32) (result v128)
    (i16x8.add (i16x8.mul (i16x8.splat (i32.const 3)) (v128.load8x8_u (local.get $near))) (v128.load8x8_u (local.get $far))))

  ;; `count` bytes each of luma, Cb and Cr → RGBA at `out`, alpha 255, by JFIF's factors times 2^16.
  (func (export "convert")
    (param $luma i32) (param $cb i32) (param $cr i32) (param $count i32) (param $out i32)
    (local $end i32) (local $y v128) (local $blue v128) (local $red v128) (local $half v128)
    (local.set $end (i32.add (local.get $luma) (local.get $count)))
    (local.set $half (v128.const i32x4 0x8000 0x8000 0x8000 0x8000))
    (loop $pixels
      (local.set $y (call $four (local.get $luma)))
      (local.set $blue (i32x4.sub (call $four (local.get $cb)) (i32x4.splat (i32.const 128))))
      (local.set $red (i32x4.sub (call $four (local.get $cr)) (i32x4.splat (i32.const 128))))
      (v128.store (local.get $out) (i8x16.shuffle 0 4 8 12 1 5 9 13 2 6 10 14 3 7 11 15
        (i8x16.narrow_i16x8_u
          (i16x8.narrow_i32x4_s
            (i32x4.add (local.get $y) (i32x4.shr_s (i32x4.add (local.get $half)
              (i32x4.mul (local.get $red) (i32x4.splat (i32.const 91881)))) (i32.const 16)))
            (i32x4.add (local.get $y) (i32x4.shr_s (i32x4.sub (i32x4.sub (local.get $half)
              (i32x4.mul (local.get $blue) (i32x4.splat (i32.const 22554))))
              (i32x4.mul (local.get $red) (i32x4.splat (i32.const 46802)))) (i32.const 16))))
          (i16x8.narrow_i32x4_s
            (i32x4.add (local.get $y) (i32x4.shr_s (i32x4.add (local.get $half)
              (i32x4.mul (local.get $blue) (i32x4.splat (i32.const 116130)))) (i32.const 16)))
            (v128.const i32x4 255 255 255 255)))
        (v128.const i32x4 0 0 0 0)))
      (local.set $luma (i32.add (local.get $luma) (i32.const 4)))
      (local.set $cb (i32.add (local.get $cb) (i32.const 4)))
      (local.set $cr (i32.add (local.get $cr) (i32.const 4)))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (br_if $pixels (i32.lt_u (local.get $luma) (local.get $end)))))

  (func $four (param $at i32) (result v128)
    (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (v128.load32_zero (local.get $at)))))

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
          (call $four (local.get $at))
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

  ;; `rows`: the first of `taps` rows of `stride` bytes, one behind the other → one row at `out`, alpha 255.
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
