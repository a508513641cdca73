//! Seeds of authenticator apps as pages show them: a square to scan, and a text to type.

use std::fmt::Write as _;

use askama::Template;
use askama::filters::HtmlSafe;
use qrcode::types::Color;
use qrcode::{EcLevel, QrCode};

use crate::account;
use crate::account::factor::{self, Enrolled, Offer, Seed};
use crate::app::App;
use crate::base::{Actor, Fault};
use crate::keys::{KeyPurpose, Sealer};

/// What opens and seals seeds.
pub(crate) fn seal(app: &App) -> Sealer {
    app.keys.master().sealer(KeyPurpose::TotpSeeds)
}

/// A seed to enrol, as a page shows it.
#[derive(Clone, Debug)]
pub struct SeedView {
    pub square: Square,
    /// The seed in groups of four.
    pub text: String,
}

/// Shows the seed offered there, or offers one: a page opened again shows the same.
pub(crate) async fn view(app: &App, by: Actor, offer: Offer) -> Result<SeedView, Fault> {
    let (standing, login) = app
        .look(async |view| {
            let standing = factor::offered(&mut view.db, offer, view.now).await?;
            Ok((standing, account::login_of(&mut view.db, offer.account).await?))
        })
        .await?;
    let seed = match standing {
        Some(standing) => standing.open(&seal(app))?,
        None => fresh(app, by, offer).await?,
    };
    SeedView::new(&seed, &app.brand.name, &login.unwrap_or_default())
}

async fn fresh(app: &App, by: Actor, offer: Offer) -> Result<Seed, Fault> {
    let seal = seal(app);
    app.act(by, async |tx| {
        let seed = Seed::roll(tx.dice)?;
        factor::offer(tx, &seal, offer, &seed).await?;
        Ok(seed)
    })
    .await
}

/// The seed offered there, and the step that a first code for it is of; nothing where there is none, or the code is
/// wrong.
pub(crate) async fn first_code(app: &App, offer: Offer, code: &str) -> Result<Option<(Enrolled, i64)>, Fault> {
    let standing = app.look(async |view| factor::offered(&mut view.db, offer, view.now).await).await?;
    let Some(standing) = standing else { return Ok(None) };
    let step = standing.open(&seal(app))?.step_of(code, app.clock.now())?;
    Ok(step.map(|step| (standing, step)))
}

impl SeedView {
    /// A seed as a page shows it.
    pub(crate) fn new(seed: &Seed, service: &str, login: &str) -> Result<Self, Fault> {
        let base32 = seed.base32();
        let groups: Vec<&str> = (0..base32.len()).step_by(4).map(|at| &base32[at..base32.len().min(at + 4)]).collect();
        Ok(Self { square: Square::of(&seed.url(service, login)?)?, text: groups.join(" ") })
    }
}

/// A QR code as SVG within the page: black on white whatever the page's colours, for cameras want it so.
#[derive(Clone, Debug, Template)]
#[template(
    source = r##"<svg class="square" viewBox="0 0 {{ side }} {{ side }}" shape-rendering="crispEdges"
        aria-hidden="true"><rect width="{{ side }}" height="{{ side }}" fill="#fff"/><path d="{{ path }}"
        fill="#000"/></svg>"##,
    ext = "html"
)]
pub struct Square {
    side: usize,
    path: String,
}

impl HtmlSafe for Square {}

/// Blank modules around a code (ISO/IEC 18004).
const QUIET: usize = 4;

impl Square {
    fn of(text: &str) -> Result<Self, Fault> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M)
            .map_err(|cause| Fault::broken("drawing a seed", cause))?;
        let width = code.width();
        let dark = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
        let mut path = String::new();
        for (index, _) in dark {
            let _ = write!(path, "M{} {}h1v1h-1z", index % width + QUIET, index / width + QUIET);
        }
        Ok(Self { side: width + 2 * QUIET, path })
    }
}
