//! The table: what was measured, as Markdown.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::door::{Door, Part};
use crate::load::Measured;

/// What every part and door cost on one database.
#[derive(Default)]
pub struct Table {
    parts: BTreeMap<Part, Vec<Measured>>,
    doors: Vec<(Door, Vec<Measured>)>,
}

/// Of several times the middle one counts: a machine that others use is slow at times, and its counters are late.
fn middle(times: &[Measured]) -> Option<Measured> {
    let mut times = times.to_vec();
    times.sort_by(|one, other| one.micros.total_cmp(&other.micros));
    times.get(times.len() / 2).copied()
}

impl Table {
    /// Notes what a part cost alone, if it was measured.
    pub fn add_part(&mut self, part: Part, measured: Option<Measured>) {
        self.parts.entry(part).or_default().extend(measured);
    }

    /// Notes what a door cost, likewise.
    pub fn add_door(&mut self, door: Door, measured: Option<Measured>) {
        match self.doors.iter_mut().find(|(known, _)| *known == door) {
            Some((_, times)) => times.extend(measured),
            None => self.doors.push((door, measured.into_iter().collect())),
        }
    }

    /// As it is printed.
    pub fn markdown(&self) -> String {
        let mut text = "| alone | each second | CPU µs |\n|---|---:|---:|\n".to_owned();
        for (part, Measured { per_second, micros }) in
            self.parts.iter().filter_map(|(part, times)| Some((part, middle(times)?)))
        {
            let _ = writeln!(text, "| {part} | {per_second:.0} | {micros:.1} |");
        }
        text.push_str("\n| door | each second | of a core | CPU µs | at the least | that is | aim | which is |\n");
        text.push_str("|---|---:|---:|---:|---:|---:|---:|---|\n");
        for (door, times) in &self.doors {
            let line = middle(times).map(|measured| self.line(*door, measured));
            text.push_str(&line.unwrap_or_else(|| format!("| {door} | nothing was answered in time | | | | | | |\n")));
        }
        text
    }

    fn line(&self, door: Door, measured: Measured) -> String {
        let Measured { per_second, micros } = measured;
        let least: f64 =
            door.parts().iter().filter_map(|part| middle(self.parts.get(part)?)).map(|part| part.micros).sum();
        let share = 100.0 * least / micros;
        let (least, shown) = if door.parts().is_empty() {
            (String::new(), String::new())
        } else {
            (format!("{least:.1}"), format!("{share:.0} %"))
        };
        let aim = door.aim().map_or(String::new(), |aim| {
            let verdict = if share >= f64::from(aim) { "held" } else { "missed" };
            format!("{aim} %, {verdict}")
        });
        let busy = 100.0 * measured.busy();
        format!(
            "| {door} | {per_second:.0} | {busy:.0} % | {micros:.1} | {least} | {shown} | {aim} | {} |\n",
            which(door)
        )
    }
}

/// The parts in words, with how often each is there.
fn which(door: Door) -> String {
    let mut counted: Vec<(Part, usize)> = Vec::new();
    for part in door.parts() {
        match counted.iter_mut().find(|(known, _)| known == part) {
            Some((_, count)) => *count += 1,
            None => counted.push((*part, 1)),
        }
    }
    let words = counted
        .into_iter()
        .map(|(part, count)| if count == 1 { part.to_string() } else { format!("{count} × {part}") });
    words.collect::<Vec<_>>().join(" + ")
}
