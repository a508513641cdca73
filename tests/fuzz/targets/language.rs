//! `guichet_fuzz::language` under the fuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| guichet_fuzz::language(input));
