//! `guichet import FILE…`: brings the directory to what the ERP's files say (R-DIR-3).

use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};

use crate::base::actor::Who;
use crate::base::{Actor, Clock, Fault, Lifetimes};
use crate::directory::import::{File, FileKind, FileRefused, ImportOptions, ImportReport, RejectedRow, apply, read};
use crate::store::{Start, Store};

/// Bad rows shown on the terminal, per file.
const SHOWN: usize = 50;

/// What `guichet import` takes.
#[derive(Clone, Debug, Default, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct ImportArgs {
    /// CSV files of companies and contacts, told apart by their first line
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The files are complete: whoever they lack becomes inactive
    #[arg(long)]
    pub full: bool,
    /// Let --full deactivate more than 5 %
    #[arg(long, requires = "full")]
    pub force: bool,
    /// Refuse a file of which one row is bad
    #[arg(long)]
    pub strict: bool,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write every bad row to this CSV file
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

/// How an import ended, as its exit code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportOutcome {
    /// Every row was applied: 0.
    Clean,
    /// It could not run: 1.
    CouldNotRun,
    /// Rows or whole files were refused: 2.
    Refused,
    /// The command line asks for something that makes no sense: 64.
    Usage,
}

impl From<ImportOutcome> for ExitCode {
    fn from(outcome: ImportOutcome) -> Self {
        match outcome {
            ImportOutcome::Clean => Self::SUCCESS,
            ImportOutcome::CouldNotRun => Self::from(1),
            ImportOutcome::Refused => Self::from(2),
            ImportOutcome::Usage => Self::from(64),
        }
    }
}

/// Imports the files, tells people what happened, and answers how it ended.
pub async fn run(args: &ImportArgs, store: &Store, clock: &Clock, lives: &Lifetimes) -> ImportOutcome {
    let inputs = match load(&args.files) {
        Ok(inputs) => inputs,
        Err(message) => return could_not_run(&message),
    };
    if args.full
        && let Some(kind) = doubled_kind(&inputs)
    {
        eprintln!(
            "guichet import: with --full all {} must stand in one file, for whoever a file lacks becomes inactive",
            kind.rows()
        );
        return ImportOutcome::Usage;
    }
    let mut told = Told { dry: args.dry_run, reports: Vec::new(), refused: 0 };
    let files = told.sort_out(inputs);
    let started = Import { args, store, clock, lives }.apply_all(&files, &mut told).await;
    if let Err(message) = told.write(args.report.as_deref()) {
        return could_not_run(&message);
    }
    match started {
        Ok(()) => told.outcome(),
        Err(fault) => {
            could_not_run(&format!("{fault}: of this file nothing was changed; mend the cause and import again"))
        }
    }
}

fn could_not_run(message: &str) -> ImportOutcome {
    eprintln!("guichet import: {message}");
    ImportOutcome::CouldNotRun
}

type Input = (String, Result<File, FileRefused>);

/// Reads every file before the first is applied, so that a wrong path changes nothing. Companies come before contacts.
fn load(paths: &[PathBuf]) -> Result<Vec<Input>, String> {
    let mut inputs = Vec::new();
    for path in paths {
        let name = path.display().to_string();
        let bytes = fs::read(path)
            .map_err(|cause| format!("{name} can't be read ({cause}): check the path and its permissions"))?;
        let file = read(&name, &bytes);
        inputs.push((name, file));
    }
    inputs.sort_by_key(|(_, file)| file.as_ref().ok().map(File::kind));
    Ok(inputs)
}

fn doubled_kind(inputs: &[Input]) -> Option<FileKind> {
    let kinds: Vec<FileKind> = inputs.iter().filter_map(|(_, file)| file.as_ref().ok().map(File::kind)).collect();
    kinds.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
}

/// The files' way into the database.
struct Import<'a> {
    args: &'a ImportArgs,
    store: &'a Store,
    clock: &'a Clock,
    lives: &'a Lifetimes,
}

impl Import<'_> {
    /// Applies each file in a transaction of its own. A dry run does all in one and keeps nothing,
    /// so that contacts find the companies of the file before theirs.
    async fn apply_all(&self, files: &[File], told: &mut Told) -> Result<(), Fault> {
        if self.args.dry_run {
            let rehearsed = self.store.rehearse(self.start(), async |tx| {
                let mut reports = Vec::new();
                for file in files {
                    reports.push(apply(tx, file, self.options(&|_, _| ())).await?);
                }
                Ok(reports)
            });
            rehearsed.await?.into_iter().for_each(|report| told.tell(report));
            return Ok(());
        }
        for file in files {
            let bar = progress_bar(&file.name);
            let progress = |done: u64, total: u64| {
                bar.set_length(total);
                bar.set_position(done);
            };
            let options = self.options(&progress);
            let report = self.store.act(self.start(), async |tx| apply(tx, file, options).await).await;
            bar.finish_and_clear();
            told.tell(report?);
        }
        Ok(())
    }

    fn start(&self) -> Start<'_> {
        Start { by: Actor::of(Who::Operator), clock: self.clock, lives: self.lives }
    }

    fn options<'p>(&self, progress: &'p (dyn Fn(u64, u64) + Send + Sync)) -> ImportOptions<'p> {
        ImportOptions { full: self.args.full, force: self.args.force, strict: self.args.strict, progress }
    }
}

fn progress_bar(name: &str) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0).with_message(name.to_owned());
    match ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// What has been told so far.
struct Told {
    dry: bool,
    reports: Vec<ImportReport>,
    /// Files of which nothing could be read.
    refused: usize,
}

