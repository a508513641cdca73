//! What files say, and how bad ones are told.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use encoding_rs::WINDOWS_1252;
use proptest::prelude::*;

use crate::base::{EServiceCode, Email, Language, Networks, Timestamp};
use crate::directory::import::{File, FileKind, FileRefused, ImportedCompany, ImportedContact, Rows, Told, read};

const HEADER: &str =
    "company_ref,ref,last_name,first_name,email,phone,mobile,type,title,language,newsletter,branch,active";

fn contacts(text: &str) -> File {
    read("contacts.csv", format!("{HEADER}\n{text}").as_bytes()).unwrap()
}

fn refused(text: &str) -> String {
    read("f.csv", text.as_bytes()).unwrap_err().to_string()
}

fn contact_rows(file: &File) -> Vec<&ImportedContact> {
    let Rows::Contacts(lines) = &file.rows else { panic!("a companies file") };
    lines.iter().map(|line| &line.row).collect()
}

#[test]
fn the_demo_files_are_clean() {
    let companies = read("companies.csv", include_bytes!("../../demo/companies.csv")).unwrap();
    let contacts = read("contacts.csv", include_bytes!("../../demo/contacts.csv")).unwrap();
    assert_eq!((companies.kind(), contacts.kind()), (FileKind::Companies, FileKind::Contacts));
    assert!(companies.rejections.is_empty() && contacts.rejections.is_empty());
    assert_eq!(contact_rows(&contacts).len(), 15);
}

#[test]
fn encodings_delimiters_and_ends_of_lines_say_the_same() {
    let text = "Ref;NAME;first_order_at;accounting_validated_at;\nC-1;\"Société; \
        \"\"Été\"\"\";;2026-01-31;\n\n;;;;\nC-2;L'Œuvre;2026-01-31T08:30:00+01:00;;\n";
    let plain = read("f", text.as_bytes()).unwrap();
    let Rows::Companies(lines) = &plain.rows else { panic!("a contacts file") };
    assert_eq!(lines[0].row.name, "Société; \"Été\"");
    assert_eq!(lines[0].row.accounting_validated_at, Timestamp::parse("2026-01-31"));
    assert_eq!(lines[0].row.blocked, Told::Nothing);
    assert_eq!((lines[1].number, lines[1].row.first_order_at), (5, Timestamp::parse("2026-01-31T07:30:00Z")));
    let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
    assert_eq!(read("f", &marked).unwrap(), plain);
    assert_eq!(read("f", &WINDOWS_1252.encode(text).0).unwrap(), plain);
    assert_eq!(read("f", text.replace('\n', "\r\n").as_bytes()).unwrap(), plain);
    assert_eq!(read("f", text.replace('\n', "\r").as_bytes()).unwrap(), plain);
}

