//! A message in the look of the pages: the same colours, nothing fetched from anywhere.
//!
//! Styles stand at the elements, for many mail programs drop style sheets; the sheet only adds the
//! dark theme where a program knows it. The mark is text: inline SVG is dropped by most of them.

use super::content::{Content, Link};

const DARK: &str = "@media (prefers-color-scheme:dark){\
     .ground{background:#191714!important;color:#efe8db!important}\
     .card{background:#221f1b!important;border-color:#39342d!important;color:#efe8db!important}\
     .action{background:#84bfdf!important;color:#0d1f29!important}\
     .faded{color:#b5ab9b!important}.link{color:#84bfdf!important}.gate{color:#ee6344!important}}";
const FONT: &str = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Hiragino Sans','Noto Sans JP',\
     'Yu Gothic UI',Meiryo,sans-serif";
const SMALL: &str = "margin:16px 0 0;font-size:14px;color:#625b50";

/// The HTML part.
pub fn html(content: &Content) -> String {
    let lang = content.language.tag();
    let subject = escape(content.subject);
    let foot = escape(&content.foot);
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"supported-color-schemes\" content=\"light dark\">\
         <title>{subject}</title><style>{DARK}</style></head>\n\
         <body class=\"ground\" style=\"margin:0;padding:0;background:#f6f1e7;color:#23201c\">\n\
         <table role=\"presentation\" class=\"ground\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
         style=\"background:#f6f1e7;color:#23201c\"><tr><td align=\"center\" style=\"padding:24px 12px\">\n\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
         style=\"max-width:512px;{FONT};font-size:16px;line-height:1.6;text-align:left\">\n\
         <tr><td style=\"padding:0 0 12px;font-size:18px;font-weight:600\">\
         <span class=\"gate\" lang=\"ja\" style=\"color:#d3381c\">関所</span> Sekisho</td></tr>\n\
         <tr><td class=\"card\" style=\"padding:24px;background:#fffdf9;border:1px solid #e2d9c8;border-radius:8px;\
         color:#23201c\">\n<h1 style=\"margin:0 0 16px;font-size:22px;line-height:1.35;\
         text-wrap:balance;word-break:auto-phrase\">{subject}</h1>\n\
         <p style=\"margin:0\">{text}</p>\n{action}{facts}{objection}</td></tr>\n\
         <tr><td class=\"faded\" style=\"padding:16px 0 0;font-size:13px;color:#625b50\">{foot}</td></tr>\n\
         </table>\n</td></tr></table>\n</body></html>\n",
        text = escape(&content.text),
        action = content.action.as_ref().map(|link| action(link, content.no_button)).unwrap_or_default(),
        facts = facts(&content.facts),
        objection = content.objection.as_ref().map(|(why, link)| objection(why, link)).unwrap_or_default(),
    )
}

fn action(link: &Link, no_button: &str) -> String {
    let (url, label) = (escape(&link.url), escape(link.label));
    format!(
        "<p style=\"margin:24px 0 0\"><a class=\"action\" href=\"{url}\" style=\"display:inline-block;padding:10px 20px;\
         background:#165e83;color:#ffffff;border-radius:8px;font-weight:600;text-decoration:none\">{label}</a></p>\n\
         <p class=\"faded\" style=\"{SMALL}\">{no_button}<br>{}</p>\n",
        plain_link(&url, &url),
    )
}

fn facts(facts: &[(&str, String)]) -> String {
    if facts.is_empty() {
        return String::new();
    }
    let rows = facts.iter().map(|(label, value)| {
        format!(
            "<tr><td class=\"faded\" \
             style=\"padding:2px 16px 2px 0;white-space:nowrap;color:#625b50;vertical-align:top\">{}</td>\
             <td style=\"padding:2px 0\">{}</td></tr>\n",
            escape(label),
            escape(value),
        )
    });
    let rows: String = rows.collect();
    format!("<table cellpadding=\"0\" cellspacing=\"0\" style=\"margin:16px 0 0;font-size:15px\">\n{rows}</table>\n")
}

fn objection(why: &str, link: &Link) -> String {
    let link = plain_link(&escape(&link.url), &escape(link.label));
    format!("<p class=\"faded\" style=\"{SMALL}\">{}<br>{link}</p>\n", escape(why))
}

fn plain_link(url: &str, label: &str) -> String {
    format!("<a class=\"link\" href=\"{url}\" style=\"color:#165e83;word-break:break-all\">{label}</a>")
}

/// Keeps text out of markup; good for content and for attributes in double quotes.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_written_becomes_markup() {
        assert_eq!(escape("<a href=\"x\">&"), "&lt;a href=&quot;x&quot;&gt;&amp;");
    }
}
