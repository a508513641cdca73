//! The table: what was measured, as Markdown.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::door::{Door, Part};
use crate::load::Measured;

/// What every part and door cost on one database.
#[derive(Default)]
pub struct Table {
    parts: BTreeMap<Part, Measured>,
    doors: Vec<(Door, Measured)>,
}

impl Table {
    /// Notes what a part cost alone; of several times the least disturbed counts.
    pub fn add_part(&mut self, part: Part, measured: Measured) {
        self.parts.entry(part).and_modify(|known| *known = known.least(measured)).or_insert(measured);
    }

    /// Notes what a door cost, likewise.
    pub fn add_door(&mut self, door: Door, measured: Measured) {
        match self.doors.iter_mut().find(|(known, _)| *known == door) {
            Some((_, known)) => *known = known.least(measured),
            None => self.doors.push((door, measured)),
        }
    }

    /// As it is printed.
    pub fn markdown(&self) -> String {
        let mut text = "| alone | each second | CPU µs |\n|---|---:|---:|\n".to_owned();
        for (part, Measured { per_second, micros }) in &self.parts {
            let _ = writeln!(text, "| {part} | {per_second:.0} | {micros:.1} |");
        }
        text.push_str("\n| door | each second | of a core | CPU µs | at the least | that is | aim | which is |\n");
        text.push_str("|---|---:|---:|---:|---:|---:|---:|---|\n");
        for (door, measured) in &self.doors {
            text.push_str(&self.line(*door, *measured));
        }
        text
    }

    fn line(&self, door: Door, measured: Measured) -> String {
        let Measured { per_second, micros } = measured;
        let least: f64 = door.parts().iter().filter_map(|part| self.parts.get(part)).map(|part| part.micros).sum();
        let share = 100.0 * least / micros;
        let (least, shown) =
            if door.parts().is_empty() { (String::new(), String::new()) } else { (format!("{least:.1}"), format!("{share:.0} %")) };
        let aim = door.aim().map_or(String::new(), |aim| {
            let verdict = if share >= f64::from(aim) { "held" } else { "missed" };
            format!("{aim} %, {verdict}")
        });
        let busy = 100.0 * measured.busy();
        format!("| {door} | {per_second:.0} | {busy:.0} % | {micros:.1} | {least} | {shown} | {aim} | {} |\n", which(door))
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
    let words = counted.into_iter().map(|(part, count)| if count == 1 { part.to_string() } else { format!("{count} × {part}") });
    words.collect::<Vec<_>>().join(" + ")
}
