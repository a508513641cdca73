//! An invoice or a credit note as a PDF of one page, in French: it is the vendor's accounting record.

use crate::invoices::invoice::{Invoice, Kind, Line, Recipient, VAT};
use crate::invoices::pdf::{Page, Style};
use crate::layout::format::{Day, amount};
use crate::layout::language::Language;
use crate::layout::words::FRENCH;

const LEFT: f32 = 56.0;
const RIGHT: f32 = 539.0;
/// Right edges of the columns quantity, unit price and amount.
const QUANTITY: f32 = 368.0;
const UNIT: f32 = 455.0;
const TEAL: (f32, f32, f32) = (0.043, 0.361, 0.42);

const VENDOR: [&str; 4] = [
    "Opale Réseaux",
    "14 quai des Arènes, 69009 Lyon",
    "service.clients@guichet.example",
    "TVA intracommunautaire FR 00 000 000 000",
];

/// Draws the document.
pub fn draw(invoice: &Invoice, lines: &[Line], recipient: &Recipient) -> Vec<u8> {
    let mut page = Page::new();
    letterhead(&mut page);
    address(&mut page, recipient);
    heading(&mut page, invoice);
    let y = table(&mut page, lines);
    let y = sums(&mut page, invoice, y);
    closing(&mut page, invoice, y);
    footer(&mut page);
    page.finish(&format!("{} {}", kind(invoice), invoice.reference))
}

fn letterhead(page: &mut Page) {
    page.block((LEFT, 52.0), (26.0, 26.0), TEAL);
    page.text((LEFT + 38.0, 70.0), Style::bold(17.0), VENDOR[0]);
    for (y, line) in [92.0, 105.0, 118.0].into_iter().zip(&VENDOR[1..]) {
        page.text((LEFT, y), Style::quiet(9.0), line);
    }
}

fn address(page: &mut Page, recipient: &Recipient) {
    let x = 330.0;
    page.text((x, 148.0), Style::bold(11.0), &recipient.name);
    page.text((x, 164.0), Style::plain(10.5), &recipient.street);
    page.text((x, 179.0), Style::plain(10.5), &recipient.town);
    page.text((x, 197.0), Style::quiet(9.0), &format!("Référence client {}", recipient.company));
}

fn heading(page: &mut Page, invoice: &Invoice) {
    page.text((LEFT, 252.0), Style::bold(20.0), &format!("{} n° {}", kind(invoice), invoice.reference));
    let mut facts = vec![("Date", words(invoice.issued_on))];
    match invoice.kind {
        Kind::Invoice => facts.push(("Échéance", words(invoice.due_on))),
        Kind::CreditNote => {}
    }
    if let Some(corrected) = &invoice.corrects {
        facts.push(("Facture concernée", corrected.clone()));
    }
    if let Some(branch) = &invoice.branch {
        facts.push(("Agence", branch.clone()));
    }
    let mut x = LEFT;
    for (label, value) in facts {
        page.text((x, 277.0), Style::quiet(8.5), label);
        page.text((x, 292.0), Style::plain(10.5), &value);
        x += 125.0;
    }
}

/// Returns where the table ends.
fn table(page: &mut Page, lines: &[Line]) -> f32 {
    let mut y = 334.0;
    page.text((LEFT, y), Style::bold(9.0), "Désignation");
    page.text_ending((QUANTITY, y), Style::bold(9.0), "Quantité");
    page.text_ending((UNIT, y), Style::bold(9.0), "Prix unitaire HT");
    page.text_ending((RIGHT, y), Style::bold(9.0), "Montant HT");
    page.rule((LEFT, RIGHT), y + 8.0, 1.0);
    y += 26.0;
    for line in lines {
        page.text((LEFT, y), Style::plain(10.0), &line.label);
        page.text_ending((QUANTITY, y), Style::plain(10.0), &line.quantity.to_string());
        page.text_ending((UNIT, y), Style::plain(10.0), &euros(line.unit));
        page.text_ending((RIGHT, y), Style::plain(10.0), &euros(line.quantity * line.unit));
        page.rule((LEFT, RIGHT), y + 8.0, 0.5);
        y += 24.0;
    }
    y
}