#[test]
fn a_bad_row_is_named_by_the_line_it_begins_on_the_column_and_what_to_do() {
    let file = contacts(
        "C-1,K-1,\"Du\r\nrand\",Alice,alice@d.example,+33199001234,,,,fr,x,,oui\n\
         \n\
         C-1,K-2,Perrin,Bruno,bruno,+33199001234,,,,,,,1\n\
         C-1,K-3,Perrin,\"B\nr\nuno\",b@d.example,,,,,,,,1\n\
         C-1,K-4,Perrin,Bruno,b@d.example,+33199001234,,,,de,,,1\n\
         C-1,K-5,Perrin\n\
         C-1,K-1,Perrin,Bruno,c@d.example,=1+1,,,,,,,1\n\
         C-1,K-1,Perrin,Bruno,c@d.example,01 99 00,,,,,,,1\n\
         C-1,K-6,Perrin,Bruno,ALICE@d.example,,01 99 00,,,,,,1\n\
         C-1,K 7,Perrin,\u{202e}Bruno,e@d.example,01 99 00,,,,,peut-être,,1\n",
    );
    let alice = contact_rows(&file)[0];
    assert_eq!(
        (alice.last_name.as_str(), &alice.newsletter, &alice.active),
        ("Du rand", &Told::Value(true), &Told::Value(true))
    );
    let told: Vec<String> = file.rejections.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 5, email: `bruno` is no email address: write one, like alice@company.example",
            "line 6, phone: is empty, and so is mobile: every contact needs one of the two (R-DIR-2)",
            "line 9, language: Guichet doesn't speak `de`: write fr or en, or leave it empty",
            "line 10: has 3 cells where the first line has 13: check its delimiters and quotes",
            "line 11, phone: `=1+1` is no phone number: write digits, blanks and + ( ) . - /, like +33 1 99 00 12 34",
            "line 12, ref: is the same as on line 2: keep one of the two rows",
            "line 13, email: is the same as on line 2: keep one of the two rows",
            "line 14, ref: `K 7` has a blank or an invisible character: remove it",
        ]
    );
    let trusted: Vec<_> = file.rejections.iter().map(|rejection| rejection.reference.as_deref()).collect();
    assert_eq!(trusted[..4], [Some("K-2"), None, Some("K-4"), None], "a torn row's ref isn't trusted");
}

#[test]
fn a_file_that_is_none_is_refused_with_what_to_do() {
    assert_eq!(refused(""), "the file is empty: its first line must name the columns");
    assert!(
        refused("hello\nworld")
            .starts_with("the first line names no columns of a companies or contacts file: it must be `ref,name,")
    );
    assert_eq!(
        refused(&HEADER.replace("last_name", "lastname")),
        "column `lastname` is not known; did you mean `last_name`? Correct or remove it"
    );
    assert_eq!(
        refused("ref,name,first_order_at"),
        "missing column `accounting_validated_at`: add it to the first line and to every row"
    );
    assert_eq!(
        refused("company_ref,ref,last_name,first_name,email"),
        "missing columns `phone`, `mobile`: add them to the first line and to every row"
    );
    assert_eq!(refused("ref,name,Name,first_order_at"), "column `name` stands twice: remove one");
    assert_eq!(
        refused(&format!("{HEADER}\nC-1,K-1,\"Durand,Alice\n\n")),
        "line 2: a quote opens here and never closes: close it, or double it if it belongs to the text"
    );
    assert!(refused("ref,name\nC\0,x").starts_with("line 2: the file has a NUL character"));
    assert_eq!(read("f", b"\xFF\xFEr\0e\0f\0"), Err(FileRefused::Utf16));
}

#[test]
fn lists_in_cells_are_checked_one_by_one() {
    let row = |cells: &str| {
        let text = format!(
            "ref,name,accounting_validated_at,first_order_at,branches,e_services,networks\nC-1,Durand,,,{cells}\n"
        );
        let file = read("f", text.as_bytes()).unwrap();
        file.rejections.first().map(ToString::to_string)
    };
    assert_eq!(row("PAR:Paris|LYO: Lyon ,eligibilite|fci,192.0.2.0/24|2001:db8::/32"), None);
    for (cells, column) in
        [("Paris,,", "branches"), ("P:A|P:B,,", "branches"), (",Fibre,", "e_services"), (",,192.0.2.0/33", "networks")]
    {
        assert!(row(cells).is_some_and(|told| told.starts_with(&format!("line 2, {column}: "))), "{cells}");
    }
}

/// A word that both encodings can write.
fn word() -> impl Strategy<Value = String> {
    "[A-Za-zÀÂÇÉÈÊËÎÏÔÙÛÜŒàâçéèêëîïôùûüœ'’;,\"=@+|:-]{1,12}( [a-zé\",;]{1,8})?"
}

fn reference() -> impl Strategy<Value = String> {
    "[A-Z0-9;,\"_.-]{1,10}"
}

