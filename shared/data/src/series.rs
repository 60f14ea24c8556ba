//! [`Series`]: values over time, some of them missing.

use crate::DataFolder;
use crate::error::Result;

/// A time series at equal intervals.
///
/// ```
/// let co2 = data::Series::co2()?;
/// assert_eq!(co2.values.iter().filter(|value| value.is_none()).count(), 59);
/// let set = data::forecast_windows(&co2.interpolated(), 52, 4);
/// assert_eq!(set.inputs.shape()[1..], [52, 1]);
/// # Ok::<(), data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The times in years; a month or a day begins a fraction of the year after the new year.
    pub times: Vec<f64>,
    /// The values, none where nothing was measured.
    pub values: Vec<Option<f64>>,
}

impl Series {
    /// Passengers of international airlines in thousands, every month from 1949 to 1960: 144 values, growing, with a
    /// period of twelve. G. E. P. Box, G. M. Jenkins: Time Series Analysis, 1976; by way of sktime.
    ///
    /// # Errors
    /// If the file is missing or damaged.
    pub fn air_passengers() -> Result<Self> {
        Self::air_passengers_from(&DataFolder::find())
    }

    /// As [`air_passengers`](Self::air_passengers), from another folder.
    pub fn air_passengers_from(folder: &DataFolder) -> Result<Self> {
        Self::read(folder, "series/air-passengers.csv")
    }

    /// The number of sunspots in every year from 1700 to 2008: 309 values with a period of about eleven. National
    /// Geophysical Data Center, public domain; by way of statsmodels.
    ///
    /// # Errors
    /// If the file is missing or damaged.
    pub fn sunspots() -> Result<Self> {
        Self::sunspots_from(&DataFolder::find())
    }

    /// As [`sunspots`](Self::sunspots), from another folder.
    pub fn sunspots_from(folder: &DataFolder) -> Result<Self> {
        Self::read(folder, "series/sunspots-yearly.csv")
    }

    /// Carbon dioxide in the air over Mauna Loa in parts per million, every week from 1958 to 2001: 2,284 values, of
    /// which 59 are missing, growing, with a period of a year. C. D. Keeling, T. P. Whorf, public domain; by way of
    /// statsmodels.
    ///
    /// # Errors
    /// If the file is missing or damaged.
    pub fn co2() -> Result<Self> {
        Self::co2_from(&DataFolder::find())
    }

    /// As [`co2`](Self::co2), from another folder.
    pub fn co2_from(folder: &DataFolder) -> Result<Self> {
        Self::read(folder, "series/co2-weekly.csv")
    }

    /// Reads two columns, time and value, under a heading.
    fn read(folder: &DataFolder, name: &str) -> Result<Self> {
        let text = folder.read_text(name)?;
        let row = |line: &str| {
            let (time, value) = line.split_once(',')?;
            let value = if value.is_empty() { None } else { Some(value.parse().ok()?) };
            Some((years(time)?, value))
        };
        let rows = text.lines().skip(1).map(|line| {
            row(line).ok_or_else(|| folder.malformed(name, format!("{line:?} is not a time and a number")))
        });
        let (times, values) = rows.collect::<Result<Vec<_>>>()?.into_iter().unzip();
        Ok(Self { times, values })
    }

    /// The values, with straight lines through the gaps; before the first and after the last value the series is taken
    /// to be constant. Where nothing at all was measured it is 0.
    ///
    /// ```
    /// use data::Series;
    /// let series = Series { times: vec![0.0, 1.0, 2.0, 3.0], values: vec![Some(1.0), None, None, Some(4.0)] };
    /// assert_eq!(series.interpolated(), [1.0, 2.0, 3.0, 4.0]);
    /// ```
    pub fn interpolated(&self) -> Vec<f32> {
        let known: Vec<(usize, f64)> =
            self.values.iter().enumerate().filter_map(|(i, value)| Some((i, (*value)?))).collect();
        let at = |i: usize| {
            let after = known.partition_point(|(place, _)| *place < i);
            match (after.checked_sub(1).map(|before| known[before]), known.get(after)) {
                (Some((left, from)), Some(&(right, to))) => {
                    from + (to - from) * (i - left) as f64 / (right - left) as f64
                }
                (Some((_, value)), None) | (None, Some(&(_, value))) => value,
                (None, None) => 0.0,
            }
        };
        (0..self.values.len()).map(|i| at(i) as f32).collect()
    }
}

/// `1949-01`, `19580329` or `1700` in years.
fn years(time: &str) -> Option<f64> {
    let (year, rest) = time.split_at_checked(4)?;
    let year: u32 = year.parse().ok()?;
    let month = |digits: &str| digits.parse::<u32>().ok().filter(|month| (1..=12).contains(month));
    let fraction = match rest.len() {
        0 => 0.0,
        3 => f64::from(month(rest.strip_prefix('-')?)? - 1) / 12.0,
        4 => {
            let (month_digits, day) = rest.split_at_checked(2)?;
            let (month, day) = (month(month_digits)?, day.parse::<u32>().ok()?);
            let leap =
                u32::from(year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)));
            let lengths = [31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            let before: u32 = lengths[..month as usize - 1].iter().sum();
            f64::from(before + day.checked_sub(1)?) / f64::from(365 + leap)
        }
        _ => return None,
    };
    Some(f64::from(year) + fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_years() {
        assert_eq!(years("1700"), Some(1700.0));
        assert_eq!(years("1949-07"), Some(1949.5));
        assert_eq!(years("20000301"), Some(2000.0 + 60.0 / 366.0));
        assert_eq!(years("19580329"), Some(1958.0 + 87.0 / 365.0));
        for wrong in
            ["", "17", "1949-13", "1949-00", "19581301", "19580100", "19é9", "19491é1", "1949/01", "soon"]
        {
            assert_eq!(years(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn gaps_at_the_ends_are_constant() {
        let series = Series { times: vec![0.0; 4], values: vec![None, Some(2.0), Some(3.0), None] };
        assert_eq!(series.interpolated(), [2.0, 2.0, 3.0, 3.0]);
        let empty = Series { times: vec![0.0; 2], values: vec![None, None] };
        assert_eq!(empty.interpolated(), [0.0, 0.0]);
    }
}
