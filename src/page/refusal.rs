//! A refusal: what you can't do now, why, what you can do, whom to ask, a reference. A stranger never sees it, since
//! the right password comes first (R-ADM-7).

use askama::Template;

use crate::access::{self, Condition, Met, Snapshot, StaffCondition};
use crate::app::App;
use crate::audit::{Deed, DeedKind};
use crate::base::actor::Who;
use crate::base::{Fault, Place};
use crate::http::refusal::{Attempted, ContactRefusal, Refusal, StaffRefusal};
use crate::http::{Caller, answer};

use super::frame::{Frame, HelpContact, Link, SignedIn};
use super::framed::Framed as _;

/// The page of a refusal. The reference that it shows stands in the trail, where Customer Service finds it.
pub(super) async fn page(app: &App, caller: &Caller, refusal: &Refusal) -> Result<RefusalPage, Fault> {
    let reference = answer::reference();
    remember(app, caller, refusal, &reference).await?;
    match refusal {
        Refusal::Contact(refused) => of_contact(app, caller, refused, reference).await,
        Refusal::Staff(refused) => of_staff(app, caller, refused, reference),
    }
}

async fn remember(app: &App, caller: &Caller, refusal: &Refusal, reference: &str) -> Result<(), Fault> {
    let deed = Deed::new(DeedKind::AccessRefused).reference(reference);
    let deed = deed.detail("wish", refusal.wish().name()).detail("unmet", refusal.unmet());
    let (who, deed) = match refusal.first() {
        (Some(account), Some(company)) => (Who::Account(account), deed.account(account).company(company)),
        (Some(account), None) => (Who::Account(account), deed.account(account)),
        (None, _) => (Who::Visitor, deed),
    };
    app.act(caller.acts_as(who), async |tx| tx.record(deed).await).await
}

async fn of_contact(
    app: &App,
    caller: &Caller,
    refused: &ContactRefusal,
    reference: String,
) -> Result<RefusalPage, Fault> {
    let mut frame = caller.frame(app)?;
    // Whoever is refused in a running session is named, and can sign out.
    if let Some((person, _)) = refused.people.first().filter(|_| refused.wish != Attempted::SignIn) {
        frame.person = Some(SignedIn { name: person.contact.full_name(), company: Some(person.company.name.clone()) });
    }
    let address = caller.address.map(|address| address.to_string());
    let policy = app.policy.load_full();
    let e_service = refused.e_service.as_ref().map(|code| policy.catalogue().name(code, frame.words.language()));
    let mut standing = Vec::new();
    for (person, judged) in &refused.people {
        let around = ConditionValues { company: &person.company.name, address: address.as_deref(), e_service };
        standing.extend(judged.conditions().map(|(condition, met)| ConditionRow::new(&frame, condition, met, around)));
    }
    let mut whom = administrators(app, &frame, &refused.people).await?;
    whom.push(HelpContact::customer_service(&frame));
    let links = if refused.others {
        vec![Link::to_place(Place::CompanyChoice, frame.say("refusal-other-company"))]
    } else {
        Vec::new()
    };
    Ok(RefusalPage { frame, wish: refused.wish.clone(), standing, links, whom, reference })
}

/// To one of the vendor's people the operators are whom to ask.
fn of_staff(app: &App, caller: &Caller, refused: &StaffRefusal, reference: String) -> Result<RefusalPage, Fault> {
    let mut frame = caller.frame(app)?;
    if refused.wish != Attempted::SignIn {
        frame.person = Some(SignedIn { name: refused.person.name.clone(), company: None });
    }
    let address = caller.address.map(|address| address.to_string());
    let conditions = refused.standing.conditions();
    let standing = conditions.map(|(one, met)| ConditionRow::of_staff(&frame, one, met, address.as_deref())).collect();
    let whom = vec![HelpContact::customer_service(&frame)];
    Ok(RefusalPage { frame, wish: refused.wish.clone(), standing, links: Vec::new(), whom, reference })
}

