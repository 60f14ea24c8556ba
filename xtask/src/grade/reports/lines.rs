//! JSON lines: one result a line, whole. What other programs read.

use anyhow::Result;

use super::class::Class;

/// The results as JSON lines.
pub(super) fn write(class: &Class<'_>) -> Result<String> {
    let mut lines = String::new();
    for result in class.results() {
        lines.push_str(&serde_json::to_string(result)?);
        lines.push('\n');
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::reports::sample;
    use crate::grade::results::LabResult;

    #[test]
    fn results_come_back_as_they_were() {
        let results = sample::class();
        let class = Class::new(&results).unwrap();
        let text = write(&class).unwrap();
        let back: Vec<LabResult> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(back, class.results().cloned().collect::<Vec<_>>());
    }
}
