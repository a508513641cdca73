//! One's own account: the record kept there, a copy of it, and the end of it. What protects it is in `security`.

mod leaving;
mod record;