fn phone() -> impl Strategy<Value = Option<String>> {
    prop::option::of("\\+?[0-9]{3,8}( [0-9]{2}){0,3}")
}

prop_compose! {
    fn contact()(
        (company_ref, last_name, first_name) in (reference(), word(), word()),
        (phone, mobile) in (phone(), "0[67] [0-9]{8}"),
        (kind, title, branch) in (prop::option::of(word()), prop::option::of(word()), prop::option::of("[A-Z]{3}")),
        language in prop::option::of(prop::sample::select(Language::ALL.to_vec())),
        (newsletter, active) in (any::<bool>(), any::<bool>()),
    ) -> ImportedContact {
        ImportedContact {
            company_ref,
            reference: String::new(),
            last_name,
            first_name,
            email: Email::parse("a@b.example").unwrap(),
            phone,
            mobile: Some(mobile),
            kind: Told::Value(kind),
            title: Told::Value(title),
            language: Told::Value(language),
            newsletter: Told::Value(newsletter),
            branch: Told::Value(branch),
            active: Told::Value(active),
        }
    }
}

prop_compose! {
    fn company()(
        (name, blocked) in (word(), any::<bool>()),
        times in prop::array::uniform2(prop::option::of(0_i64..4_000_000_000_000)),
        branches in prop::collection::btree_map("[A-Z]{3}", "[A-Za-zé]{1,9}( [A-Z;,\"]{1,3})?", 0..4),
        e_services in prop::collection::btree_set("[a-z][a-z0-9-]{0,12}", 0..4),
        networks in prop::collection::vec(any::<std::net::Ipv4Addr>(), 0..3),
    ) -> ImportedCompany {
        let networks: Vec<String> = networks.iter().map(ToString::to_string).collect();
        ImportedCompany {
            reference: String::new(),
            name,
            blocked: Told::Value(blocked),
            branches: Told::Value(branches),
            accounting_validated_at: times[0].map(Timestamp::from_millis),
            first_order_at: times[1].map(Timestamp::from_millis),
            e_services: Told::Value(e_services.iter().map(|code| EServiceCode::parse(code).unwrap()).collect()),
            networks: Told::Value(Networks::parse(&networks.join(" ")).unwrap()),
        }
    }
}

fn told<T: Clone + Default>(told: &Told<T>) -> T {
    told.over(T::default())
}

fn contact_cells(row: &ImportedContact) -> Vec<String> {
    let flag = |value: &Told<bool>| if told(value) { "1" } else { "0" }.to_owned();
    let text = |value: &Told<Option<String>>| told(value).unwrap_or_default();
    let language = told(&row.language).map(Language::code).unwrap_or_default().to_owned();
    let (phone, mobile) = (row.phone.clone().unwrap_or_default(), row.mobile.clone().unwrap_or_default());
    let identity = [
        row.company_ref.clone(),
        row.reference.clone(),
        row.last_name.clone(),
        row.first_name.clone(),
        row.email.to_string(),
    ];
    let rest = [
        phone,
        mobile,
        text(&row.kind),
        text(&row.title),
        language,
        flag(&row.newsletter),
        text(&row.branch),
        flag(&row.active),
    ];
    identity.into_iter().chain(rest).collect()
}

fn company_cells(row: &ImportedCompany) -> Vec<String> {
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
    let branches: BTreeMap<String, String> = told(&row.branches);
    let branches: Vec<String> = branches.iter().map(|(code, name)| format!("{code}:{name}")).collect();
    let e_services: BTreeSet<EServiceCode> = told(&row.e_services);
    let e_services: Vec<&str> = e_services.iter().map(EServiceCode::as_str).collect();
    let networks: Vec<String> = told(&row.networks).iter().map(ToString::to_string).collect();
    let blocked = if told(&row.blocked) { "oui" } else { "non" }.to_owned();
    let times = (time(row.accounting_validated_at), time(row.first_order_at));
    vec![
        row.reference.clone(),
        row.name.clone(),
        times.0,
        times.1,
        blocked,
        branches.join("|"),
        e_services.join("|"),
        networks.join("|"),
    ]
}

