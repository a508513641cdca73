//! One A4 page of text and lines in Helvetica, which every reader has, encoded as WinAnsi. It knows nothing of
//! invoices.

use encoding_rs::WINDOWS_1252;
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

pub const WIDTH: f32 = 595.28;
pub const HEIGHT: f32 = 841.89;

/// The widths of Helvetica's glyphs from the space (32) to the tilde (126), in thousandths of the size.
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];

/// The same of Helvetica-Bold.
const BOLD_WIDTHS: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611,
    556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389,
    280, 389, 584,
];

/// How a piece of text looks.
#[derive(Clone, Copy)]
pub struct Style {
    pub size: f32,
    pub bold: bool,
    /// Darkness of the ink: 0 is black, 1 is white.
    pub grey: f32,
}

impl Style {
    pub const fn plain(size: f32) -> Self {
        Self { size, bold: false, grey: 0.1 }
    }

    pub const fn bold(size: f32) -> Self {
        Self { size, bold: true, grey: 0.1 }
    }

    pub const fn quiet(size: f32) -> Self {
        Self { size, bold: false, grey: 0.4 }
    }
}

/// A page being drawn. Positions are in points from the upper left corner, as one reads.
pub struct Page {
    content: Content,
}

impl Page {
    pub fn new() -> Self {
        Self { content: Content::new() }
    }

    /// Writes one line of text that starts at `x`, with its baseline at `y`.
    pub fn text(&mut self, (x, y): (f32, f32), style: Style, text: &str) {
        let font = if style.bold { Name(b"Bold") } else { Name(b"Plain") };
        self.content.set_fill_gray(style.grey);
        self.content.begin_text().set_font(font, style.size).next_line(x, HEIGHT - y);
        self.content.show(Str(&win_ansi(text))).end_text();
    }

    /// Writes one line of text that ends at `x`.
    pub fn text_ending(&mut self, (x, y): (f32, f32), style: Style, text: &str) {
        self.text((x - width(text, style), y), style, text);
    }

    /// A horizontal line.
    pub fn rule(&mut self, (from, to): (f32, f32), y: f32, thickness: f32) {
        self.content.set_stroke_gray(0.75).set_line_width(thickness);
        self.content.move_to(from, HEIGHT - y).line_to(to, HEIGHT - y).stroke();
    }

    /// A filled rectangle with its upper left corner at `(x, y)`.
    pub fn block(&mut self, (x, y): (f32, f32), (width, height): (f32, f32), colour: (f32, f32, f32)) {
        let (red, green, blue) = colour;
        self.content.set_fill_rgb(red, green, blue);
        self.content.rect(x, HEIGHT - y - height, width, height).fill_nonzero();
    }

    /// The finished document.
    pub fn finish(self, title: &str) -> Vec<u8> {
        let [catalog, tree, page, plain, bold, content, about] = [1, 2, 3, 4, 5, 6, 7].map(Ref::new);
        let mut pdf = Pdf::new();
        pdf.catalog(catalog).pages(tree).lang(TextStr("fr-FR")).viewer_preferences().display_doc_title(true);
        pdf.pages(tree).kids([page]).count(1);
        let mut sheet = pdf.page(page);
        sheet.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(tree).contents(content);
        sheet.resources().fonts().pair(Name(b"Plain"), plain).pair(Name(b"Bold"), bold);
        sheet.finish();
        for (font, name) in [(plain, Name(b"Helvetica")), (bold, Name(b"Helvetica-Bold"))] {
            pdf.type1_font(font).base_font(name).encoding_predefined(Name(b"WinAnsiEncoding"));
        }
        pdf.stream(content, &self.content.finish());
        pdf.document_info(about).title(TextStr(title)).producer(TextStr("Guichet sample portal"));
        pdf.finish()
    }
}

/// The width of a text in points.
pub fn width(text: &str, style: Style) -> f32 {
    let thousandths: u16 = text.chars().map(|letter| glyph_width(letter, style.bold)).sum();
    f32::from(thousandths) / 1000.0 * style.size
}

/// An accented letter is as wide as its letter; what isn't a letter of the tables is as wide as a digit.
fn glyph_width(letter: char, bold: bool) -> u16 {
    let plain = match letter {
        'à' | 'â' | 'ä' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' | 'ö' => 'o',
        'ù' | 'û' | 'ü' => 'u',
        'À' | 'Â' => 'A',
        'Ç' => 'C',
        'È' | 'É' | 'Ê' => 'E',
        '’' => '\'',
        '\u{a0}' => ' ',
        other => other,
    };
    let widths = if bold { &BOLD_WIDTHS } else { &WIDTHS };
    let index = u32::from(plain).checked_sub(32).and_then(|index| usize::try_from(index).ok());
    index.and_then(|index| widths.get(index)).copied().unwrap_or(556)
}

/// WinAnsi is Windows-1252; a character that it lacks becomes a question mark.
fn win_ansi(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut buffer = [0; 4];
    for letter in text.chars() {
        let (encoded, _, lost) = WINDOWS_1252.encode(letter.encode_utf8(&mut buffer));
        if lost { bytes.push(b'?') } else { bytes.extend_from_slice(&encoded) }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_letters_and_the_euro_sign_are_win_ansi() {
        assert_eq!(win_ansi("Été’ 1\u{a0}€"), b"\xc9t\xe9\x92 1\xa0\x80");
        assert_eq!(win_ansi("\u{202f}漢"), b"??");
    }

    #[test]
    fn figures_are_equally_wide_in_plain_and_bold() {
        let text = "1\u{a0}234,50\u{a0}€";
        let difference = width(text, Style::plain(10.0)) - width(text, Style::bold(10.0));
        assert!(difference.abs() < f32::EPSILON);
    }
}
