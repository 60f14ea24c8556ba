//! Axes: the range of the data, the numbers written beside it, and how values become places.
//!
//! plotters asks an [`Axis`] for its ticks and its mapping. Both are ours, since the ticks of plotters do not end for
//! ranges without width or with infinities, and its logarithmic axis writes long decimals.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

use crate::number::finite_range;

/// How an axis is divided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Scale {
    #[default]
    Linear,
    /// By powers of ten; values that are not positive have no place.
    Log,
    /// Linear, with ticks at whole numbers only: epochs, steps.
    Integer,
    /// One place for each of some categories, at 0, 1, 2 …, named by the figure.
    Category,
}

#[derive(Clone, Debug)]
pub(crate) struct Tick {
    pub(crate) value: f64,
    pub(crate) label: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Axis {
    low: f64,
    high: f64,
    scale: Scale,
    ticks: Vec<Tick>,
    /// Lines without a number.
    minor: Vec<f64>,
}

/// Beyond this the span of a range would overflow.
const LARGEST: f64 = 1e300;
/// The least positive value with a place of its own on a logarithmic axis.
const SMALLEST: f64 = 1e-290;

impl Axis {
    /// An axis over the finite ones of `values` (over the positive ones if logarithmic), with `padding` of the span
    /// added at both ends. No value at all gives [0, 1], one value a span around it.
    pub(crate) fn fit(values: impl IntoIterator<Item = f64>, scale: Scale, padding: f64) -> Self {
        let log = scale == Scale::Log;
        let values = values
            .into_iter()
            .filter(|value| value.is_finite() && !(log && *value <= 0.0))
            .map(|value| value.clamp(if log { SMALLEST } else { -LARGEST }, LARGEST));
        let range = finite_range(values.map(|value| if log { value.log10() } else { value }));
        let (mut low, mut high) = range.unwrap_or(if log { (-1.0, 0.0) } else { (0.0, 1.0) });
        let magnitude = low.abs().max(high.abs());
        // Closer together than f64 can place ticks.
        if high - low <= magnitude * 1e-9 || high - low < 1e-300 {
            let half = if log || magnitude == 0.0 { 0.5 } else { (magnitude / 10.0).max(1e-290) };
            (low, high) = (low - half, high + half);
        }
        let pad = (high - low) * padding;
        let (low, high) = (low - pad, high + pad);
        // Powers of ten beyond are no f64.
        let (low, high) = if log { (low.max(-300.0), high.min(305.0)) } else { (low, high) };
        Self::within(low, high, scale)
    }

    /// An axis over exactly this range; it falls back on [`Axis::fit`] where that is not possible.
    pub(crate) fn exactly((low, high): (f64, f64), scale: Scale) -> Self {
        let possible = low.is_finite() && high.is_finite() && !(scale == Scale::Log && low < SMALLEST);
        let (low, high) = (low.clamp(-LARGEST, LARGEST), high.clamp(-LARGEST, LARGEST));
        if !possible || high - low <= low.abs().max(high.abs()) * 1e-9 || high - low < 1e-300 {
            return Self::fit([low, high], scale, 0.0);
        }
        match scale {
            Scale::Log => Self::within(low.log10().max(-300.0), high.log10(), scale),
            _ => Self::within(low, high, scale),
        }
    }

    /// One place for each name.
    pub(crate) fn categories(names: &[String]) -> Self {
        let mut axis = Self::within(-0.5, names.len().max(1) as f64 - 0.5, Scale::Category);
        axis.ticks = names
            .iter()
            .enumerate()
            .map(|(index, name)| Tick { value: index as f64, label: name.clone() })
            .collect();
        axis
    }

    fn within(low: f64, high: f64, scale: Scale) -> Self {
        Self { low, high, scale, ticks: Vec::new(), minor: Vec::new() }
    }

    pub(crate) fn is_category(&self) -> bool {
        self.scale == Scale::Category
    }

    pub(crate) fn ticks(&self) -> &[Tick] {
        &self.ticks
    }

    /// The first and the last value (not their logarithms).
    pub(crate) fn bounds(&self) -> (f64, f64) {
        match self.scale {
            Scale::Log => (10f64.powf(self.low), 10f64.powf(self.high)),
            _ => (self.low, self.high),
        }
    }

    /// Chooses ticks, about `count` of them at most.
    pub(crate) fn place_ticks(&mut self, count: usize) {
        let count = count.max(2);
        match self.scale {
            Scale::Category => {}
            Scale::Log if self.high - self.low >= 1.0 => self.place_decades(count),
            Scale::Log => {
                // Less than a decade: round numbers, though unevenly spaced.
                let (low, high) = self.bounds();
                self.ticks = linear_ticks(low, high, count, 0.0);
            }
            Scale::Linear => self.ticks = linear_ticks(self.low, self.high, count, 0.0),
            Scale::Integer => self.ticks = linear_ticks(self.low, self.high, count, 1.0),
        }
    }

