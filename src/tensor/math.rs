//! The engine's own transcendental functions in single precision. To be written.
