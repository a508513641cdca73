//! The demonstration's own doors are for the machine it runs on.

use reqwest::{Client, StatusCode};

use crate::world::wire::Demonstration;

/// A page of elsewhere can make a name lead to this machine for a moment, and then reads what that name answers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demonstrations_doors_take_its_own_host_and_origin_only() {
    let demonstration = Demonstration::start(&[]);
    let home = &demonstration.issuer;
    let port = home.rsplit(':').next().unwrap();
    let ask = async |host: &str, origin: Option<&str>| {
        let mut statuses = Vec::new();
        for request in [
            Client::new().get(format!("{home}/dev/mailbox")),
            Client::new().get(format!("{home}/dev/mailbox.json")),
            Client::new().post(format!("{home}/dev/clock")).form(&[("advance", "1s")]),
        ] {
            let request = request.header("host", host);
            let request = if let Some(origin) = origin { request.header("origin", origin) } else { request };
            statuses.push(request.send().await.unwrap().status());
        }
        assert!(statuses.iter().all(|status| *status == statuses[0]), "{host} {origin:?}: {statuses:?}");
        statuses[0]
    };
    for name in ["localhost", "127.0.0.1", "[::1]", "LocalHost"] {
        let host = format!("{name}:{port}");
        assert_eq!(ask(&host, None).await, StatusCode::OK, "{host}");
        assert_eq!(ask(&host, Some(&format!("http://{host}"))).await, StatusCode::OK, "{host}");
        for foreign in ["https://evil.example", "null", "http://localhost:1", &format!("http://evil.example:{port}")] {
            assert_eq!(ask(&host, Some(foreign)).await, StatusCode::FORBIDDEN, "{host} {foreign}");
        }
    }
    for host in ["evil.example", "localhost", "localhost:1", "localhost.evil.example", "192.0.2.1"] {
        assert_eq!(ask(host, None).await, StatusCode::FORBIDDEN, "{host}");
    }
    let rebound = format!("evil.example:{port}");
    assert_eq!(ask(&rebound, Some(&format!("http://{rebound}"))).await, StatusCode::FORBIDDEN);
    assert_eq!(Client::new().get(home).send().await.unwrap().status(), StatusCode::OK, "other doors don't mind");
}
