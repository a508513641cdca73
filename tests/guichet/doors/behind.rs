//! An issuer with a path: all that is ours lies behind it, at the provider and in people's browsers.

use std::net::{SocketAddr, TcpListener};

use crate::portal::chromium::Chromium;
use crate::second_factor::chromium::Visit;
use crate::world::{ISSUER, Kind, World, both};

both! {
    async fn behind_a_path_the_metadata_lies_behind_it_and_before_it(world behind "/auth") {
        for address in [
            "/auth/.well-known/openid-configuration",
            "/auth/.well-known/oauth-authorization-server",
            "/.well-known/openid-configuration/auth",
            "/.well-known/oauth-authorization-server/auth",
        ] {
            let metadata = world.browser().get(address).await.json();
            assert_eq!(metadata["issuer"], format!("{ISSUER}/auth"), "{address}");
            assert_eq!(metadata["token_endpoint"], format!("{ISSUER}/auth/oauth2/token"), "{address}");
        }
    }
}

both! {
    async fn behind_a_path_a_mailed_link_leads_there(world behind "/auth") {
        let mut oscar = world.signed_in("oscar").await;
        oscar.get("/staff/people").await;
        let typed = [("name", "Nadia Roux"), ("email", "nadia@guichet.example"), ("operator", "on")];
        assert_eq!(oscar.submit("staff-invite", &typed).await.status(), 303);
        let (_, link) = world.last_mail("nadia@guichet.example").await;
        assert!(link.starts_with("/auth/links/"), "{link}");
        let mut nadia = world.browser();
        assert!(nadia.get(&link).await.shows("link-confirm"));
        let confirmed = nadia.submit("link-confirm", &[]).await;
        assert!(nadia.follow(confirmed).await.shows("password-submit"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_chromium_somebody_signs_in_behind_a_path_and_out_again() {
    let folder = tempfile::tempdir().unwrap();
    let Some(chromium) = Chromium::start(folder.path()).await else { return };
    let world = World::on(Kind::Sqlite).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let home = format!("http://localhost:{}/auth", listener.local_addr().unwrap().port());
    let server = world.server_with(|config| config.issuer.clone_from(&home)).await;
    let service = server.router().into_make_service_with_connect_info::<SocketAddr>();
    let serving = tokio::spawn(axum_server::from_tcp(listener).unwrap().serve(service));
    let visit = Visit { browser: &chromium.browser, home: &home, clock: &server.app.clock };
    let walked = async {
        visit.give_password("alice").await?;
        visit.arrive(&["sign-out"]).await?;
        assert_eq!(visit.browser.current_url().await?.as_str(), format!("{home}/account"));
        visit.open("/account/security").await?;
        visit.press("language-fr").await?;
        visit.arrive(&["sign-out"]).await?;
        visit.sign_out().await
    };
    walked.await.unwrap();
    serving.abort();
    chromium.quit().await;
}
