//! Slices of other elements than f32.

use super::harness::{executors, program, random};
use descent::exec::{Backend, ExecError, Executor, Number};
use descent::plan::{BufferId, Element, Fused, Kernel, Kind, Program, Role, Slice};
use descent::tensor::Shape;
use std::fmt::Debug;

/// A program that copies a hundred elements from one buffer to another.
fn copy(element: Element) -> Program {
    let slice = |buffer: u16| Slice { buffer: BufferId(buffer), offset: 0, len: 100, element };
    let kind = Kind::Map { shape: Shape::from([100]), fused: Fused::load() };
    let kernel = Kernel { kind, epilogue: Fused::none(), inputs: vec![slice(0)], outputs: vec![slice(1)], label: "copy".into() };
    program([(Role::Input, 100), (Role::Scratch, 100)], vec![kernel])
}

#[test]
fn elements_without_kernels_are_refused() {
    for element in [Element::F16, Element::U8, Element::U16] {
        let error = Executor::new(&Backend::Cpu, copy(element)).expect_err("there is no such kernel");
        assert_eq!(error, ExecError::Element { kernel: "copy".into(), element });
        assert!(error.to_string().starts_with(&format!("kernel copy works with {element:?}")), "{error}");
    }
}

#[test]
fn numbers_are_read_as_they_were_written() {
    fn round_trip<T: Number + PartialEq + Debug>(numbers: &[T]) {
        for (name, mut executor) in executors(&copy(Element::F32)) {
            let slice = Slice { buffer: BufferId(0), offset: Slice::ALIGN, len: numbers.len(), element: T::ELEMENT };
            executor.write_numbers(slice, numbers).expect("the executor takes numbers");
            let read = pollster::block_on(executor.read_numbers::<T>(slice)).expect("the executor gives numbers");
            assert_eq!(read, numbers, "{name}");
        }
    }
    round_trip(&random(60, 1));
    // The last word is not filled.
    round_trip(&(0..61).collect::<Vec<u8>>());
    round_trip(&(65_500..65_535).collect::<Vec<u16>>());
    round_trip(&(0..64).map(|at| u32::MAX - at).collect::<Vec<u32>>());
}

#[test]
#[should_panic(expected = "numbers are written as what their slice holds")]
fn numbers_of_another_kind_are_not_written() {
    let mut executor = Executor::new(&Backend::Cpu, copy(Element::F32)).expect("the CPU has this kernel");
    let slice = executor.program().routines[0].kernels[0].inputs[0];
    drop(executor.write_numbers(slice, &[1u32]));
}
