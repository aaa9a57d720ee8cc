//! What can go wrong with a device.

use crate::plan::Element;
use std::fmt;

/// Why a device does not do what it was asked to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExecError {
    /// There is no adapter, or it gives no device; with what it said.
    NoAdapter(String),
    /// The device is gone; with its reason.
    DeviceLost(String),
    /// A buffer is larger than the device allows.
    TooLarge {
        /// What the buffer is for.
        what: String,
        /// How large it would be.
        bytes: u64,
        /// How large it may be.
        limit: u64,
    },
    /// The device refuses the text of a kernel.
    Shader {
        /// Which kernel.
        kernel: String,
        /// What the compiler said.
        message: String,
    },
    /// A kernel is to work with elements that the executor has no kernels for.
    Element {
        /// Which kernel.
        kernel: String,
        /// What they are.
        element: Element,
    },
    /// Anything else that the device reports.
    Device(String),
}

impl fmt::Display for ExecError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExecError::NoAdapter(why) => write!(out, "no GPU: {why}"),
            ExecError::DeviceLost(why) => write!(out, "the GPU is lost: {why}"),
            ExecError::TooLarge { what, bytes, limit } => write!(out, "{what} needs {bytes} bytes, the GPU allows {limit}"),
            ExecError::Shader { kernel, message } => write!(out, "the GPU refuses kernel {kernel}: {message}"),
            ExecError::Element { kernel, element } => {
                write!(out, "kernel {kernel} works with {element:?}, for which there are no kernels yet")
            }
            ExecError::Device(why) => write!(out, "the GPU reports: {why}"),
        }
    }
}

impl std::error::Error for ExecError {}
