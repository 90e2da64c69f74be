//! Reads mails as a mail program does.

use data_encoding::BASE64;

/// A mail taken apart.
#[derive(Debug)]
pub struct Eml {
    /// Names in lower case, unfolded, in words.
    pub headers: Vec<(String, String)>,
    pub text: String,
    pub html: String,
}

impl Eml {
    pub fn read(raw: &str) -> Self {
        assert!(!raw.replace("\r\n", "").contains(['\r', '\n']), "every line ends in CR LF");
        assert!(raw.lines().all(|line| line.len() < 998 && line.is_ascii()), "every server takes these lines");
        let (head, body) = raw.split_once("\r\n\r\n").unwrap();
        let headers = headers(head);
        let kind = &headers.iter().find(|(name, _)| name == "content-type").unwrap().1;
        assert!(kind.starts_with("multipart/alternative"));
        let boundary = kind.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
        let parts: Vec<(String, String)> =
            body.split(&format!("--{boundary}")).skip(1).filter(|part| !part.starts_with("--")).map(part).collect();
        let of = |kind: &str| parts.iter().find(|(known, _)| known.starts_with(kind)).unwrap().1.clone();
        Self { text: of("text/plain"), html: of("text/html"), headers }
    }

    /// The one header of this name.
    pub fn header(&self, name: &str) -> &str {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        let (Some((_, value)), None) = (found.next(), found.next()) else { panic!("not one {name} in {self:?}") };
        value
    }

    /// Address, subject and text, in words.
    pub fn readable(raw: &str) -> String {
        let mail = Self::read(raw);
        format!("To: <{}>\nSubject: {}\n\n{}", mail.header("to"), mail.header("subject"), mail.text)
    }
}

fn headers(head: &str) -> Vec<(String, String)> {
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let pairs = unfolded.lines().map(|line| line.split_once(": ").unwrap_or_else(|| panic!("{line:?} is no header")));
    pairs.map(|(name, value)| (name.to_lowercase(), in_words(value))).collect()
}

/// RFC 2047, as far as UTF-8 in Base64.
fn in_words(value: &str) -> String {
    let mut bytes = Vec::new();
    for (nth, word) in value.split(' ').enumerate() {
        let encoded = word.strip_prefix("=?utf-8?b?").and_then(|rest| rest.strip_suffix("?="));
        match encoded {
            Some(encoded) => bytes.extend(BASE64.decode(encoded.as_bytes()).unwrap()),
            None => bytes.extend(if nth == 0 { word.to_owned() } else { format!(" {word}") }.bytes()),
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn part(raw: &str) -> (String, String) {
    let (head, body) = raw.trim_start().split_once("\r\n\r\n").unwrap();
    let headers = headers(head);
    let value = |name: &str| headers.iter().find(|(known, _)| known == name).unwrap().1.clone();
    assert!(value("content-type").to_lowercase().contains("charset=utf-8"));
    let bytes = match value("content-transfer-encoding").as_str() {
        "base64" => BASE64.decode(body.replace("\r\n", "").as_bytes()).unwrap(),
        "quoted-printable" => quoted_printable(body),
        "7bit" => body.as_bytes().to_vec(),
        other => panic!("{other} is no encoding that every server takes"),
    };
    (value("content-type"), String::from_utf8(bytes).unwrap().replace("\r\n", "\n"))
}

fn quoted_printable(body: &str) -> Vec<u8> {
    let joined = body.replace("=\r\n", "");
    let mut pieces = joined.split('=');
    let mut bytes = pieces.next().unwrap().as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        bytes.extend(piece[2..].bytes());
    }
    bytes
}
