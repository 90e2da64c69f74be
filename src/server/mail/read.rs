//! Mails of our own, read again for the operator.

use data_encoding::BASE64;

/// Address, subject and text of a mail that `envelope` wrote; as it is where it cannot be read.
pub fn readable(mail: &str) -> String {
    let header = |name: &str| {
        let line =
            mail.split("\r\n\r\n").next().and_then(|head| head.split("\r\n").find_map(|line| line.strip_prefix(name)));
        line.unwrap_or_default().to_owned()
    };
    let title = between(&between_parts(mail, "text/html").unwrap_or_default(), "<title>", "</title>");
    match between_parts(mail, "text/plain") {
        Some(text) => format!("{}\n{}\n{}\n\n{text}", header("To: "), header("Date: "), title.unwrap_or_default()),
        None => mail.to_owned(),
    }
}

/// The decoded part of this kind.
fn between_parts(mail: &str, kind: &str) -> Option<String> {
    let boundary = between(mail, "boundary=\"", "\"")?;
    let is_wanted = |part: &&str| part.to_lowercase().contains(&format!("content-type: {kind}"));
    let part = mail.split(&format!("--{boundary}")).skip(1).find(is_wanted)?;
    let (head, body) = part.trim_start().split_once("\r\n\r\n")?;
    let head = head.to_lowercase();
    let bytes = if head.contains("base64") {
        BASE64.decode(body.replace("\r\n", "").as_bytes()).ok()?
    } else if head.contains("quoted-printable") {
        quoted_printable(body)
    } else {
        body.as_bytes().to_vec()
    };
    Some(String::from_utf8(bytes).ok()?.replace("\r\n", "\n"))
}

fn between(text: &str, start: &str, end: &str) -> Option<String> {
    text.split_once(start)?.1.split_once(end).map(|(inside, _)| inside.to_owned())
}

fn quoted_printable(body: &str) -> Vec<u8> {
    let joined = body.replace("=\r\n", "");
    let mut pieces = joined.split('=');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let code = piece.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.extend(code);
        bytes.extend(piece.bytes().skip(if code.is_some() { 2 } else { 0 }));
    }
    bytes
}
