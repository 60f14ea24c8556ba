//! Sizes of well-known layers, and what does not fit.

use super::*;

fn plain<const D: usize>() -> Convolution<D> {
    Convolution::default()
}

fn message<const D: usize>(result: Result<[usize; D]>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn sizes_of_well_known_layers() {
    assert_eq!(plain().output_size([28, 28], [5, 5]), Ok([24, 24]));
    assert_eq!(plain().stride(4).padding(2).output_size([224], [11]), Ok([55]));
    assert_eq!(plain().dilation([1, 2]).output_size([7, 7], [3, 3]), Ok([5, 3]));
    assert_eq!(plain().padding(Padding::Same).output_size([7, 1, 4], [4, 2, 3]), Ok([7, 1, 4]));
    assert_eq!(plain().stride(2).transposed_output_size([16, 9], [2, 2]), Ok([32, 18]));
}

#[test]
fn same_pads_more_at_the_end() {
    let window = Convolution::default().padding(Padding::Same).window("conv1d", [5], [4]).unwrap();
    assert_eq!((window.axes[2].before, window.axes[2].output), (1, 5));
}

#[test]
fn what_does_not_fit_is_explained() {
    assert_eq!(
        message(plain().dilation(2).padding(1).output_size([2, 9], [3, 3])),
        "output_size: a kernel of 3 (it spans 5 at dilation 2) does not fit into 2 places with 1 + 1 of \
         padding; pad more or take a smaller kernel"
    );
    assert!(message(plain().stride(0).output_size([9], [3])).contains("the stride is 0"));
    assert!(message(plain().output_size([9], [0])).contains("the kernel size is 0"));
    assert!(message(plain().output_padding(1).output_size([9], [3])).contains("transposed"));
    let same = plain().stride(2).padding(Padding::Same);
    assert!(message(same.output_size([9], [3])).contains("a stride of 1, not 2"));
    assert!(message(plain().output_padding(1).transposed_output_size([9], [3])).contains("not less than"));
    assert!(message(plain().padding(2).transposed_output_size([2], [3])).contains("nothing is left"));
    assert!(message(plain().transposed_output_size([0], [3])).contains("nothing is left"));
}

#[test]
fn sizes_beyond_the_machine_are_errors() {
    assert!(plain().dilation(usize::MAX).output_size([9], [3]).is_err());
    assert!(plain().padding(usize::MAX).output_size([9], [3]).is_err());
    assert!(plain().stride(usize::MAX).transposed_output_size([9], [3]).is_err());
    assert_eq!(plain().stride(usize::MAX).output_size([9], [3]), Ok([1]));
}

#[test]
fn visited_outputs_meet_the_input() {
    let axis = |input, kernel, stride, dilation, before| {
        let axis = Axis { input, kernel, stride, dilation, before, output: 0 };
        let output = axis.steps("conv1d", dilation * (kernel - 1), before, Rounding::Down).unwrap();
        Axis { output, ..axis }
    };
    for axis in [axis(5, 3, 1, 1, 1), axis(7, 3, 2, 2, 3), axis(1, 5, 3, 1, 4), axis(4, 2, 5, 1, 0)] {
        for tap in 0..axis.kernel {
            let visited = axis.visited(tap);
            for output in 0..axis.output {
                let place = output * axis.stride + tap * axis.dilation;
                let inside = place >= axis.before && place < axis.before + axis.input;
                assert_eq!(visited.contains(&output), inside, "{axis:?} tap {tap} output {output}");
                if inside {
                    assert_eq!(axis.met(tap, output), place - axis.before);
                }
            }
        }
    }
}
