//! The seven faults by which peers fell, as cross products over the table of doors; their numbers are those of
//! the crate's docs. A module for each.
//!
//! 1. [`single_use`], [`links`]: single use that isn't atomic. Kills in the middle of it are in
//!    `operations::storm`.
//! 2. [`second_path`]: a path that misses a check. What ends access for good is in [`living_on`], who may come where
//!    in `doors`.
//! 3. [`target`]: checking the parent and not the target.
//! 4. [`living_on`]: a disabled subject living on in another credential; [`leading_in`]: in a mailed link.
//! 5. [`one_form`]: canonicalising per route.
//! 6. [`forwarded`]: trusting forwarded headers.
//! 7. [`failing_open`]: what can't be read, verified or reached. A server that can't start is in
//!    `operations::command_line`.

mod deadlocks;
mod endings;
mod failing_open;
mod forwarded;
mod holdings;
mod lasting;
mod leading_in;
mod letters;
mod links;
mod living_on;
mod one_form;
mod second_path;
mod single_use;
mod target;
