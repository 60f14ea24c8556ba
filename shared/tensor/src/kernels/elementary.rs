//! The exponential function and its kin in single precision, written so that a loop over them is vectorised: no
//! branches, no tables, no calls. The reductions and polynomials are those of Cephes (Moshier, *Methods and Programs for
//! Mathematical Functions*, 1989), whose relative errors are below 2·10⁻⁷. Double precision is for checks and uses the
//! standard library.

/// eˣ: with n the whole number nearest to x / log 2, eˣ = 2ⁿ·e^(x − n·log 2).
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    // 1.5·2²³: adding it leaves the nearest whole number in the last bits.
    const ROUND: f32 = 12_582_912.0;
    // Beyond these the result is 0 or infinite anyway. Written so that NaN stays NaN.
    let x = if x > 89.0 { 89.0 } else { x };
    let x = if x < -104.0 { -104.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    // log 2 in two parts, the first so short that its product with n is exact.
    let r = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let p = ((((1.987_569_1e-4 * r + 1.398_199_9e-3) * r + 8.333_452e-3) * r + 4.166_579_6e-2) * r
        + 1.666_666_5e-1)
        * r
        + 0.5;
    let y = p * (r * r) + r + 1.0;
    // 2ⁿ as two factors, since n may lie beyond the exponents of a normal number.
    let n = shifted.to_bits().wrapping_sub(ROUND.to_bits()) as i32;
    let half = n >> 1;
    let power = |n: i32| f32::from_bits((n.wrapping_add(127) as u32) << 23);
    y * power(half) * power(n.wrapping_sub(half))
}

/// The hyperbolic tangent: a polynomial near 0, 1 − 2 / (e²ˣ + 1) elsewhere.
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    let size = x.abs();
    let far = 1.0 - 2.0 / (exp(2.0 * size) + 1.0);
    let z = x * x;
    let p =
        (((-5.704_988_7e-3 * z + 2.063_909e-2) * z - 5.373_971_5e-2) * z + 1.333_144_2e-1) * z - 3.333_328e-1;
    (if size < 0.625 { size + size * z * p } else { far }).copysign(x)
}

/// The natural logarithm of a normal number.
#[inline(always)]
fn ln_normal(x: f32) -> f32 {
    // With m between √½ and √2, x = 2ⁿ·m and log x = n·log 2 + log m.
    let over = x.to_bits().wrapping_sub(0x3F35_04F3);
    let n = ((over as i32) >> 23) as f32;
    let m = f32::from_bits((over & 0x007F_FFFF).wrapping_add(0x3F35_04F3));
    let r = m - 1.0;
    let z = r * r;
    let p = 7.037_683_6e-2 * r - 1.151_461e-1;
    let p = ((((((p * r + 1.167_699_9e-1) * r - 1.242_014_1e-1) * r + 1.424_932_3e-1) * r - 1.666_805_8e-1)
        * r
        + 2.000_071_5e-1)
        * r
        - 2.499_999_4e-1)
        * r
        + 3.333_333e-1;
    p * r * z - n * 2.121_944_4e-4 - 0.5 * z + r + n * 0.693_359_4
}

/// The natural logarithm.
#[inline(always)]
pub(crate) fn ln(x: f32) -> f32 {
    // Numbers below the normal ones are scaled up first, by 2²³.
    let tiny = x < f32::MIN_POSITIVE;
    let y = ln_normal(if tiny { x * 8_388_608.0 } else { x });
    let y = if tiny { y - 23.0 * std::f32::consts::LN_2 } else { y };
    let y = if x > f32::MAX { x } else { y };
    let y = if x == 0.0 { f32::NEG_INFINITY } else { y };
    let y = if x < 0.0 { f32::NAN } else { y };
    if x.is_nan() { x } else { y }
}

/// log(1 + x) for x in [0, 1]: what 1 + x loses of x is put back. A NaN comes through by what is put back.
#[inline(always)]
pub(crate) fn ln_1p_unit(x: f32) -> f32 {
    let u = 1.0 + x;
    ln_normal(u) + (x - (u - 1.0)) / u
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every seventh or so of all numbers of a range, against double precision.
    fn assert_close(name: &str, f: fn(f32) -> f32, oracle: fn(f64) -> f64, range: [f32; 2], bound: f64) {
        for sign in [1.0, -1.0] {
            for bits in (range[0].to_bits()..range[1].to_bits()).step_by(2003) {
                let x = sign * f32::from_bits(bits);
                let (got, want) = (f64::from(f(x)), oracle(f64::from(x)));
                // Below the normal numbers half a step is all that can be asked for.
                let allowed = bound * want.abs() + f64::from(f32::from_bits(1));
                let same = (got.is_nan() && want.is_nan()) || got == want || f64::from(want as f32) == got;
                assert!(same || (got - want).abs() <= allowed, "{name}({x:e}) = {got:e}, not {want:e}");
            }
        }
    }

    #[test]
    fn agree_with_double_precision() {
        assert_close("exp", exp, f64::exp, [0.0, f32::INFINITY], 2.5e-7);
        assert_close("tanh", tanh, f64::tanh, [0.0, f32::INFINITY], 2.5e-7);
        assert_close("ln", ln, f64::ln, [0.0, f32::INFINITY], 2.5e-7);
        assert_close("ln_1p", |x| ln_1p_unit(x.abs()), |x| x.abs().ln_1p(), [0.0, 1.0], 2.5e-7);
    }

    #[test]
    fn what_is_not_a_number_stays_so() {
        for f in [exp, tanh, ln] {
            assert!(f(f32::NAN).is_nan());
        }
        assert_eq!([exp(f32::NEG_INFINITY), exp(f32::INFINITY), exp(0.0)], [0.0, f32::INFINITY, 1.0]);
        assert_eq!([tanh(f32::NEG_INFINITY), tanh(f32::INFINITY)], [-1.0, 1.0]);
        assert_eq!([ln(0.0), ln(1.0), ln(f32::INFINITY)], [f32::NEG_INFINITY, 0.0, f32::INFINITY]);
        assert!(tanh(-0.0).is_sign_negative());
    }
}
