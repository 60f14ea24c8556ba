//! The table that [`Module::summary`](crate::Module::summary) prints.

use std::fmt;

use tensor::Float;

use crate::visitor::{Member, Visitor};

/// The modules inside a module, with the number of their parameters.
///
/// ```
/// use nn::{Linear, Module, ReLU, Sequential, sequential};
///
/// let network: Sequential = sequential![Linear::new(6, 8), ReLU, Linear::new(8, 5)];
/// assert_eq!(
///     network.summary().to_string(),
///     "\
/// module             parameters
/// Sequential                101
///   0: Linear(6, 8)          56
///   1: ReLU                   0
///   2: Linear(8, 5)          45
/// "
/// );
/// ```
#[derive(Debug, Clone)]
pub struct Summary {
    rows: Vec<Row>,
}

#[derive(Debug, Clone)]
struct Row {
    path: String,
    label: String,
    parameters: usize,
}

impl Summary {
    pub(crate) fn new<T: Float>(description: String, visit: impl FnOnce(&mut Visitor<'_, T>)) -> Self {
        let mut rows = vec![Row { path: String::new(), label: description, parameters: 0 }];
        visit(&mut Visitor::new(&mut |path, member| match member {
            Member::Module(module) => {
                let depth = path.matches('.').count() + 1;
                let name = path.rsplit('.').next().unwrap_or(path);
                let label = format!("{:indent$}{name}: {}", "", module.describe(), indent = 2 * depth);
                rows.push(Row { path: path.to_owned(), label, parameters: 0 });
            }
            // A module's number includes those inside it.
            Member::Parameter(parameter) => {
                for row in &mut rows {
                    let inside = path
                        .strip_prefix(&row.path)
                        .is_some_and(|rest| row.path.is_empty() || rest.starts_with('.'));
                    row.parameters += if inside { parameter.numel() } else { 0 };
                }
            }
            Member::Buffer(_) | Member::Mode(_) => {}
        }));
        Self { rows }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|row| row.label.chars().count()).max().unwrap_or(0).max(6);
        writeln!(f, "{:width$}  parameters", "module")?;
        for row in &self.rows {
            writeln!(f, "{:width$} {:>11}", row.label, row.parameters)?;
        }
        Ok(())
    }
}
