//! Our own HTML as a browser reads it: what CSS selectors find in it, and its forms as they would be sent.

use std::collections::BTreeSet;

use scraper::{ElementRef, Html, Selector};

/// A page.
pub struct Page(Html);

/// A form as a browser would send it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Where it goes.
    pub action: String,
    /// Whether by POST.
    pub posts: bool,
    /// Its fields with the values they have.
    pub fields: Vec<(String, String)>,
}

impl Page {
    /// Reads a page. What isn't well formed fails the test: we write these pages.
    pub fn read(html: &str) -> Self {
        // A filter repeats a NUL that was typed, which browsers show so. What is for browsers without scripts is read,
        // too.
        let read = html.replace('\0', "\u{fffd}").replace("noscript>", "div>");
        let page = Self(Html::parse_document(&read));
        assert!(page.0.errors.is_empty(), "{:?}: {html}", page.0.errors);
        // A browser itself closes paragraphs and rows that are left open, which may be elsewhere than was meant.
        let closed = page.all(":not(meta, link, input, br, img, hr, svg *)").len();
        assert_eq!(html.matches("</").count(), closed, "an element stays open: {html}");
        let ids = page.attributes("[id]", "id");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "two elements with one id: {ids:?}");
        page
    }

    /// The elements that a CSS selector finds, in their order.
    pub fn all(&self, css: &str) -> Vec<ElementRef<'_>> {
        self.0.select(&selector(css)).collect()
    }

    fn first(&self, css: &str) -> ElementRef<'_> {
        self.all(css).into_iter().next().unwrap_or_else(|| panic!("no {css} in {}", self.0.html()))
    }

    /// Whether there is an element with that id.
    pub fn has(&self, id: &str) -> bool {
        !self.all(&format!("#{id}")).is_empty()
    }

    /// Whether there is a box to tick by that name.
    pub fn has_box(&self, name: &str) -> bool {
        !self.all(&format!("[type=checkbox][name={name}]")).is_empty()
    }

    /// That attribute of each element found that has it.
    pub fn attributes(&self, css: &str, name: &str) -> Vec<String> {
        self.all(css).iter().filter_map(|element| element.attr(name)).map(str::to_owned).collect()
    }

    /// That attribute of the first element found.
    pub fn attribute(&self, css: &str, name: &str) -> String {
        self.first(css).attr(name).unwrap_or_else(|| panic!("{css} has no {name}")).to_owned()
    }

    /// The text inside the first element found, tags left out.
    pub fn text(&self, css: &str) -> String {
        self.first(css).text().collect()
    }

    /// The text inside each element found.
    pub fn texts(&self, css: &str) -> Vec<String> {
        self.all(css).iter().map(|element| element.text().collect()).collect()
    }

    /// The values of one field in the forms that go to that path.
    pub fn values(&self, path: &str, field: &str) -> Vec<String> {
        self.attributes(&format!("form[action={path:?}] [name={field}]"), "value")
    }

    /// The form that the first button found sends.
    pub fn form_of(&self, button: &str) -> Form {
        Form::of(self.first(button))
    }

    /// Every form, by its first button.
    pub fn forms(&self) -> Vec<Form> {
        let button = selector("button");
        self.all("form").iter().filter_map(|form| form.select(&button).next()).map(Form::of).collect()
    }
}

impl Form {
    /// As that button sends it, its own name and value included.
    fn of(button: ElementRef<'_>) -> Self {
        let mut around = button.ancestors().filter_map(ElementRef::wrap);
        let form = around.find(|element| element.value().name() == "form").expect("the button stands in no form");
        // A box that isn't ticked isn't sent.
        let sent = selector("input:not([type=checkbox], [type=radio]), input[checked], select");
        let fields = form.select(&sent).chain([button]);
        Self {
            action: form.attr("action").expect("the form has no action").to_owned(),
            posts: form.attr("method") == Some("post"),
            fields: fields.filter_map(|field| Some((field.attr("name")?.to_owned(), value_of(field)))).collect(),
        }
    }

    /// A field's value.
    pub fn field(&self, name: &str) -> &str {
        let field = self.fields.iter().find(|(key, _)| key == name);
        field.map_or_else(|| panic!("no field {name}"), |(_, value)| value)
    }
}

fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap_or_else(|error| panic!("{css}: {error}"))
}

/// What a field holds: of a choice, the option selected, or the first.
fn value_of(field: ElementRef<'_>) -> String {
    let selected = field.select(&selector("option[selected]")).next();
    let holder = selected.or_else(|| field.select(&selector("option")).next()).unwrap_or(field);
    holder.attr("value").unwrap_or_default().to_owned()
}

fn with(body: &str) -> Page {
    let head = "<!doctype html><html lang=\"en\"><head><title>x</title></head>";
    Page::read(&format!("{head}<body>{body}</body></html>"))
}

#[test]
fn forms_are_read_with_hidden_fields_choices_and_the_button_pressed() {
    let page = with(
        "<form method=\"post\" action=\"/a\"><input type=\"hidden\" name=\"csrf\" value=\"x&#38;y\"><p>Which?</p>\
         <input type=\"checkbox\" name=\"no\" value=\"on\"><input type=\"checkbox\" name=\"yes\" value=\"on\" checked>\
         <select name=\"first\"><option value=\"1\"></option><option value=\"2\"></option></select>\
         <select name=\"second\"><option value=\"1\"></option><option value=\"2\" selected></option></select>\
         <button name=\"company\" value=\"C-1\">One</button>\
         <button name=\"company\" value=\"C-2\" id=\"two\">Two</button></form>",
    );
    let fields = [("csrf", "x&y"), ("yes", "on"), ("first", "1"), ("second", "2"), ("company", "C-2")];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    assert_eq!(page.form_of("#two"), Form { action: "/a".to_owned(), posts: true, fields });
    assert_eq!(page.text("form"), "Which?OneTwo");
}

#[test]
fn a_page_that_is_not_well_formed_fails() {
    for body in ["<p", "<p>x", "</p>", "<i><b></i></b>", "<ul><li>x</ul>", "<i id=\"x\"></i><b id=\"x\"></b>"] {
        assert!(std::panic::catch_unwind(|| with(body)).is_err(), "{body}");
    }
}
