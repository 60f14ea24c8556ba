use proptest::prelude::*;

use ::safetensors::SafeTensors;

use super::*;
use crate::proptest::{shapes, tensors};

/// A file with this header and so many bytes of numbers.
fn file(header: &str, bytes: usize) -> Vec<u8> {
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file.resize(file.len() + bytes, 0);
    file
}

fn message(bytes: Vec<u8>) -> String {
    Archive::from_bytes(bytes).unwrap_err().to_string()
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        x in shapes(4, 4).prop_flat_map(tensors::<f32>),
        y in shapes(4, 4).prop_flat_map(tensors::<f32>),
        name in "\\PC*",
    ) {
        prop_assume!(name != METADATA && name != "y" && name != "\"");
        let bytes = to_bytes(&[(&name, &x), ("y", &y)], &[(&name, "…"), ("\"", "\n")]).unwrap();
        let archive = Archive::from_bytes(bytes).unwrap();
        prop_assert_eq!(&archive.metadata()[&name], "…");
        let tensors = archive.tensors::<f32>().unwrap();
        prop_assert_eq!((tensors[&name].shape(), tensors[&name].to_vec()), (x.shape(), x.to_vec()));
        prop_assert_eq!((tensors["y"].shape(), tensors["y"].to_vec()), (y.shape(), y.to_vec()));
    }

    #[test]
    fn no_bytes_cause_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = from_bytes::<f32>(bytes);
    }

    #[test]
    fn no_change_of_a_byte_causes_a_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = to_bytes(&[("x", &Tensor::<f64>::ones([2, 3]))], &[("a", "b")]).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(tensors) = from_bytes::<f64>(bytes) {
            prop_assert!(tensors.values().all(|x| x.numel() == 6));
        }
    }

    #[test]
    fn a_file_that_is_cut_off_is_refused(at in any::<prop::sample::Index>()) {
        let mut bytes = to_bytes(&[("x", &Tensor::<f64>::ones([2, 3]))], &[]).unwrap();
        bytes.truncate(at.index(bytes.len()));
        let error = from_bytes::<f64>(bytes).unwrap_err();
        prop_assert!(matches!(error, Error::Malformed { .. }), "{}", error);
    }
}

#[test]
fn the_same_tensors_give_the_same_bytes() {
    let x: Tensor = Tensor::arange(3);
    let bytes = to_bytes(&[("b", &x), ("a", &x)], &[("z", "1"), ("y", "2")]).unwrap();
    let header = r#"{"__metadata__":{"z":"1","y":"2"},"b":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"a":{"dtype":"F32","shape":[3],"data_offsets":[12,24]}}"#;
    let padded = header.len().next_multiple_of(8);
    assert_eq!(bytes[..8], (padded as u64).to_le_bytes());
    assert_eq!(&bytes[8..8 + header.len()], header.as_bytes());
    assert_eq!(bytes.len(), 8 + padded + 24);
}

#[test]
fn the_reference_reads_what_is_written() {
    let bytes = to_bytes(&[("x", &Tensor::from([1.0f32, -2.0]))], &[]).unwrap();
    let parsed = SafeTensors::deserialize(&bytes).unwrap();
    let x = parsed.tensor("x").unwrap();
    assert_eq!((x.dtype(), x.shape()), (Dtype::F32, &[2][..]));
    assert_eq!(x.data(), [1.0f32.to_le_bytes(), (-2.0f32).to_le_bytes()].as_flattened());
}

#[test]
fn files_are_replaced_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.safetensors");
    for value in [1.0, 2.0] {
        save(&path, &[("x", &Tensor::<f32>::full(2, value))], &[]).unwrap();
        assert_eq!(load::<f32>(&path).unwrap()["x"].to_vec(), [value as f32; 2]);
    }
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(files.len(), 1);
}

