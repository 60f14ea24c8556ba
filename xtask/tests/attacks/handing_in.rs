//! Attacks before any compiler: what is handed in is no honest folder or archive of sources.

use std::fs::{self, File};
use std::io::{Read, Write, repeat};
use std::os::unix::fs::symlink;

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::attack::{Attack, FILES, Fate, LAB, Scene};

const REFUSED: &[&str] = &["refused"];

fn attack(name: &'static str, fate: Fate, lay: impl Fn(&'static str, &Scene) + 'static) -> Attack {
    Attack {
        name: name.to_string(),
        fate,
        holds: String::new(),
        lay: Box::new(move |scene| lay(name, scene)),
    }
}

fn refused(name: &'static str, words: &'static str, lay: impl Fn(&'static str, &Scene) + 'static) -> Attack {
    attack(name, Fate::Ends(REFUSED, words), lay)
}

/// All of them.
pub(crate) fn quick() -> Vec<Attack> {
    let mut attacks = files();
    attacks.extend(links());
    attacks.extend(archives());
    attacks
}

/// What would take part in an ordinary build.
const BESIDE: [(&str, &str); 7] = [
    ("build.rs", "fn main() { std::fs::write(\"@BAIT@/built\", \"x\").unwrap(); }"),
    (
        "Cargo.toml",
        "[package]\nname = \"lab-01-perceptron\"\nbuild = \"build.rs\"\n[dependencies]\nlibc = \"*\"\n",
    ),
    (".cargo/config.toml", "[build]\nrustc-wrapper = \"/bin/false\"\n"),
    ("rust-toolchain.toml", "[toolchain]\nchannel = \"nightly-1970-01-01\"\n"),
    ("checks/contract.rs", "compile_error!(\"taken\");"),
    ("tests/checks.rs", "fn main() { std::process::exit(0) }"),
    ("src/lib.rs", "compile_error!(\"taken\");"),
];

fn files() -> Vec<Attack> {
    let mlp = |name, words, bytes: &'static dyn Fn() -> Vec<u8>| {
        refused(name, words, move |name, scene| {
            scene.hand_in_reference(name);
            scene.write(name, "src/mlp.rs", bytes());
        })
    };
    vec![
        attack("takes-over-the-build", Fate::Full, |name, scene| {
            scene.hand_in_reference(name);
            for (file, text) in BESIDE {
                scene.write(name, file, text.replace("@BAIT@", &scene.bait.display().to_string()));
            }
        }),
        mlp("not-utf8", "not UTF-8", &|| b"fn f() { \"\xff\xfe\" }".to_vec()),
        mlp("just-too-large", "at most 262144", &|| vec![b' '; 262_145]),
        mlp("gigantic", "at most 262144", &|| vec![b' '; 64 << 20]),
        attack("nul-bytes", Fate::Ends(&["compile_error"], ""), |name, scene| {
            scene.hand_in_reference(name);
            scene.write(name, "src/mlp.rs", vec![0; 1000]);
        }),
        attack("nothing-but-stubs", Fate::Ends(&["refused"], "No file of"), |name, scene| {
            scene.write(name, "notes.txt", "I did it all, believe me");
        }),
    ]
}

fn links() -> Vec<Attack> {
    let folder = |scene: &Scene, name: &str| scene.batch.join(name).join(LAB);
    vec![
        refused("linked-file", "link", move |name, scene| {
            scene.hand_in_reference(name);
            let place = folder(scene, name).join("src/mlp.rs");
            fs::remove_file(&place).unwrap();
            symlink(scene.root.join("solutions").join(LAB).join("src/mlp.rs"), place).unwrap();
        }),
        refused("linked-folder", "link", move |name, scene| {
            fs::create_dir_all(folder(scene, name)).unwrap();
            symlink(scene.root.join("solutions").join(LAB).join("src"), folder(scene, name).join("src"))
                .unwrap();
        }),
        refused("linked-lab", "link", move |name, scene| {
            fs::create_dir_all(scene.batch.join(name)).unwrap();
            symlink(scene.root.join("solutions").join(LAB), folder(scene, name)).unwrap();
        }),
        refused("linked-submission", "link", |name, scene| {
            symlink(scene.root.join("solutions"), scene.batch.join(name)).unwrap();
        }),
        refused("pipe", "no ordinary file", move |name, scene| {
            scene.hand_in_reference(name);
            let place = folder(scene, name).join("src/mlp.rs");
            fs::remove_file(&place).unwrap();
            let made = std::process::Command::new("mkfifo").arg(place).status().unwrap();
            assert!(made.success());
        }),
    ]
}

