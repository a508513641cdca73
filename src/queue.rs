//! One queue under letters, logout tokens and reactions: rows with `created_at`, `due_at`, `attempts`, `done_at`,
//! `given_up_at` and `last_error`. Whoever claims a row has it for a while and pushes its time forward; then it is
//! done, or waits again, longer each time, or is given up. Every step is one conditional update of the row, so that of
//! two servers one gets it, and whoever was thought gone settles nothing any more.

use crate::base::{Life, Timestamp};

/// How long a queue's rows are claimed and tried.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// Whoever claims a row has this long; then another server may think the first one gone.
    pub lease: Life,
    /// After its n-th failure a row waits this long, and no longer than the last.
    pub pauses: &'static [Life],
    /// A row that fails when it is older than this is given up; without, never.
    pub patience: Option<Life>,
}

/// A claimed row's turn: which attempt it is, of a row how old.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct QueueTurn {
    pub created_at: Timestamp,
    pub attempts: i64,
}

impl RetryPolicy {
    /// When a row that failed in its turn is tried again, or never.
    #[must_use]
    pub fn next_attempt(&self, turn: QueueTurn, now: Timestamp) -> Option<Timestamp> {
        let failures = usize::try_from(turn.attempts).unwrap_or(usize::MAX).clamp(1, self.pauses.len());
        let patient = self.patience.is_none_or(|patience| now < turn.created_at + patience);
        patient.then(|| now + self.pauses[failures - 1])
    }
}

/// What still waits, in SQL.
macro_rules! waits {
    () => {
        "done_at is null and given_up_at is null"
    };
}

/// Whether any row is due. It only reads, so that looking every second costs the writer nothing.
macro_rules! are_due {
    ($db:expr, $table:literal, $now:expr) => {
        $crate::store::optional!(
            $db,
            (uuid::Uuid,),
            concat!("select id from ", $table, " where due_at <= $1 and ", $crate::queue::waits!(), " limit 1"),
            $now
        )
        .map(|first| first.is_some())
    };
}

/// Claims the row that has been due longest (and for which `$which` holds, of the binds from `$3` on); reads `$columns`
/// beside its turn.
macro_rules! claim {
    ($tx:expr, $table:literal, $row:ty, $policy:expr, $columns:literal $(, $which:literal $(, $bind:expr)*)?) => {
        $crate::store::optional!(
            $tx.db,
            $row,
            concat!(
                "update ",
                $table,
                " set due_at = $1, attempts = attempts + 1 where id = (select id from ",
                $table,
                " where due_at <= $2 and ",
                $crate::queue::waits!(),
                $(" and ", $which,)?
                " order by due_at, id limit 1) and due_at <= $2 and ",
                $crate::queue::waits!(),
                " returning id, created_at, attempts, ",
                $columns
            ),
            $tx.now + $policy.lease,
            $tx.now
            $($(, $bind)*)?
        )
    };
}

/// The row is done, and `$erased` with it: whoever did it, for what happened outside of the database has happened. Or,
/// given a turn, only where it still is that turn. Answers whether it was this call that wrote it.
macro_rules! done {
    ($tx:expr, $table:literal, $id:expr, erasing $erased:literal) => {
        $crate::store::execute!(
            $tx.db,
            concat!(
                "update ",
                $table,
                " set done_at = $1, last_error = null",
                $erased,
                " where id = $2 and ",
                $crate::queue::waits!()
            ),
            $tx.now,
            $id
        )
        .map(|done| done == 1)
    };
    ($tx:expr, $table:literal, $id:expr, in $turn:expr) => {
        $crate::store::execute!(
            $tx.db,
            concat!(
                "update ",
                $table,
                " set done_at = $1, last_error = null where id = $2 and attempts = $3 and ",
                $crate::queue::waits!()
            ),
            $tx.now,
            $id,
            $turn.attempts
        )
        .map(|done| done == 1)
    };
}

/// The claimed row failed: it waits until `$next`, or is given up where there is none, and `$erased` with it. Answers
/// whether this turn gave it up.
macro_rules! failed {
    ($tx:expr, $table:literal, $id:expr, $turn:expr, $next:expr, $why:expr $(, $erased:literal)?) => {{
        let next: Option<$crate::base::Timestamp> = $next;
        let settled = match next {
            Some(next) => $crate::store::execute!(
                $tx.db,
                concat!(
                    "update ",
                    $table,
                    " set due_at = $1, last_error = $2 where id = $3 and attempts = $4 and ",
                    $crate::queue::waits!()
                ),
                next,
                $why,
                $id,
                $turn.attempts
            ),
            None => $crate::store::execute!(
                $tx.db,
                concat!(
                    "update ",
                    $table,
                    " set given_up_at = $1, last_error = $2",
                    $(", ", $erased,)?
                    " where id = $3 and attempts = $4 and ",
                    $crate::queue::waits!()
                ),
                $tx.now,
                $why,
                $id,
                $turn.attempts
            ),
        };
        settled.map(|settled| next.is_none() && settled == 1)
    }};
}

pub(crate) use {are_due, claim, done, failed, waits};

#[cfg(test)]
mod tests {
    use super::{QueueTurn, RetryPolicy};
    use crate::base::{Life, Timestamp};

    #[test]
    fn pauses_grow_to_the_last_and_patience_ends() {
        const PAUSES: [Life; 3] = [Life::minutes(1), Life::minutes(5), Life::hours(1)];
        let policy = RetryPolicy { lease: Life::minutes(5), pauses: &PAUSES, patience: Some(Life::days(1)) };
        let start = Timestamp::from_millis(0);
        let (mut turn, mut now, mut waited) = (QueueTurn { created_at: start, attempts: 0 }, start, Vec::new());
        loop {
            turn.attempts += 1;
            let Some(next) = policy.next_attempt(turn, now) else { break };
            waited.push(next.since(now).to_string());
            now = next;
        }
        assert_eq!(waited[..4], ["1min", "5min", "1h", "1h"]);
        assert!(now.since(start) >= Life::days(1) && now.since(start) < Life::days(2), "{}", now.since(start));
        let endless = RetryPolicy { patience: None, ..policy };
        assert!(
            endless.next_attempt(QueueTurn { created_at: start, attempts: 1_000 }, start + Life::days(900)).is_some()
        );
    }
}
