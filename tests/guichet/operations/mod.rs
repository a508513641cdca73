//! The running program: its command line, its certificate, its keys and declarations as they change, and how it
//! survives being killed.

mod command_line;
mod demonstration;
mod log;
mod reload;
mod rotation;
mod statements;
mod storm;
mod tls;
