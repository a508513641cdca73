//! The whole server behind its own certificate, as a browser meets it.

use axum::Router;
use guichet::config::Tls;
use guichet::server;
use reqwest::redirect::Policy;

use crate::world::wire::ANY_PORT;
use crate::world::{Kind, World};

#[path = "../../../src/server/trial.rs"]
mod trial;

#[tokio::test]
async fn the_server_speaks_tls_itself() {
    let (authority, folder) = (trial::Authority::new(), tempfile::tempdir().unwrap());
    let (certificate, key) = authority.issue_into(folder.path(), &["localhost"]);
    let tls = Tls { certificate: Some(certificate), key: Some(key) };
    let listener = server::listen(ANY_PORT.parse().unwrap(), &tls).await.unwrap();
    let issuer = format!("https://localhost:{}", listener.address().unwrap().port());
    let world = World::on(Kind::Sqlite).await.unwrap();
    let secure = world
        .server_with(|config| {
            config.issuer.clone_from(&issuer);
            config.tls = tls;
        })
        .await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(server::serve(secure.app.clone(), listener, Router::new(), async {
        let _ = stopped.await;
    }));
    let root = reqwest::Certificate::from_pem(&authority.certificate.to_pem().unwrap()).unwrap();
    let client =
        reqwest::Client::builder().tls_built_in_root_certs(false).add_root_certificate(root).redirect(Policy::none());
    let client = client.build().unwrap();
    let metadata: serde_json::Value =
        client.get(format!("{issuer}/.well-known/openid-configuration")).send().await.unwrap().json().await.unwrap();
    assert_eq!(metadata["issuer"], issuer);
    let page = client.get(format!("{issuer}/login")).send().await.unwrap();
    let cookie = page.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-") && cookie.contains("Secure"), "{cookie}");
    drop(client);
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
}
