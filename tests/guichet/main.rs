//! Guichet from outside: what people, relying parties and attackers meet at its doors. Each test is named after the
//! rule it proves and runs on SQLite and on PostgreSQL; `world` is how they speak. The process itself is tested in
//! `operations`, the sample portal in `portal`.

#![expect(clippy::unwrap_used, reason = "a world that can't be set up fails its test")]

mod world;

mod account;
mod doors;
mod faults;
mod links;
mod operations;
mod passkeys;
mod portal;
mod protocol;
mod second_factor;
mod security;
mod sign_in;
mod staff;
