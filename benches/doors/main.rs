//! What each door costs: processor time of the server per request, and requests per second, beside what the same would
//! cost at the least, measured in the same run.
//!
//! The server is the real program, on a processor core of its own; the load comes from another core, over 16
//! connections that are kept alive. What a door costs at the least is put together from parts measured alone on the
//! server's core by the same means: a bare axum handler, a signature, one query of `access`, units of work that are
//! committed. Processor time is the figure to trust: requests per second shrink with whatever else the machine does.
//! PostgreSQL's own processes are not counted. Figures to publish are of the program as packages hold it:
//! `--profile dist`.
//!
//! ```sh
//! cargo bench --bench doors --profile dist     # every door, on both databases, 5 s each
//! cargo bench --bench doors -- --quick         # 2 s each, of a program that is built sooner
//! cargo bench --bench doors -- introspection   # only doors whose name holds that word
//! ```

mod alone;
mod browser;
mod client;
mod customers;
mod door;
mod load;
mod process;
mod table;
mod visits;
mod wire;
mod world;

use std::collections::BTreeSet;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum as _};

use door::Door;
use process::Cores;
use table::Table;
use visits::Visits;
use world::{Kind, World};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often everything is measured, one after the other: a machine that is slower for a while is slower for what is
/// compared, too.
const ROUNDS: u32 = 10;

/// What goes wrong ends the run with one line.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// What each door costs, beside what it would cost at the least.
#[derive(Debug, Parser)]
struct Arguments {
    /// Only doors whose name holds this
    filter: Option<String>,
    /// 2 s for each measurement instead of 5
    #[arg(long)]
    quick: bool,
    /// On one database only
    #[arg(long, value_enum)]
    on: Option<Kind>,
    /// Cargo says so to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
    /// Measures parts alone, for the process that started this one
    #[arg(long, hide = true, value_name = "CONFIG")]
    alone: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = match &arguments.alone {
        Some(config) => alone::main(config),
        None => run(&arguments),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("doors: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Outcome<()> {
    let cores = Cores::assign()?;
    if cores == Cores::Together {
        eprintln!(
            "There is one core only, or no `taskset`: the load takes processor time from the server, \
             and rates are lower for it."
        );
    }
    println!("{}\n", process::machine()?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for kind in Kind::value_variants().iter().filter(|kind| arguments.on.is_none_or(|only| only == **kind)) {
        if let Some((name, table)) = runtime.block_on(measure(*kind, cores, arguments))? {
            println!("## {name}\n\n{}", table.markdown());
        }
    }
    Ok(())
}

async fn measure(kind: Kind, cores: Cores, arguments: &Arguments) -> Outcome<Option<(String, Table)>> {
    let lasting = Duration::from_secs(if arguments.quick { 2 } else { 5 }) / ROUNDS;
    let Some(mut world) = World::on(kind, cores, lasting).await? else { return Ok(None) };
    let mut visits = Visits::prepare(&world).await?;
    let mut table = Table::default();
    let wanted = |door: &Door| arguments.filter.as_ref().is_none_or(|word| door.to_string().contains(word));
    for round in 1..=ROUNDS {
        let mut measured = BTreeSet::new();
        for door in Door::ALL.into_iter().filter(wanted) {
            for part in door.parts().iter().filter(|part| measured.insert(**part)) {
                eprintln!("{kind:?}, {round} of {ROUNDS}: {part}, alone");
                table.add_part(*part, visits.alone(*part, &mut world).await?);
            }
            eprintln!("{kind:?}, {round} of {ROUNDS}: {door}");
            table.add_door(door, visits.at(door, &world).await?);
        }
    }
    Ok(Some((world.name, table)))
}