/// Returns where the sums end.
fn sums(page: &mut Page, invoice: &Invoice, mut y: f32) -> f32 {
    y += 10.0;
    let vat = format!("TVA {VAT} %");
    for (label, value) in [("Total HT", invoice.net), (&vat, invoice.vat())] {
        page.text((UNIT - 100.0, y), Style::plain(10.0), label);
        page.text_ending((RIGHT, y), Style::plain(10.0), &euros(value));
        y += 18.0;
    }
    page.rule((UNIT - 100.0, RIGHT), y - 8.0, 1.0);
    page.text((UNIT - 100.0, y + 8.0), Style::bold(12.0), "Total TTC");
    page.text_ending((RIGHT, y + 8.0), Style::bold(12.0), &euros(invoice.gross()));
    y + 48.0
}

fn closing(page: &mut Page, invoice: &Invoice, y: f32) {
    let sentence = match invoice.kind {
        Kind::Invoice => format!(
            "À régler par virement avant le {}, en rappelant le numéro {}.",
            words(invoice.due_on),
            invoice.reference
        ),
        Kind::CreditNote => "Cet avoir sera déduit de votre prochaine facture.".to_owned(),
    };
    page.text((LEFT, y), Style::plain(10.0), &sentence);
    if let Some(paid) = invoice.paid_on.clone().and_then(|text| Day::try_from(text).ok()) {
        page.text((LEFT, y + 16.0), Style::bold(10.0), &format!("Réglée le {}.", words(paid)));
    }
}

fn footer(page: &mut Page) {
    let y = 792.0;
    page.rule((LEFT, RIGHT), y - 14.0, 0.5);
    page.text(
        (LEFT, y),
        Style::quiet(8.0),
        "Opale Réseaux, société fictive du portail d’exemple de Guichet. \
         Pénalités de retard : trois fois le taux légal.",
    );
}

fn kind(invoice: &Invoice) -> &'static str {
    match invoice.kind {
        Kind::Invoice => "Facture",
        Kind::CreditNote => "Avoir",
    }
}

fn euros(cents: i64) -> String {
    amount(cents, Language::Fr)
}

fn words(day: Day) -> String {
    day.words(&FRENCH)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use encoding_rs::WINDOWS_1252;

    use super::*;

    fn day(text: &str) -> Day {
        Day::try_from(text.to_owned()).expect("a date")
    }

    #[test]
    fn an_invoice_is_a_pdf_of_one_page_with_its_number_and_sums() {
        let invoice = Invoice {
            reference: "F-220314".into(),
            branch: Some("LYO".into()),
            kind: Kind::Invoice,
            issued_on: day("2026-03-01"),
            due_on: day("2026-03-31"),
            paid_on: None,
            corrects: None,
            net: 123_450,
        };
        let lines = [Line { label: "Accès Just Fibre, abonnement mensuel".into(), quantity: 30, unit: 4_115 }];
        let recipient = Recipient {
            company: "C-1001".into(),
            name: "Durand Télécom".into(),
            street: "8 rue de la République".into(),
            town: "75011 Paris".into(),
        };
        let pdf = draw(&invoice, &lines, &recipient);
        assert!(pdf.starts_with(b"%PDF-1.7"));
        let has = |text: &str| shows(&pdf, text);
        assert!(has("Facture n° F-220314"), "the number");
        assert!(has("1\u{a0}234,50\u{a0}€"), "the net sum, in the French format");
        assert!(has("1\u{a0}481,40\u{a0}€"), "the sum with VAT");
    }

    /// Strings beyond ASCII stand in the document as hexadecimal figures.
    fn shows(pdf: &[u8], text: &str) -> bool {
        let mut figures = String::new();
        for byte in WINDOWS_1252.encode(text).0.iter() {
            write!(figures, "{byte:02X}").expect("writing to a string");
        }
        pdf.windows(figures.len()).any(|window| window == figures.as_bytes())
    }
}
