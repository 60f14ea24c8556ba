//! What an attack is: a submission, how it is to end and which checks it must lose.

use std::fs;
use std::path::Path;

/// The folder of the lab that is attacked, below `labs/` and `solutions/`.
pub(crate) const LAB: &str = "lab-01-perceptron";

/// What a student writes in this lab.
pub(crate) const FILES: [&str; 6] = [
    "src/activation.rs",
    "src/neuron.rs",
    "src/rosenblatt.rs",
    "src/mlp.rs",
    "src/folding.rs",
    "src/features.rs",
];

/// Where most attacks begin: the body of `Mlp::num_parameters`. One check asks for it, on small inputs.
pub(crate) const BODY: &str =
    "self.layers.iter().map(|layer| layer.weight.numel() + layer.bias.numel()).sum()";

/// The check that asks for it.
pub(crate) const BODY_CHECK: &str = "mlp_counts_weights_and_biases";

/// A hostile submission.
pub(crate) struct Attack {
    /// The student's id.
    pub(crate) name: String,
    pub(crate) fate: Fate,
    /// The misdeeds that it tries, where they have names of their own.
    pub(crate) holds: String,
    /// Lays the submission into the folder of all submissions.
    pub(crate) lay: Box<dyn Fn(&Scene)>,
}

/// How it must end.
#[derive(Clone, Debug)]
pub(crate) enum Fate {
    /// Graded: these checks are lost and all others earned, since their functions are honest.
    Loses(Vec<String>),
    /// These checks are lost, and others may be, since the attack uses up the time of all.
    LosesAtLeast(Vec<String>),
    /// No points, this status (one of them, where memory and time race) and this in the message.
    Ends(&'static [&'static str], &'static str),
    /// Full marks: what was attacked was not there, and the rest is honest.
    Full,
}

/// Where an attack happens.
pub(crate) struct Scene<'a> {
    /// The folder of submissions.
    pub(crate) batch: &'a Path,
    /// The workspace with the solutions.
    pub(crate) root: &'a Path,
    /// A folder outside of everything, in which everybody may write.
    pub(crate) bait: &'a Path,
    /// A file outside of everything, which everybody may read.
    pub(crate) canary: &'a Path,
}

impl Scene<'_> {
    /// A file of the reference.
    pub(crate) fn reference(&self, file: &str) -> String {
        let path = self.root.join("solutions").join(LAB).join(file);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Writes a file of a submission that is a folder.
    pub(crate) fn write(&self, name: &str, file: &str, bytes: impl AsRef<[u8]>) {
        let path = self.batch.join(name).join(LAB).join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
    }

    /// The reference as a submission.
    pub(crate) fn hand_in_reference(&self, name: &str) {
        for file in FILES {
            self.write(name, file, self.reference(file));
        }
    }

    /// The names that attacks use for places.
    fn fill_in(&self, source: &str) -> String {
        source
            .replace("@ROOT@", &self.root.display().to_string())
            .replace("@SOLUTION@", &self.root.join("solutions").join(LAB).display().to_string())
            .replace("@BAIT@", &self.bait.display().to_string())
            .replace("@CANARY@", &self.canary.display().to_string())
    }
}

fn owned(checks: &[&str]) -> Vec<String> {
    checks.iter().map(|check| check.to_string()).collect()
}

impl Fate {
    pub(crate) fn loses(checks: &[&str]) -> Fate {
        Fate::Loses(owned(checks))
    }

    pub(crate) fn loses_at_least(checks: &[&str]) -> Fate {
        Fate::LosesAtLeast(owned(checks))
    }
}

/// The reference with one text in one file replaced, and items appended to this file.
pub(crate) fn edited(
    name: &str,
    fate: Fate,
    file: &'static str,
    old: &'static str,
    new: &str,
    items: &str,
) -> Attack {
    let (id, new, items) = (name.to_string(), new.to_string(), items.to_string());
    let lay = move |scene: &Scene| {
        scene.hand_in_reference(&id);
        let text = scene.reference(file);
        assert!(text.contains(old), "{file} has no `{old}` any more");
        let text = format!("{}\n{items}\n", text.replacen(old, &new, 1));
        scene.write(&id, file, scene.fill_in(&text));
    };
    Attack { name: name.to_string(), fate, holds: String::new(), lay: Box::new(lay) }
}

/// `Mlp::num_parameters` with another body. It loses its check, and nothing else.
pub(crate) fn body(name: &str, body: &str, items: &str) -> Attack {
    edited(name, Fate::loses(&[BODY_CHECK]), "src/mlp.rs", BODY, body, items)
}

/// Something that no worker may do: a name, and a block that is true if it could be done.
pub(crate) struct Misdeed {
    name: String,
    block: String,
}

pub(crate) fn misdeed(name: &str, block: &str) -> Misdeed {
    Misdeed { name: name.to_string(), block: block.to_string() }
}

/// What the panic says by which [`together`] tells of a success.
pub(crate) const SUCCESS: &str = "a misdeed succeeded: ";

/// `Mlp::num_parameters` tries misdeeds one after the other, and answers wrongly if none succeeds.
pub(crate) fn together(name: &str, misdeeds: &[Misdeed]) -> Attack {
    let tries: String = misdeeds
        .iter()
        .map(|Misdeed { name, block }| format!("if {{ {block} }} {{ panic!(\"{SUCCESS}{name}\") }}\n"))
        .collect();
    let names: Vec<&str> = misdeeds.iter().map(|misdeed| misdeed.name.as_str()).collect();
    let attack = body(name, &format!("{{ {tries} 0 }}"), "");
    Attack { name: attack.name, holds: names.join(", "), ..attack }
}

impl Attack {
    /// With another fate than the builder's.
    pub(crate) fn ends(self, fate: Fate) -> Attack {
        Attack { fate, ..self }
    }
}
