//! The numbers that a host writes and reads.

use crate::plan::Element;
use bytemuck::Pod;

/// A number that a slice may hold.
pub trait Number: Pod {
    /// What it is in memory.
    const ELEMENT: Element;
}

impl Number for f32 {
    const ELEMENT: Element = Element::F32;
}

impl Number for u8 {
    const ELEMENT: Element = Element::U8;
}

impl Number for u16 {
    const ELEMENT: Element = Element::U16;
}

impl Number for u32 {
    const ELEMENT: Element = Element::U32;
}
