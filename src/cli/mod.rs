//! The command line, one file per command: what it takes, what it prints, how it ends.
//! Whatever goes wrong is one line on standard error that says what to do, and an exit code that isn't 0.

mod access_log;
mod account;
mod audit;
mod check_config;
mod demo;
mod doctor;
mod failure;
mod harmless;
pub mod import;
mod keys;
mod logging;
mod migrate;
mod opened;
mod output;
mod policy;
mod serve;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

use crate::config::Config;

use failure::Failure;
use logging::Format;
use opened::OpenedApp;
use output::tell;

/// An OpenID provider for customer portals.
#[derive(Debug, Parser)]
#[command(name = "guichet", version, max_term_width = 110, subcommand_required = true, arg_required_else_help = true)]
struct Line {
    /// The configuration; without one, guichet.toml in the current folder where there is one, else the defaults
    #[arg(long, global = true, env = "GUICHET_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answers people and relying parties until it is told to stop
    Serve(serve::Arguments),
    /// Serves a demonstration with people to sign in as, on loopback only
    Demo(demo::Arguments),
    /// Brings the database to this release's schema
    Migrate,
    /// Brings the directory to what the ERP's files say
    Import(import::ImportArgs),
    /// Gives contacts accounts, shows them, switches them off and on
    #[command(subcommand)]
    Account(account::Command),
    /// Finds what a page's reference stands for
    #[command(subcommand)]
    Audit(audit::Command),
    /// Makes the master key; lists, rotates and retires the signing keys
    #[command(subcommand)]
    Keys(keys::Command),
    /// Tests, shows and explains the access policies
    #[command(subcommand)]
    Policy(policy::Command),
    /// Reads the configuration and says what it will use
    CheckConfig(check_config::Arguments),
    /// Checks what a server needs, one line each
    Doctor,
}

/// The exit code of a command line that can't be understood (EX_USAGE): 2 already says that an import refused rows.
const USAGE: u8 = 64;

/// Runs the command the process was started with.
pub fn main() -> ExitCode {
    let line = match Line::try_parse() {
        Ok(line) => line,
        Err(error) => return misunderstood(&error),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let ended = runtime
        .map_err(|error| Failure::new(format!("the threads can't be started ({error})"), "raise this user's limits"));
    match ended.and_then(|runtime| runtime.block_on(run(line))) {
        Ok(code) => code,
        Err(failure) => {
            let _ = writeln!(io::stderr(), "guichet: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn misunderstood(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if asked { ExitCode::SUCCESS } else { ExitCode::from(USAGE) }
}

async fn run(line: Line) -> Result<ExitCode, Failure> {
    // A server's configuration says what it logs.
    if !matches!(line.command, Command::Serve(_)) {
        logging::start(Format::Text, logging::OF_A_COMMAND, None)?;
    }
    let file = line.config.or_else(beside);
    let config = || Config::read(file.as_deref());
    match line.command {
        Command::Serve(arguments) => serve::run(file.as_deref(), &arguments).await?,
        Command::Demo(arguments) => demo::run(&arguments).await?,
        Command::Migrate => migrate::run(&config()?).await?,
        Command::Import(arguments) => {
            let opened = OpenedApp::from(config()?).await?;
            return Ok(import::run(&arguments, &opened.store, &opened.clock, &opened.config.lives).await.into());
        }
        Command::Account(command) => account::run(OpenedApp::from(config()?).await?, command).await?,
        Command::Audit(command) => audit::run(OpenedApp::from(config()?).await?, command).await?,
        Command::Keys(command) => keys::run(config()?, command).await?,
        Command::Policy(command) => policy::run(config()?, command).await?,
        Command::CheckConfig(arguments) => check_config::run(&arguments, file.as_deref()).await?,
        Command::Doctor => return Ok(doctor::run(file.as_deref()).await),
    }
    Ok(ExitCode::SUCCESS)
}

/// The configuration in the current folder, where there is one.
fn beside() -> Option<PathBuf> {
    let file = Path::new("guichet.toml");
    file.exists().then(|| file.to_owned())
}
