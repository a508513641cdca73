//! The pages and letters of second factors.

use super::scene::{Named, PORTAL, frame, named, now, signed_in};
use crate::account::factor::{RecoveryCode, Seed};
use crate::base::{Dice, Language, Life, Place};
use crate::page::Link;
use crate::web::security::passkeys::{PasskeyView, PasskeysPage, RecoveryView};
use crate::web::security::seeds::SeedView;
use crate::web::security::totp::{EnrolledView, RecoveryCodesPage, TotpPage};
use crate::web::sign_in::enrol::EnrolFirstPage;
use crate::web::sign_in::reauthenticate::ReauthenticatePage;
use crate::web::sign_in::second_factor::SecondFactorPage;
use crate::web::sign_in::second_step::Takes;

fn seed() -> SeedView {
    let seed = Seed::parse("GVIXDUMSK5DEM2JTNBKVO3LBGRLTSTCY").unwrap();
    SeedView::new(&seed, "Guichet", "theo@durand.example").unwrap()
}

/// Their pages, by name.
pub fn pages(language: Language) -> Named {
    let step = || SecondFactorPage::new(frame(language), Some(PORTAL.to_owned()), true);
    let enrolled =
        |codes_left, may_be_removed| Some(EnrolledView { since: now() - Life::days(40), codes_left, may_be_removed });
    let codes: Vec<_> = (0..10).map(|_| RecoveryCode::roll(Dice).unwrap()).collect();
    let next = Link::to_place(Place::Totp, frame(language).say("recovery-codes-go-on"));
    let by_passkey = || SecondFactorPage::new(frame(language), Some(PORTAL.to_owned()), false);
    let again = || {
        ReauthenticatePage::new(
            signed_in(language),
            "theo@durand.example".to_owned(),
            Some("/account/security/totp".to_owned()),
        )
    };
    vec![
        named("second-factor", &step()),
        named("second-factor-own", &SecondFactorPage::new(frame(language), None, false)),
        named("second-factor-refused", &step().refused("totp-code")),
        named("second-factor-recovery-refused", &step().refused("recovery-code")),
        named("second-factor-incomplete", &step().incomplete()),
        named("second-factor-too-often", &step().too_often(Life::minutes(15))),
        named("second-factor-or-passkey", &step().taking(Takes { app: true, passkey: true, recovery: true })),
        named("second-factor-passkey", &by_passkey().taking(Takes { app: false, passkey: true, recovery: true })),
        named(
            "second-factor-passkey-refused",
            &by_passkey().taking(Takes { app: false, passkey: true, recovery: true }).passkey_refused(),
        ),
        named("second-factor-passkey-only", &by_passkey().taking(Takes { app: false, passkey: true, recovery: false })),
        named("passkeys-none", &PasskeysPage::new(signed_in(language), Vec::new(), None)),
        named("passkeys", &passkeys(language, 3)),
        named("passkeys-enough", &passkeys(language, 10)),
        named("passkeys-unnamed", &passkeys(language, 1).unnamed("")),
        named("passkeys-refused", &passkeys(language, 1).refused()),
        named("enrol-first", &EnrolFirstPage::new(frame(language), Some(PORTAL.to_owned()), seed())),
        named("enrol-first-refused", &EnrolFirstPage::new(frame(language), None, seed()).refused()),
        named("totp", &TotpPage::new(signed_in(language), None, Some(seed()))),
        named("totp-refused", &TotpPage::new(signed_in(language), None, Some(seed())).refused()),
        named("totp-on", &TotpPage::new(signed_in(language), enrolled(10, true), None)),
        named("totp-on-required", &TotpPage::new(signed_in(language), enrolled(1, false), None)),
        named("totp-replace", &TotpPage::new(signed_in(language), enrolled(0, true), Some(seed()))),
        named("recovery-codes", &RecoveryCodesPage::new(signed_in(language), &codes, next)),
        named("reauthenticate", &again()),
        named("reauthenticate-or-passkey", &again().of_holder(true)),
        named("reauthenticate-passkey-refused", &again().of_holder(true).passkey_refused()),
        named("reauthenticate-refused", &again().refused()),
        named("reauthenticate-incomplete", &again().incomplete()),
        named("reauthenticate-too-often", &again().too_often(Life::minutes(1))),
    ]
}

fn passkeys(language: Language, count: i64) -> PasskeysPage {
    let view = |index: i64| PasskeyView {
        id: uuid::Uuid::from_u128(u128::try_from(index).unwrap()).to_string(),
        name: ["Chrome, Linux", "iPhone de Théo", "YubiKey"][usize::try_from(index % 3).unwrap()].to_owned(),
        since: now() - Life::days(40 - index),
        used: (index > 0).then(|| now() - Life::hours(index)),
        may_be_removed: count > 1,
    };
    let mut page =
        PasskeysPage::new(signed_in(language), (0..count).map(view).collect(), Some(RecoveryView { left: 9 }));
    page.proposed = "Firefox, Windows".to_owned();
    page
}
