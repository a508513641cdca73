//! "My account": who I am here, my record, a copy of my data, and closing it for good.

pub mod close;
pub mod export;
pub mod home;
pub mod record;
