//! Where staff begin: who they are here, what their roles open.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::app::App;
use crate::base::Place;
use crate::http::Staff;
use crate::http::answer::{self, Rejection};
use crate::page::{Frame, Framed as _};
use crate::web::staff::Menu;

/// The page.
#[derive(Debug, Template)]
#[template(path = "staff/home.html")]
pub struct HomePage {
    /// What every page shares.
    pub frame: Frame,
    /// The way through the console.
    pub menu: Menu,
    /// What the person signs in with.
    pub login: String,
    /// Their roles, in words, each with what it means.
    pub roles: Vec<(String, String)>,
}

/// Shows it.
pub(in crate::web) async fn show(State(app): State<App>, staff: Staff) -> Result<Response, Rejection> {
    let frame = staff.frame(&app)?;
    let in_words =
        |role| (frame.say(&format!("staff-role-{role}")), frame.say(&format!("staff-role-{role}-explained")));
    let roles = staff.person.roles.iter().map(in_words).collect();
    let menu = Menu::of(&app, &staff, &frame, Place::Staff);
    Ok(answer::page(StatusCode::OK, &HomePage { menu, login: staff.person.email.to_string(), roles, frame }))
}