impl Told {
    /// Tells of the files that can't be read, and answers the others.
    fn sort_out(&mut self, inputs: Vec<Input>) -> Vec<File> {
        let mut files = Vec::new();
        for (name, file) in inputs {
            match file {
                Ok(file) => files.push(file),
                Err(refused) => {
                    println!("{name}: nothing was changed: {refused}");
                    self.refused += 1;
                }
            }
        }
        files
    }

    fn tell(&mut self, report: ImportReport) {
        println!("{}{report}", if self.dry { "dry run: " } else { "" });
        for rejection in report.rejections.iter().take(SHOWN) {
            println!("  {rejection}");
        }
        if let Some(more @ 1..) = report.rejections.len().checked_sub(SHOWN) {
            println!("  … and {more} more; --report FILE writes all of them");
        }
        self.reports.push(report);
    }

    fn outcome(&self) -> ImportOutcome {
        let clean = self.refused == 0 && self.reports.iter().all(ImportReport::is_clean);
        if clean { ImportOutcome::Clean } else { ImportOutcome::Refused }
    }

    /// Writes every bad row as CSV, an empty list included: yesterday's must not pass for today's.
    fn write(&self, path: Option<&Path>) -> Result<(), String> {
        let Some(path) = path else { return Ok(()) };
        let rejections = self
            .reports
            .iter()
            .flat_map(|report| report.rejections.iter().map(|rejection| (report.file.as_str(), rejection)));
        write_rejections(path, rejections)
            .map_err(|cause| format!("{} can't be written ({cause}): check the path", path.display()))
    }
}

fn write_rejections<'a>(
    path: &Path,
    rejections: impl Iterator<Item = (&'a str, &'a RejectedRow)>,
) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record(["file", "line", "ref", "column", "reason"])?;
    for (file, rejection) in rejections {
        let line = rejection.line.to_string();
        let cells = [
            file,
            &line,
            rejection.reference.as_deref().unwrap_or_default(),
            rejection.column.unwrap_or_default(),
            &rejection.reason,
        ];
        writer.write_record(cells.map(harmless))?;
    }
    writer.flush()?;
    Ok(())
}

/// A cell that a spreadsheet takes for text and never for a formula.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use clap::Parser;

    use super::*;
    use crate::store::Settings;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        import: ImportArgs,
    }

    struct Desk {
        folder: tempfile::TempDir,
        store: Store,
    }

    impl Desk {
        async fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let url = format!("sqlite:{}", folder.path().join("guichet.db").display());
            let store = Store::open(&Settings { url, ..Settings::default() }).await.unwrap();
            store.prepare().await.unwrap();
            Self { folder, store }
        }

        fn file(&self, name: &str, text: &str) -> String {
            let path = self.folder.path().join(name);
            fs::write(&path, text).unwrap();
            path.display().to_string()
        }

        async fn import(&self, arguments: &[&str]) -> ImportOutcome {
            let line = Line::parse_from(["import"].iter().chain(arguments));
            run(&line.import, &self.store, &Clock::System, &Lifetimes::default()).await
        }
    }

    const COMPANIES: &str = "ref,name,accounting_validated_at,first_order_at\nC-1,Durand,2024-01-31,2024-02-01\n";
    const CONTACTS: &str = "company_ref,ref,last_name,first_name,email,phone,mobile\n\
        C-1,K-1,Durand,Alice,alice@durand.example,0199001234,\n";

    #[tokio::test]
    async fn the_exit_code_tells_clean_from_refused_from_could_not_run() {
        let desk = Desk::new().await;
        let (companies, contacts) = (desk.file("a.csv", COMPANIES), desk.file("b.csv", CONTACTS));
        assert_eq!(desk.import(&[&contacts, "/nowhere.csv", &companies]).await, ImportOutcome::CouldNotRun);
        assert_eq!(desk.import(&[&contacts]).await, ImportOutcome::Refused, "its company isn't there yet");
        assert_eq!(
            desk.import(&["--dry-run", &contacts, &companies]).await,
            ImportOutcome::Clean,
            "companies go first, in a dry run too"
        );
        assert_eq!(desk.import(&[&contacts]).await, ImportOutcome::Refused, "a dry run keeps nothing");
        assert_eq!(desk.import(&[&contacts, &companies]).await, ImportOutcome::Clean);
        assert_eq!(desk.import(&["--full", &contacts, &contacts]).await, ImportOutcome::Usage);
        let other = desk.file("c.csv", "a,b\n1,2\n");
        assert_eq!(desk.import(&[&other]).await, ImportOutcome::Refused);
        assert!(Line::try_parse_from(["import"]).is_err());
        assert!(Line::try_parse_from(["import", "--force", "a.csv"]).is_err(), "--force is about --full");
    }

    #[tokio::test]
    async fn the_report_names_every_bad_row_and_holds_no_formula() {
        let desk = Desk::new().await;
        let mut text = COMPANIES.to_owned();
        for n in 0..60 {
            writeln!(text, "=C-{n},,,").unwrap();
        }
        let (companies, report) = (desk.file("a.csv", &text), desk.file("report.csv", ""));
        assert_eq!(desk.import(&[&companies, "--report", &report]).await, ImportOutcome::Refused);
        let written = fs::read_to_string(&report).unwrap();
        assert_eq!(written.lines().count(), 61);
        assert!(
            written.lines().skip(1).all(|line| line.contains(",'=C-") && line.contains(",name,is empty")),
            "{written}"
        );
    }
}
