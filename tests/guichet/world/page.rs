//! A small reader of our own HTML: elements with their attributes and text, in order, and the forms they stand in.

/// A page.
#[derive(Clone, Debug)]
pub struct Page(Vec<Element>);

/// An element.
#[derive(Clone, Debug)]
pub struct Element {
    /// Its name, in lower case.
    pub tag: String,
    attributes: Vec<(String, String)>,
    /// The text inside, tags left out.
    pub text: String,
    /// The form it stands in, by place in the page.
    form: Option<usize>,
}

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

const VOID: [&str; 8] = ["input", "meta", "link", "br", "img", "hr", "path", "circle"];

impl Page {
    /// Reads a page. What isn't well formed fails the test: we write these pages.
    pub fn read(html: &str) -> Self {
        let mut elements: Vec<Element> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let mut rest = html;
        while let Some(start) = rest.find('<') {
            tell(&mut elements, &open, &rest[..start]);
            let end =
                start + rest[start..].find('>').unwrap_or_else(|| panic!("a tag without end: {}", &rest[start..]));
            let tag = &rest[start + 1..end];
            rest = &rest[end + 1..];
            if let Some(name) = tag.strip_prefix('/') {
                let inner = open.pop().unwrap_or_else(|| panic!("</{name}> closes nothing"));
                assert_eq!(elements[inner].tag, name.trim(), "</{name}> closes another element");
            } else if !tag.starts_with('!') {
                let form = open.iter().rev().copied().find(|&index| elements[index].tag == "form");
                let element = Element::read(tag.trim_end_matches('/'), form);
                if !VOID.contains(&element.tag.as_str()) && !tag.ends_with('/') {
                    open.push(elements.len());
                }
                elements.push(element);
            }
        }
        assert!(open.is_empty(), "<{}> stays open", elements[open[0]].tag);
        Self(elements)
    }

    /// Every element.
    pub fn all(&self) -> &[Element] {
        &self.0
    }

    /// The element with that id; two of them fail the test.
    pub fn by_id(&self, id: &str) -> Option<&Element> {
        let mut found = self.0.iter().filter(|element| element.attribute("id") == Some(id));
        let first = found.next();
        assert!(found.next().is_none(), "two elements with the id {id}");
        first
    }

    /// The form that a button sends, its own name and value included.
    pub fn form_of(&self, button: &Element) -> Form {
        let index = button.form.expect("the button stands in no form");
        let form = &self.0[index];
        // A box that isn't ticked isn't sent.
        let is_sent = |field: &Element| match field.tag.as_str() {
            "input" => field.attribute("type") != Some("checkbox") || field.attribute("checked").is_some(),
            tag => tag == "select",
        };
        let fields = self.0.iter().enumerate().filter(|(_, element)| element.form == Some(index) && is_sent(element));
        let mut fields: Vec<(String, String)> = fields
            .filter_map(|(at, field)| Some((field.attribute("name")?.to_owned(), self.value_of(at, field))))
            .collect();
        if let Some(name) = button.attribute("name") {
            fields.push((name.to_owned(), button.attribute("value").unwrap_or_default().to_owned()));
        }
        let action = form.attribute("action").expect("the form has no action").to_owned();
        Form { action, posts: form.attribute("method") == Some("post"), fields }
    }

    /// What a field holds: of a choice, the option selected.
    fn value_of(&self, at: usize, field: &Element) -> String {
        let mut options = self.0[at + 1..].iter().take_while(|element| element.tag == "option");
        let holder = if field.tag == "select" {
            options.find(|option| option.attribute("selected").is_some())
        } else {
            Some(field)
        };
        holder.and_then(|holder| holder.attribute("value")).unwrap_or_default().to_owned()
    }

    /// Whether there is a box to tick by that name.
    pub fn has_box(&self, name: &str) -> bool {
        self.0
            .iter()
            .any(|element| element.attribute("type") == Some("checkbox") && element.attribute("name") == Some(name))
    }

    /// Every form, by its first button.
    pub fn forms(&self) -> Vec<Form> {
        let forms = self.0.iter().enumerate().filter(|(_, element)| element.tag == "form");
        let buttons = forms.filter_map(|(index, _)| {
            self.0.iter().find(|element| element.form == Some(index) && element.tag == "button")
        });
        buttons.map(|button| self.form_of(button)).collect()
    }
}

impl Form {
    /// A field's value.
    pub fn field(&self, name: &str) -> &str {
        let field = self.fields.iter().find(|(key, _)| key == name);
        field.map_or_else(|| panic!("no field {name}"), |(_, value)| value)
    }
}

impl Element {
    fn read(tag: &str, form: Option<usize>) -> Self {
        let (name, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                break;
            }
            let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
            let key = rest[..end].to_owned();
            rest = &rest[end..];
            let value = match rest.strip_prefix("=\"") {
                Some(quoted) => {
                    let (value, after) = quoted.split_once('"').expect("a value without end");
                    rest = after;
                    unescape(value)
                }
                None => String::new(),
            };
            attributes.push((key, value));
        }
        Self { tag: name.to_ascii_lowercase(), attributes, text: String::new(), form }
    }

    /// An attribute, unescaped.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Text belongs to every element that is open around it.
fn tell(elements: &mut [Element], open: &[usize], text: &str) {
    for &index in open {
        elements[index].text.push_str(&unescape(text));
    }
}

fn unescape(text: &str) -> String {
    let known = [
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&#60;", "<"),
        ("&gt;", ">"),
        ("&#62;", ">"),
    ];
    let text = known.iter().fold(text.to_owned(), |text, (written, meant)| text.replace(written, meant));
    text.replace("&#38;", "&").replace("&amp;", "&")
}

#[test]
fn forms_are_read_with_hidden_fields_and_the_button_pressed() {
    let page = Page::read(
        "<!doctype html><form method=\"post\" action=\"/a\"><input type=\"hidden\" name=\"csrf\" value=\"x&#38;y\">\
         <p>Which?</p><button name=\"company\" value=\"C-1\" id=\"one\">One</button><button name=\"company\" \
             value=\"C-2\" id=\"two\">Two</button></form>",
    );
    let form = page.form_of(page.by_id("two").unwrap());
    let fields = vec![("csrf".to_owned(), "x&y".to_owned()), ("company".to_owned(), "C-2".to_owned())];
    assert_eq!(form, Form { action: "/a".to_owned(), posts: true, fields });
    assert_eq!(page.all()[0].text, "Which?OneTwo");
}
