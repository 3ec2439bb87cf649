//! Fuzz targets for taskwire.
//!
//! Run everything with `node fuzz/run.mjs`.

// For the library's file that is included with `#[path]`.
use taskwire::{auth, domain, json};

/// Measures the time of a case.
pub mod clock;
/// The fuzz targets.
pub mod targets;

/// The entry point of a coverage-guided run of the target of this name. Any other build is an empty
/// program, since it has no fuzzer to link.
#[macro_export]
macro_rules! guided {
    ($target:ident) => {
        #[cfg(fuzzing)]
        libfuzzer_sys::fuzz_target!(|data: &[u8]| {
            $crate::clock::timed($crate::targets::$target::$target, data);
        });
        #[cfg(not(fuzzing))]
        fn main() {}
    };
}
