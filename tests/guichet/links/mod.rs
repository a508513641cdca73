//! Where the links of mails lead. That each counts once is in `faults::links`, that they die with access in
//! `faults::leading_in`.

mod not_me;
