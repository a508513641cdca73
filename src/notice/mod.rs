//! Letters: what each deed tells whom, in words. A deed posts intents (`audit`); here they are written, given their
//! link, and handed to what carries mail away (`mail`).

mod compose;
pub mod letters;
mod postman;
#[cfg(test)]
mod tests;

pub use postman::{Context, Delivery, GivenUp, Postman};