    fn place_decades(&mut self, count: usize) {
        let slack = 1e-9;
        let first = (self.low - slack).ceil() as i32;
        let last = (self.high + slack).floor() as i32;
        let decades = (last - first + 1).max(1) as usize;
        let stride = decades.div_ceil(count).max(1);
        self.ticks = (first..=last)
            .step_by(stride)
            .map(|exponent| Tick {
                value: 10f64.powi(exponent),
                label: format!("10{}", superscript(exponent)),
            })
            .collect();
        self.minor = if decades <= 5 {
            (first - 1..=last)
                .flat_map(|exponent| (2..10).map(move |digit| f64::from(digit) * 10f64.powi(exponent)))
                .filter(|value| (self.low..=self.high).contains(&value.log10()))
                .collect()
        } else {
            Vec::new()
        };
    }

    /// Where `value` lies between the ends of the axis, 0 to 1; outside of it up to a million lengths away, and at the
    /// far low end for what has no place (NaN, a logarithm of nothing).
    pub(crate) fn fraction(&self, value: f64) -> f64 {
        let position = if self.scale == Scale::Log { value.log10() } else { value };
        let fraction = (position - self.low) / (self.high - self.low);
        if fraction.is_nan() { -1e6 } else { fraction.clamp(-1e6, 1e6) }
    }

    /// Whether `value` has a place on this kind of axis.
    pub(crate) fn can_show(&self, value: f64) -> bool {
        value.is_finite() && (self.scale != Scale::Log || value > 0.0)
    }
}

/// Multiples of 1, 2 or 5 times a power of ten, not closer than `least` apart.
fn linear_ticks(low: f64, high: f64, count: usize, least: f64) -> Vec<Tick> {
    let rough = (high - low) / count as f64;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|&step| step >= rough * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
        .max(least);
    let slack = step * 1e-6;
    let first = ((low - slack) / step).ceil();
    let values: Vec<f64> = (0..=2 * count)
        .map(|index| (first + index as f64) * step)
        .take_while(|&value| value <= high + slack)
        .collect();
    let labels = tick_labels(&values, step);
    values.into_iter().zip(labels).map(|(value, label)| Tick { value, label }).collect()
}

/// One way of writing for all ticks of an axis: as many decimals as the step needs, or a power of ten.
fn tick_labels(values: &[f64], step: f64) -> Vec<String> {
    let largest = values.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
    let digits_of = |value: f64| (value.log10() + 1e-9).floor() as i32;
    if largest == 0.0 {
        return values.iter().map(|_| "0".to_owned()).collect();
    }
    let exponent = digits_of(largest);
    let plain = (-4..7).contains(&exponent) && digits_of(step) >= -5;
    let shift = if plain { 0 } else { exponent };
    let decimals = (shift - digits_of(step)).clamp(0, 12) as usize;
    values
        .iter()
        .map(|&value| {
            if value.abs() < step * 1e-6 {
                return "0".to_owned();
            }
            // Divided twice, since 10³⁰⁰ has no reciprocal partner below 10⁻³⁰⁸.
            let mantissa = value / 10f64.powi(shift / 2) / 10f64.powi(shift - shift / 2);
            let mut label = fixed(mantissa, decimals);
            if !plain {
                label.push_str(&format!("·10{}", superscript(exponent)));
            }
            label
        })
        .collect()
}

/// With a true minus sign, and commas between thousands from five digits on.
fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut label = String::new();
    if value < 0.0 && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        label.push('−');
    }
    for (index, digit) in whole.chars().enumerate() {
        if whole.len() > 4 && index > 0 && (whole.len() - index).is_multiple_of(3) {
            label.push(',');
        }
        label.push(digit);
    }
    if !fraction.is_empty() {
        label.push('.');
        label.push_str(fraction);
    }
    label
}

fn superscript(exponent: i32) -> String {
    exponent
        .to_string()
        .chars()
        .map(|character| match character {
            '-' => '⁻',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            digit => char::from_u32(0x2070 + digit as u32 - '0' as u32).unwrap_or(digit),
        })
        .collect()
}

/// Numbers that stand side by side: all with as many decimals as the largest needs for `digits` digits.
pub(crate) fn aligned(values: &[f64], digits: usize) -> Vec<String> {
    let magnitudes = values.iter().map(|value| value.abs());
    let largest = finite_range(magnitudes).map_or(0.0, |(_, high)| high);
    let exponent = if largest > 0.0 { (largest.log10() + 1e-9).floor() as i32 } else { 0 };
    let whole = values.iter().all(|value| value.fract() == 0.0);
    let decimals = if whole { 0 } else { (digits as i32 - 1 - exponent).max(0) as usize };
    values
        .iter()
        .map(|&value| match value {
            value if !value.is_finite() || !(-4..7).contains(&exponent) => significant(value, digits),
            value if fixed(value, decimals) == fixed(0.0, decimals) => "0".to_owned(),
            value => fixed(value, decimals),
        })
        .collect()
}

