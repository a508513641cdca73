//! Fifty at once, on two servers that share a database; some cut off in the middle, as if connections broke and servers
//! fell.

use std::sync::Arc;

use tokio::sync::Barrier;

use super::Answer;

/// How many.
pub const AT_ONCE: usize = 50;

/// A rule on both databases, each shared by two servers, with real threads.
macro_rules! on_two_servers {
    ($(#[doc = $doc:literal])* async fn $name:ident($world:ident, $second:ident) $body:block) => {
        $(#[doc = $doc])*
        async fn $name($world: $crate::world::World, $second: $crate::world::Server) $body

        mod $name {
            use $crate::world::{Kind, World};

            async fn run(kind: Kind) {
                let Some(world) = World::on(kind).await else { return };
                let (second, afterwards) = (world.second_server().await, world.afterwards());
                super::$name(world, second).await;
                afterwards.assert_clean().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn sqlite() {
                run(Kind::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn postgres() {
                run(Kind::Postgres).await;
            }
        }
    };
}
pub(crate) use on_two_servers;

/// Fifty of these at once. Whoever is cut off after so many turns of the scheduler drops what it was doing and gives no
/// answer.
pub async fn at_once<F>(each: impl Fn(usize) -> F, cut_off: impl Fn(usize) -> Option<usize>) -> Vec<Answer>
where
    F: Future<Output = Answer> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(AT_ONCE));
    let start = |index: usize| {
        let (barrier, work, patience) = (barrier.clone(), each(index), cut_off(index));
        tokio::spawn(async move {
            barrier.wait().await;
            tokio::select! {
                answer = work => Some(answer),
                () = turns(patience) => None,
            }
        })
    };
    let tasks: Vec<_> = (0..AT_ONCE).map(start).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.extend(task.await.unwrap());
    }
    answers
}

/// Another fifth is left in peace in each round; the others are cut off, each a little later than the one before.
pub fn most(round: usize) -> impl Fn(usize) -> Option<usize> {
    move |index| (index % 5 != round % 5).then_some(index * 100)
}

async fn turns(patience: Option<usize>) {
    let Some(patience) = patience else { return std::future::pending().await };
    for _ in 0..patience {
        tokio::task::yield_now().await;
    }
}

/// Fifty of these at once, each to its end: the answers are in their order.
pub async fn all_at_once<F: Future<Output = Answer> + Send + 'static>(each: impl Fn(usize) -> F) -> Vec<Answer> {
    at_once(each, |_| None).await
}

/// How many of the answers have that status.
pub fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status() == status).count()
}