/// Writes a file as ERPs do, in the delimiter, end of line and encoding asked for.
fn written(header: &str, rows: &[Vec<String>], (semicolon, crlf, ansi): (bool, bool, bool)) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new();
    writer.delimiter(if semicolon { b';' } else { b',' });
    writer.terminator(if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') });
    let mut writer = writer.from_writer(Vec::new());
    writer.write_record(header.split(',')).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
    let encoded = WINDOWS_1252.encode(&text).0;
    // A few accented letters in Windows-1252 can be UTF-8 by chance: nobody could tell them apart, so they aren't asked
    // for.
    let tellable = encoded.is_ascii() || std::str::from_utf8(&encoded).is_err();
    if ansi && tellable { encoded.into_owned() } else { text.into_bytes() }
}

proptest! {
    #[test]
    fn contacts_are_read_as_they_were_written(
        mut rows in prop::collection::vec(contact(), 1..8),
        how: (bool, bool, bool),
    ) {
        for (n, row) in rows.iter_mut().enumerate() {
            row.reference = format!("K-{n}");
            row.email = Email::parse(&format!("p{n}@b.example")).unwrap();
        }
        let cells: Vec<_> = rows.iter().map(contact_cells).collect();
        let file = read("f", &written(HEADER, &cells, how)).unwrap();
        prop_assert_eq!(&file.rejections, &[]);
        prop_assert_eq!(contact_rows(&file), rows.iter().collect::<Vec<_>>());
    }

    #[test]
    fn companies_are_read_as_they_were_written(
        mut rows in prop::collection::vec(company(), 1..8),
        how: (bool, bool, bool),
    ) {
        rows.iter_mut().enumerate().for_each(|(n, row)| row.reference = format!("C-{n}"));
        let cells: Vec<_> = rows.iter().map(company_cells).collect();
        let header = "ref,name,accounting_validated_at,first_order_at,blocked,branches,e_services,networks";
        let file = read("f", &written(header, &cells, how)).unwrap();
        prop_assert_eq!(&file.rejections, &[]);
        let Rows::Companies(lines) = file.rows else { panic!("a contacts file") };
        prop_assert_eq!(lines.into_iter().map(|line| line.row).collect::<Vec<_>>(), rows);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>, under_a_header: bool) {
        let mut file = if under_a_header { format!("{HEADER}\n").into_bytes() } else { Vec::new() };
        file.extend(bytes);
        let _ = read("f", &file);
    }

    #[test]
    fn any_cells_are_accepted_or_named_with_their_line(
        rows in prop::collection::vec(prop::collection::vec("[a-z0-9\",;\r\n@. é|:=+-]{0,9}", 13), 0..6),
    ) {
        let file = read("f", &written(HEADER, &rows, (false, false, false))).unwrap();
        let blank = |row: &&Vec<String>| row.iter().all(|cell| cell.trim().is_empty());
        let filled = rows.len() - rows.iter().filter(blank).count();
        prop_assert_eq!(contact_rows(&file).len() + file.rejections.len(), filled);
    }

    #[test]
    fn a_row_stands_where_it_stands(cells in prop::collection::vec("[a\n\r]{0,4}", 1..6), blanks in 0_usize..3) {
        let mut text = format!("{HEADER}\n");
        for cell in &cells {
            text.push_str(&"\r\n".repeat(blanks));
            writeln!(text, "\"x{cell}\"").unwrap();
        }
        let file = read("f", text.as_bytes()).unwrap();
        let ends = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n").matches('\n').count() as u64;
        let mut line = 2;
        for (cell, rejection) in cells.iter().zip(&file.rejections) {
            line += blanks as u64;
            prop_assert_eq!(rejection.line, line);
            line += 1 + ends(cell);
        }
    }
}
