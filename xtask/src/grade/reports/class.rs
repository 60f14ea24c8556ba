//! A class: what everybody handed in, in an order that does not depend on who was graded first.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use crate::grade::results::LabResult;

/// All submissions, by student and by lab.
pub(super) struct Class<'a> {
    /// The labs that anybody handed in.
    pub(super) labs: BTreeSet<&'a str>,
    /// Ordered by the student's name, as people look it up.
    pub(super) submissions: Vec<Submission<'a>>,
}

/// What one student handed in.
pub(super) struct Submission<'a> {
    pub(super) student: &'a str,
    /// At least one lab.
    labs: BTreeMap<&'a str, &'a LabResult>,
}

impl<'a> Class<'a> {
    /// Sorts the results. The same one twice is taken once, as shards may overlap.
    ///
    /// # Errors
    ///
    /// Two different results of one student for one lab: which of them counts is not for a report to say.
    pub(super) fn new(results: &'a [LabResult]) -> Result<Class<'a>> {
        let mut students: BTreeMap<&str, BTreeMap<&str, &LabResult>> = BTreeMap::new();
        for result in results {
            let before = students.entry(&result.student).or_default().insert(&result.lab, result);
            if before.is_some_and(|before| before != result) {
                bail!("there are two different results of {:?} for {}", result.student, result.lab);
            }
        }
        let labs = results.iter().map(|result| result.lab.as_str()).collect();
        let submissions = students.into_iter().map(|(student, labs)| Submission { student, labs });
        let mut submissions: Vec<Submission<'_>> = submissions.collect();
        // Stable: names that differ in their case only stay in the order of their bytes.
        submissions.sort_by_cached_key(|submission| submission.student.to_lowercase());
        Ok(Class { labs, submissions })
    }

    /// Every result, by student and lab.
    pub(super) fn results(&self) -> impl Iterator<Item = &'a LabResult> {
        self.submissions.iter().flat_map(Submission::results)
    }

    /// The results for one lab, by student.
    pub(super) fn of_lab(&self, lab: &str) -> impl Iterator<Item = &'a LabResult> {
        self.submissions.iter().filter_map(move |submission| submission.lab(lab))
    }

    /// The most that a lab is worth.
    pub(super) fn max_of_lab(&self, lab: &str) -> u32 {
        self.of_lab(lab).map(LabResult::max_score).max().unwrap_or_default()
    }

    /// The most that all labs are worth.
    pub(super) fn max(&self) -> u32 {
        self.labs.iter().map(|lab| self.max_of_lab(lab)).sum()
    }
}

impl<'a> Submission<'a> {
    /// In the order of the labs.
    pub(super) fn results(&self) -> impl Iterator<Item = &'a LabResult> {
        self.labs.values().copied()
    }

    /// The name for people, if a roster had one.
    pub(super) fn name(&self) -> Option<&'a str> {
        self.results().find_map(|result| result.name.as_deref())
    }

    /// The result for a lab; `None` if it was not handed in.
    pub(super) fn lab(&self, lab: &str) -> Option<&'a LabResult> {
        self.labs.get(lab).copied()
    }

    /// The points of all labs; `None` while one of them is not graded.
    pub(super) fn score(&self) -> Option<u32> {
        self.results().map(LabResult::score).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::reports::sample;

    #[test]
    fn the_same_result_twice_counts_once_and_two_different_ones_are_an_error() {
        let mut results = vec![sample::mixed("ada", "lab-05-cnn"), sample::mixed("ada", "lab-05-cnn")];
        assert_eq!(Class::new(&results).unwrap().results().count(), 1);
        results[1].checks.clear();
        let error = Class::new(&results).err().unwrap().to_string();
        assert!(error.contains("\"ada\"") && error.contains("lab-05-cnn"), "{error}");
    }

    #[test]
    fn one_lab_without_a_score_leaves_the_sum_open() {
        let results = [sample::mixed("ada", "lab-05-cnn"), sample::not_graded("ada", "lab-06-resnet")];
        let class = Class::new(&results).unwrap();
        assert_eq!(class.submissions[0].score(), None);
        assert_eq!(Class::new(&results[..1]).unwrap().submissions[0].score(), results[0].score());
    }
}
