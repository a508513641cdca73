//! Guichet from outside: what people, relying parties and attackers meet at its doors. Each test is named after the
//! rule it proves and runs on SQLite and on PostgreSQL; `world` is how they speak. The process itself is tested in
//! `storm`, the sample portal in `portal`.

#![expect(clippy::unwrap_used, reason = "a world that can't be set up fails its test")]

mod wire;
mod world;

mod backchannel;
mod command_line;
mod conformance;
mod doors;
mod faults;
mod foreign;
mod forms;
mod fuzz_seeds;
mod headers;
mod languages;
mod lasting;
mod limits;
mod lost_factor;
mod passkeys;
mod portal;
mod protocol;
mod rotation;
mod second_factor;
mod security_page;
mod security_page_account;
mod security_page_alarm;
mod security_page_record;
mod sessions;
mod sign_in;
mod staff;
mod staff_invitations;
mod staff_upstream;
mod standing;
mod storm;
mod tls;
