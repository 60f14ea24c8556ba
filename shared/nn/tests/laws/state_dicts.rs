//! State dicts: round trips, and files that must not be loaded.

use std::fs;
use std::path::{Path, PathBuf};

use nn::state_dict::Mismatch;
use nn::{BatchNorm2d, Conv2d, Flatten, Linear, LoadError, Module, Sequential, StateDict, sequential};
use tempfile::TempDir;
use tensor::{Float, Tensor, manual_seed, safetensors};

fn network<T: Float>() -> Sequential<T> {
    sequential![Conv2d::new(1, 4, 3), BatchNorm2d::new(4), Flatten, Linear::new(16, 3)]
}

/// A network with numbers that are nobody's defaults, and its file.
fn trained<T: Float>(seed: u64) -> (TempDir, PathBuf, Sequential<T>) {
    manual_seed(seed);
    let network = network::<T>();
    network.forward(&Tensor::randn([5, 1, 4, 4]));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("network.safetensors");
    network.save(&path).unwrap();
    (folder, path, network)
}

fn assert_same<T: Float>(left: &StateDict<T>, right: &StateDict<T>) {
    assert!(left.names().eq(right.names()));
    for (name, tensor) in left.iter() {
        assert!(tensor.equal(&right[name]), "{name}");
    }
}

/// Loading this file must fail and leave the network as it is.
fn refused(path: &Path) -> LoadError {
    manual_seed(99);
    let network = network::<f32>();
    let before = network.state_dict();
    let error = network.load(path).expect_err("this file must be refused");
    assert_same(&before, &network.state_dict());
    error
}

fn mismatch(path: &Path) -> Mismatch {
    match refused(path) {
        LoadError::Mismatch(mismatch) => mismatch,
        other => panic!("{other}"),
    }
}

