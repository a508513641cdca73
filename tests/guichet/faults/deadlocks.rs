//! Two endings at once follow one another: there is one order of locks. Every pair of endings of one
//! account that has sessions, four times over, on two servers that share a database: none is broken off.

use std::sync::Arc;

use futures_util::future::join_all;
use guichet::audit::EndReason;
use guichet::base::actor::Who;
use guichet::base::ids::AccountId;
use guichet::base::{Actor, Fault};
use guichet::session::{Begin, Proof};
use guichet::{account, authorization, jobs, membership, session};

use crate::world::at_once::on_two_servers;
use crate::world::{Server, World};

/// Something that ends what hangs on an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    OtherSessions,
    PasswordChanged,
    Alarm,
    SwitchedOff,
    SignedOutByService,
    MembershipDisabled,
    RanOut,
    Reactions,
}

impl Ending {
    const ALL: [Self; 8] = [
        Self::OtherSessions,
        Self::PasswordChanged,
        Self::Alarm,
        Self::SwitchedOff,
        Self::SignedOutByService,
        Self::MembershipDisabled,
        Self::RanOut,
        Self::Reactions,
    ];

    async fn strike(self, server: &Server, people: &[guichet::access::Snapshot]) -> Result<(), Fault> {
        let owner: AccountId = people[0].account.id;
        if self == Self::Reactions {
            return jobs::run_due(&server.app).await;
        }
        let work = server.app.act(Actor::of(Who::Operator), async |tx| match self {
            Self::OtherSessions => authorization::end_account(tx, owner, None, EndReason::EndedByOwner).await.map(drop),
            Self::PasswordChanged => {
                account::set_password(tx, owner, "another hash", tx.now).await?;
                authorization::end_account(tx, owner, None, EndReason::PasswordChanged).await.map(drop)
            }
            Self::Alarm => authorization::secure(tx, owner).await,
            Self::SwitchedOff => {
                authorization::switch_off(tx, owner).await?;
                account::enable(tx, owner).await.map(drop)
            }
            Self::SignedOutByService => {
                authorization::end_account(tx, owner, None, EndReason::CustomerService).await.map(drop)
            }
            Self::MembershipDisabled => membership::disable(tx, people[0].membership.id).await.map(drop),
            Self::RanOut | Self::Reactions => session::end_run_out(tx).await.map(drop),
        });
        work.await
    }
}

/// Three sessions to end.
async fn begin_sessions(world: &World, people: &[guichet::access::Snapshot]) {
    let sessions = world.as_operator(async |tx| {
        for _ in 0..3 {
            let (account, membership) = (people[0].account.id, None);
            session::begin(tx, Begin { account, membership, user_agent: "", proof: Proof::password() }).await?;
        }
        Ok(())
    });
    sessions.await;
}

on_two_servers! {
    async fn no_two_endings_wait_for_each_other(world, second) {
        world.leaves_undelivered("endings go on until the last moment");
        let people = Arc::new(world.people("alice").await);
        for one in Ending::ALL {
            for other in Ending::ALL {
                begin_sessions(&world, &people).await;
                let rounds = (0..4).flat_map(|_| [(&*world, one), (&second, other)]);
                let struck = join_all(rounds.map(|(server, ending)| ending.strike(server, &people))).await;
                for result in struck {
                    assert!(result.is_ok(), "{one:?} beside {other:?}: {result:?}");
                }
            }
        }
    }
}