#[test]
fn bytes_and_converted_numbers() {
    let header = r#"{"labels":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"n":{"dtype":"I32","shape":[1],"data_offsets":[2,6]},"flags":{"dtype":"BOOL","shape":[1],"data_offsets":[6,7]}}"#;
    let mut bytes = file(header, 7);
    let start = bytes.len() - 7;
    bytes[start..].copy_from_slice(&[7, 255, 254, 255, 255, 255, 1]);
    let archive = Archive::parse("images.safetensors.gz", bytes).unwrap();
    let labels = archive.get("labels").unwrap();
    assert_eq!((labels.dtype().as_str(), labels.shape()), ("U8", &[2][..]));
    assert_eq!(labels.as_u8().unwrap(), [7, 255]);
    assert_eq!(labels.convert::<f32>().unwrap().to_vec(), [7.0, 255.0]);
    assert_eq!(archive.get("n").unwrap().convert::<f64>().unwrap().to_vec(), [-2.0]);
    assert_eq!(
        labels.tensor::<f32>().unwrap_err().to_string(),
        "images.safetensors.gz: tensor \"labels\" holds U8, not F32: read it as what it is, or convert it"
    );
    assert!(archive.get("n").unwrap().as_u8().is_err());
    assert!(archive.get("flags").unwrap().convert::<f32>().is_err());
    assert_eq!(
        archive.get("images").unwrap_err().to_string(),
        "images.safetensors.gz has no tensor \"images\": it has \"flags\", \"labels\", \"n\""
    );
}

#[test]
fn missing_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.safetensors");
    assert!(matches!(load::<f32>(&path), Err(Error::Missing { path: named }) if named == path));
    assert!(matches!(load::<f32>(folder.path()), Err(Error::Io { .. })));
    let nowhere = folder.path().join("no/such/folder/x.safetensors");
    let error = save::<f32>(&nowhere, &[], &[]).unwrap_err();
    assert!(error.to_string().contains("no/such/folder"), "{error}");
}

#[test]
fn hostile_headers_are_refused() {
    assert!(message(vec![0; 7]).contains("it has 7 bytes, not even the 8 of the header's length"));
    assert!(message(u64::MAX.to_le_bytes().to_vec()).contains("header too large"));
    assert!(message(80_000_000u64.to_le_bytes().to_vec()).contains("longer than its 8 bytes"));
    assert!(message(file("hello", 0)).contains("JSON"));

    let one = |info: &str, bytes| message(file(&format!(r#"{{"x":{{{info}}}}}"#), bytes));
    let floats =
        |shape: &str, range: &str| format!(r#""dtype":"F32","shape":{shape},"data_offsets":{range}"#);
    assert!(one(&floats("[1]", "[0,4]"), 3).contains("may be cut off"));
    assert!(one(&floats("[1]", "[0,4]"), 5).contains("may be cut off"));
    assert!(one(&floats("[1]", "[4,8]"), 8).contains("\"x\" overlap with another's, or leave a gap"));
    assert!(one(&floats("[1]", "[4,0]"), 4).contains("leave a gap"));
    assert!(one(&floats("[2]", "[0,4]"), 4).contains("invalid shape"));
    assert!(one(&floats("[4294967296,4294967296]", "[0,0]"), 0).contains("overflow"));
    assert!(one(&floats("[-1]", "[0,4]"), 4).contains("JSON"));
    assert!(one(r#""dtype":"F99","shape":[1],"data_offsets":[0,4]"#, 4).contains("JSON"));

    let x = floats("[1]", "[0,4]");
    let twice = message(file(&format!(r#"{{"x":{{{x}}},"x":{{{x}}}}}"#), 4));
    assert!(twice.contains("the name \"x\" occurs twice"), "{twice}");
    let overlap = message(file(&format!(r#"{{"x":{{{x}}},"y":{{{x}}}}}"#), 4));
    assert!(overlap.contains("overlap"), "{overlap}");
}

#[test]
fn shapes_beyond_a_tensor_are_refused() {
    let refused = |shape: &str, bytes: usize| {
        let info = format!(r#"{{"x":{{"dtype":"F32","shape":{shape},"data_offsets":[0,{bytes}]}}}}"#);
        from_bytes::<f32>(file(&info, bytes)).unwrap_err()
    };
    assert!(matches!(refused("[1,1,1,1,1,1,1]", 4), Error::Shape { .. }));
    assert!(matches!(refused("[0,18446744073709551615,18446744073709551615]", 0), Error::Shape { .. }));
}

#[test]
fn names_are_written_once() {
    let x: Tensor = Tensor::zeros(1);
    let refused = |tensors: &[(&str, &Tensor)], metadata: &[(&str, &str)]| {
        matches!(to_bytes(tensors, metadata), Err(Error::Name { .. }))
    };
    assert!(refused(&[("x", &x), ("x", &x)], &[]));
    assert!(refused(&[(METADATA, &x)], &[]));
    assert!(refused(&[], &[("a", "1"), ("a", "2")]));
}
