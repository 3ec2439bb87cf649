//! taskwire under fuzzing.
//!
//! Run everything with `node fuzz/run.mjs`.

// For the one file of the library that is included as it is.
use taskwire::{config, json};

/// How long a case takes.
pub mod clock;
/// What is fuzzed.
pub mod targets;

/// The entry point of a coverage-guided run of the target of this name. A build for anything else
/// has no fuzzer to link, and an empty program.
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
