//! `guichet_fuzz::assertion` under the fuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| guichet_fuzz::assertion(input));