/// The companies' own administrators, where the cure lies with them.
async fn administrators(
    app: &App,
    frame: &Frame,
    people: &[(Snapshot, access::Verdict)],
) -> Result<Vec<HelpContact>, Fault> {
    let mut whom = Vec::new();
    for (person, standing) in people {
        if standing.unmet().into_iter().any(Condition::is_the_companys) {
            let administrators =
                app.look(async |view| access::administrators(&mut view.db, person.company.id).await).await?;
            let others = administrators.iter().filter(|administrator| administrator.account.id != person.account.id);
            whom.extend(others.map(|administrator| {
                HelpContact::administrator(frame, &administrator.contact.full_name(), &administrator.contact.email)
            }));
        }
    }
    Ok(whom)
}

/// The page that refuses, answered with 403.
#[derive(Debug, Template)]
#[template(path = "page/refusal.html")]
pub struct RefusalPage {
    /// What every page shares.
    pub frame: Frame,
    /// What the person can't do now.
    pub wish: Attempted,
    /// Every condition that counts here, met or not.
    pub standing: Vec<ConditionRow>,
    /// What the person can do by themselves; asking is always possible.
    pub links: Vec<Link>,
    /// Whom to ask.
    pub whom: Vec<HelpContact>,
    /// What Customer Service finds the refusal by.
    pub reference: String,
}

/// One condition, as the person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionRow {
    /// The condition.
    pub condition: &'static str,
    /// Whether it holds.
    pub met: Met,
    /// What it asks for, in a few words.
    pub label: String,
    /// Why it doesn't hold and whom to ask; for unmet conditions.
    pub sentence: String,
}

/// What the sentences of conditions name.
#[derive(Clone, Copy, Debug)]
pub struct ConditionValues<'a> {
    /// The person's company.
    pub company: &'a str,
    /// The address they come from, where it is known.
    pub address: Option<&'a str>,
    /// The e-service asked for, where there is one.
    pub e_service: Option<&'a str>,
}

impl ConditionRow {
    /// The condition in the person's words.
    pub fn new(frame: &Frame, condition: Condition, met: Met, around: ConditionValues<'_>) -> Self {
        let label = frame.say(&format!("access-{condition}-label"));
        let sentence = if met == Met::No { around.sentence(frame, condition) } else { String::new() };
        Self { condition: condition.as_str(), met, label, sentence }
    }

    /// A condition of staff, in their words.
    pub fn of_staff(frame: &Frame, condition: StaffCondition, met: bool, address: Option<&str>) -> Self {
        let label = frame.say(&format!("access-staff-{condition}-label"));
        let unknown = frame.say("access-address-unknown");
        let sentence =
            || frame.tell(&format!("access-staff-{condition}-person"), &[("address", address.unwrap_or(&unknown))]);
        let sentence = if met { String::new() } else { sentence() };
        Self { condition: condition.as_str(), met: met.into(), label, sentence }
    }
}

impl ConditionValues<'_> {
    fn sentence(self, frame: &Frame, condition: Condition) -> String {
        let unknown = frame.say("access-address-unknown");
        let values = [
            ("company", self.company),
            ("address", self.address.unwrap_or(&unknown)),
            ("service", self.e_service.unwrap_or_default()),
        ];
        frame.tell(&format!("access-{condition}-person"), &values)
    }
}

impl RefusalPage {
    fn title(&self) -> String {
        match &self.wish {
            Attempted::SignIn => self.frame.say("refusal-sign-in"),
            Attempted::Enter(name) => self.frame.tell("refusal-enter", &[("client", name.as_str())]),
            Attempted::Page => self.frame.say("refusal-page"),
        }
    }

    fn subject(&self) -> String {
        self.frame.tell(
            "refusal-mail-subject",
            &[("service", self.frame.brand.name.as_str()), ("reference", self.reference.as_str())],
        )
    }
}
