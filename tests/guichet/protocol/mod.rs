//! What the provider must answer, section by section.

mod private_key_jwt;