#[test]
fn what_is_saved_is_loaded() {
    fn check<T: Float>() {
        let (_folder, path, saved) = trained::<T>(1);
        let loaded = network::<T>();
        loaded.load(&path).unwrap();
        assert_same(&saved.state_dict(), &loaded.state_dict());
        assert_same(&saved.state_dict(), &StateDict::load(&path).unwrap());
        let x = Tensor::randn([2, 1, 4, 4]);
        saved.eval();
        loaded.eval();
        assert!(saved.forward(&x).equal(&loaded.forward(&x)));
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn a_state_dict_is_a_snapshot() {
    let linear = Linear::<f32>::new(2, 2);
    let before = linear.state_dict();
    let weight = before["weight"].to_vec();
    linear.weight.set(&Tensor::zeros([2, 2]));
    assert_eq!(before["weight"].to_vec(), weight);
    linear.load_state_dict(&before).unwrap();
    assert_eq!(linear.weight.get().to_vec(), weight);
}

#[test]
fn the_file_has_the_keys_of_pytorch_and_a_version() {
    let (_folder, path, _) = trained::<f32>(2);
    let archive = safetensors::Archive::open(&path).unwrap();
    assert_eq!(archive.metadata()["format"], "pt");
    assert_eq!(archive.metadata()["dl-labs.version"], "1");
    assert_eq!(archive.get("1.running_mean").unwrap().shape(), [4]);
}

#[test]
fn every_difference_is_named() {
    let (_folder, path, saved) = trained::<f32>(3);
    let mut state = saved.state_dict();
    let weight = state.remove("3.weight").unwrap();
    state.insert("3.weigth", weight);
    state.insert("4.bias", Tensor::zeros(3));
    state.insert("0.weight", Tensor::zeros([4, 1, 5, 5]));
    state.save(&path).unwrap();
    let mismatch = mismatch(&path);
    assert_eq!(
        mismatch.to_string(),
        "the state dict does not fit, nothing was loaded\
         \n  missing: \"3.weight\" (the nearest unexpected name is \"3.weigth\")\
         \n  unexpected: \"3.weigth\"\
         \n  unexpected: \"4.bias\"\
         \n  wrong shape: \"0.weight\" is [4, 1, 5, 5], expected [4, 1, 3, 3]"
    );
    // The same in memory.
    let network = network::<f32>();
    let before = network.state_dict();
    let LoadError::Mismatch(in_memory) = network.load_state_dict(&state).unwrap_err() else {
        panic!("not a mismatch");
    };
    assert_eq!(in_memory, mismatch);
    assert_same(&before, &network.state_dict());
}

#[test]
fn other_number_types_are_refused() {
    let (_folder, path, _) = trained::<f64>(4);
    let mismatch = mismatch(&path);
    // All nine tensors.
    assert_eq!(mismatch.types.len(), 9);
    assert!(mismatch.to_string().contains("\"0.weight\" is F64, expected F32"));
    assert!(StateDict::<f32>::load(&path).is_err());
}

/// A safetensors file with any header.
fn write_raw(path: &Path, header: &str, data: &[u8]) {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    fs::write(path, bytes).unwrap();
}

#[test]
fn pytorchs_counters_are_whole_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("norm.safetensors");
    let header = concat!(
        r#"{"num_batches_tracked":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"#,
        r#""bias":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"#,
        r#""running_mean":{"dtype":"F32","shape":[1],"data_offsets":[12,16]},"#,
        r#""running_var":{"dtype":"F32","shape":[1],"data_offsets":[16,20]},"#,
        r#""weight":{"dtype":"F32","shape":[1],"data_offsets":[20,24]}}"#
    );
    let mut data = 7i64.to_le_bytes().to_vec();
    for x in [1.0f32, 2.0, 3.0, 4.0] {
        data.extend(x.to_le_bytes());
    }
    write_raw(&path, header, &data);
    let norm = BatchNorm2d::<f32>::new(1);
    norm.load(&path).unwrap();
    assert_eq!(norm.num_batches_tracked.get().item(), 7.0);
    assert_eq!(norm.running_var.get().to_vec(), [3.0]);
}

#[test]
fn truncated_files_are_refused_wherever_they_end() {
    let (_folder, path, _) = trained::<f32>(5);
    let bytes = fs::read(&path).unwrap();
    let ends = (0..bytes.len()).step_by(37).chain([7, 8, 9, bytes.len() - 1]);
    for end in ends {
        fs::write(&path, &bytes[..end]).unwrap();
        assert!(matches!(refused(&path), LoadError::File(_)), "cut off at {end}");
    }
    let mut longer = bytes;
    longer.push(0);
    fs::write(&path, longer).unwrap();
    assert!(matches!(refused(&path), LoadError::File(_)));
}

#[test]
fn hostile_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.safetensors");
    fs::write(&path, [0xff; 64]).unwrap();
    refused(&path);
    let headers = [
        "",
        "[]",
        "{",
        r#"{"0.weight":{"dtype":"F32","shape":[4,1,3,3],"data_offsets":[0,144]}}"#,
        r#"{"0.weight":{"dtype":"F32","shape":[18446744073709551615,2],"data_offsets":[0,0]}}"#,
        r#"{"0.weight":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#,
        r#"{"0.weight":{"dtype":"F9","shape":[0],"data_offsets":[0,0]}}"#,
        r#"{"\u001b[2J":{"dtype":"F32","shape":[0,1,1,1,1,1,1,1,1],"data_offsets":[0,0]}}"#,
        r#"{"__metadata__":{"dl-labs.version":"2"}}"#,
        r#"{"__metadata__":{"dl-labs.version":"soon"}}"#,
    ];
    for header in headers {
        write_raw(&path, header, &[]);
        let message = refused(&path).to_string();
        assert!(!message.contains('\u{1b}'), "control characters must not reach the terminal: {message}");
    }
    write_raw(&path, headers[8], &[]);
    assert!(matches!(refused(&path), LoadError::Version { found } if found == "2"));
    write_raw(&path, headers[7], &[]);
    assert!(matches!(StateDict::<f32>::load(&path), Err(LoadError::File(_))));
}

#[test]
fn missing_files_are_named() {
    let message = refused(Path::new("nowhere/network.safetensors")).to_string();
    assert!(message.contains("network.safetensors"), "{message}");
    let linear = Linear::<f32>::new(2, 2);
    let message = linear.save("nowhere/network.safetensors").unwrap_err().to_string();
    assert!(message.contains("network.safetensors"), "{message}");
}

#[test]
#[should_panic(expected = "there is no tensor \"wieght\" in this state dict; did you mean \"weight\"?")]
fn a_slip_of_the_pen_is_seen() {
    let _ = &Linear::<f32>::new(2, 2).state_dict()["wieght"];
}
