//! Medians, and how far the rounds of a measurement lie apart.

/// The steps that one peer made of one workload, in milliseconds, a round at a time.
#[derive(Clone, Debug)]
pub(crate) struct Rounds(pub(crate) Vec<Vec<f64>>);

/// A number with the quartiles of what the single rounds would have given: half of them lie between `low` and `high`,
/// and a round in which the machine was elsewhere moves neither.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Estimate {
    pub(crate) value: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Rounds {
    /// The median step.
    pub(crate) fn time(&self) -> Estimate {
        Estimate { value: median(self.0.concat()), ..Estimate::of(&self.medians()) }
    }

    /// How many times as long as `other` a step takes. Compared are the rounds with the same number, which the
    /// machine ran one after the other: what slows it down for a while slows down both.
    pub(crate) fn ratio(&self, other: &Rounds) -> Estimate {
        let ratios = self.medians().into_iter().zip(other.medians()).map(|(own, other)| own / other);
        Estimate::of(&ratios.collect::<Vec<_>>())
    }

    fn medians(&self) -> Vec<f64> {
        self.0.iter().cloned().map(median).collect()
    }
}

impl Estimate {
    /// The median of the rounds, and their quartiles.
    fn of(rounds: &[f64]) -> Estimate {
        let quantile = |q| quantile(rounds.to_vec(), q);
        Estimate { value: quantile(0.5), low: quantile(0.25), high: quantile(0.75) }
    }

    /// The same for n times as much.
    pub(crate) fn scaled(self, factor: f64) -> Estimate {
        Estimate { value: self.value * factor, low: self.low * factor, high: self.high * factor }
    }
}

fn median(numbers: Vec<f64>) -> f64 {
    quantile(numbers, 0.5)
}

/// The number below which a share `q` of the others lies, interpolated between neighbours; NaN if there are none.
fn quantile(mut numbers: Vec<f64>, q: f64) -> f64 {
    if numbers.is_empty() {
        return f64::NAN;
    }
    numbers.sort_by(f64::total_cmp);
    let place = q * (numbers.len() - 1) as f64;
    let (below, above) = (numbers[place.floor() as usize], numbers[place.ceil() as usize]);
    below + place.fract() * (above - below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_slows_down_a_whole_round_does_not_touch_the_ratio() {
        let ours = Rounds(vec![vec![1.0, 1.0, 9.0], vec![5.0, 5.0], vec![1.0]]);
        let theirs = Rounds(vec![vec![2.0], vec![10.0, 10.0, 11.0], vec![2.0]]);
        assert_eq!(ours.ratio(&theirs), Estimate { value: 0.5, low: 0.5, high: 0.5 });
        assert_eq!(ours.time(), Estimate { value: 3.0, low: 1.0, high: 3.0 });
    }

    #[test]
    fn quantiles_lie_between_neighbours() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(quantile(vec![4.0, 1.0, 2.0, 3.0], 0.25), 1.75);
        assert_eq!(quantile(vec![7.0], 0.75), 7.0);
        assert!(median(Vec::new()).is_nan());
    }
}