fn archives() -> Vec<Attack> {
    vec![
        refused("zip-slip", "climbs out", |name, scene| {
            let mlp = scene.reference("src/mlp.rs");
            let up = format!("{LAB}/../../../../../../../../{}/src/mlp.rs", scene.bait.display());
            zip(scene, name, &[(&up, mlp.as_bytes())]);
        }),
        refused("zip-absolute", "absolute", |name, scene| {
            let place = format!("{}/{LAB}/src/mlp.rs", scene.bait.display());
            zip(scene, name, &[(&place, b"x")]);
        }),
        refused("zip-bomb", "at most 262144", |name, scene| {
            let mut zip = writer(scene, name);
            zip.start_file(format!("{LAB}/src/mlp.rs"), SimpleFileOptions::default()).unwrap();
            std::io::copy(&mut repeat(b' ').take(1 << 30), &mut zip).unwrap();
            zip.finish().unwrap();
        }),
        // Beside the files that count a bomb is only a name.
        attack("zip-bomb-beside", Fate::Full, |name, scene| {
            let mut zip = writer(scene, name);
            zip.start_file(format!("{LAB}/data.bin"), SimpleFileOptions::default()).unwrap();
            std::io::copy(&mut repeat(0).take(1 << 30), &mut zip).unwrap();
            for file in FILES {
                zip.start_file(format!("{LAB}/{file}"), SimpleFileOptions::default()).unwrap();
                zip.write_all(scene.reference(file).as_bytes()).unwrap();
            }
            zip.finish().unwrap();
        }),
        refused("zip-with-a-link", "link", |name, scene| {
            let mut zip = writer(scene, name);
            let target = format!("{}/solutions/{LAB}/src/mlp.rs", scene.root.display());
            zip.add_symlink(format!("{LAB}/src/mlp.rs"), target, SimpleFileOptions::default()).unwrap();
            zip.finish().unwrap();
        }),
        refused("zip-cut-off", "no whole zip file", |name, scene| {
            zip(scene, name, &[(&format!("{LAB}/src/mlp.rs"), b"fn f() {}")]);
            let path = scene.batch.join(format!("{name}.zip"));
            let bytes = fs::read(&path).unwrap();
            fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
        }),
        refused("zip-of-too-many", "too large", |name, scene| {
            let mut zip = writer(scene, name);
            let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
            for number in 0..100_100 {
                zip.start_file(format!("{number}"), stored).unwrap();
            }
            zip.finish().unwrap();
        }),
        refused("tar-bomb", "at most 262144", |name, scene| {
            let mut tar = tar(scene, name);
            let mut header = tar::Header::new_gnu();
            header.set_size(1 << 30);
            header.set_cksum();
            tar.append_data(&mut header, format!("{LAB}/src/mlp.rs"), repeat(b' ').take(1 << 30)).unwrap();
            tar.into_inner().unwrap().finish().unwrap();
        }),
        refused("tar-with-a-hard-link", "link", |name, scene| {
            let mut tar = tar(scene, name);
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(tar::EntryType::Link);
            header.set_size(0);
            tar.append_link(&mut header, format!("{LAB}/src/mlp.rs"), scene.canary).unwrap();
            tar.into_inner().unwrap().finish().unwrap();
        }),
    ]
}

fn writer(scene: &Scene, name: &str) -> ZipWriter<File> {
    ZipWriter::new(File::create(scene.batch.join(format!("{name}.zip"))).unwrap())
}

fn zip(scene: &Scene, name: &str, entries: &[(&str, &[u8])]) {
    let mut zip = writer(scene, name);
    for (path, bytes) in entries {
        zip.start_file(*path, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

fn tar(scene: &Scene, name: &str) -> tar::Builder<GzEncoder<File>> {
    let file = File::create(scene.batch.join(format!("{name}.tar.gz"))).unwrap();
    tar::Builder::new(GzEncoder::new(file, Compression::fast()))
}