/// `value` with about `digits` significant digits, as one writes it beside a bar or into a cell.
pub(crate) fn significant(value: f64, digits: usize) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "−∞" }.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{:.*e}", digits.saturating_sub(1), value);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trim = |text: &str| {
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text.to_owned()
        }
    };
    if (-4..7).contains(&exponent) {
        let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
        trim(&fixed(value, decimals))
    } else {
        format!("{}·10{}", trim(mantissa).replace('-', "−"), superscript(exponent))
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        from + (self.fraction(*value).clamp(-1.0, 2.0) * f64::from(to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        // plotters asks twice, for lines with and without numbers; the latter allow "light" points.
        if hint.weight().allow_light_points() {
            self.minor.clone()
        } else {
            self.ticks.iter().map(|tick| tick.value).collect()
        }
    }

    fn range(&self) -> Range<f64> {
        let (low, high) = self.bounds();
        low..high
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        let tick = self.ticks.iter().find(|tick| tick.value == *value);
        tick.map_or_else(String::new, |tick| tick.label.clone())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels(values: &[f64], scale: Scale, count: usize) -> Vec<String> {
        let mut axis = Axis::fit(values.iter().copied(), scale, 0.0);
        axis.place_ticks(count);
        axis.ticks.into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_round_numbers_in_one_notation() {
        assert_eq!(
            labels(&[0.0, 1.0], Scale::Linear, 5),
            ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"].map(|label| if label == "0.0" { "0" } else { label })
        );
        assert_eq!(labels(&[-1.0, 1.0], Scale::Linear, 4), ["−1.0", "−0.5", "0", "0.5", "1.0"]);
        assert_eq!(labels(&[0.0, 60_000.0], Scale::Linear, 3), ["0", "20,000", "40,000", "60,000"]);
        assert_eq!(labels(&[0.0, 2e-7], Scale::Linear, 2), ["0", "1·10⁻⁷", "2·10⁻⁷"]);
        assert_eq!(labels(&[1.0, 3.0], Scale::Integer, 10), ["1", "2", "3"]);
        assert_eq!(labels(&[1e-3, 10.0], Scale::Log, 6), ["10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹"]);
        assert_eq!(labels(&[2.0, 8.0], Scale::Log, 3), ["2", "4", "6", "8"]);
    }

    #[test]
    fn numbers_in_the_text_are_short() {
        assert_eq!(significant(0.98765, 3), "0.988");
        assert_eq!(significant(1234567.0, 3), "1,234,567");
        assert_eq!(significant(-2.5e-9, 3), "−2.5·10⁻⁹");
        assert_eq!(significant(20.0, 3), "20");
        assert_eq!(significant(f64::NEG_INFINITY, 3), "−∞");
    }

    #[test]
    fn numbers_side_by_side_have_the_same_decimals() {
        assert_eq!(aligned(&[0.54, 0.7, 1e-9, -0.256], 2), ["0.54", "0.70", "0", "−0.26"]);
        assert_eq!(aligned(&[100.0, 86.1, 97.95], 4), ["100.0", "86.1", "98.0"]);
        assert_eq!(aligned(&[3.0, 12.0], 2), ["3", "12"]);
    }

    proptest! {
        #[test]
        fn every_axis_has_a_few_ticks_inside_and_keeps_the_order(
            a in proptest::num::f64::ANY, b in proptest::num::f64::ANY, log: bool, count in 2usize..12,
        ) {
            let scale = if log { Scale::Log } else { Scale::Linear };
            let mut axis = Axis::fit([a, b], scale, 0.05);
            axis.place_ticks(count);
            prop_assert!(axis.ticks.len() <= 2 * count + 1);
            let (low, high) = axis.bounds();
            prop_assert!(low < high, "{low} {high}");
            for tick in &axis.ticks {
                let fraction = axis.fraction(tick.value);
                prop_assert!((-1e-5..=1.0 + 1e-5).contains(&fraction), "{tick:?} at {fraction}");
            }
            prop_assert!(axis.ticks.windows(2).all(|pair| pair[0].value < pair[1].value));
            let (x, y) = (axis.map(&a, (0, 1000)), axis.map(&b, (0, 1000)));
            if axis.can_show(a) && axis.can_show(b) && a <= b {
                prop_assert!(x <= y);
            }
        }
    }
}
