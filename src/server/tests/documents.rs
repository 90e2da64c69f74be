//! Documents that list what the code has: each list is compared with the code, so that it stays true.

use super::log::Log;
use super::rest::MATRIX;
use super::{TestApp, Visitor};
use crate::model::access::{Access, PAGES};
use crate::server::rest::ROUTES;
use axum::body::Body;
use axum::http::Request;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The levels of every requirement of OWASP ASVS 5.0.0, in order: `1.2:1111122223` says that 1.2.1 to
/// 1.2.5 are of level 1, and so on.
const ASVS: &str = "1.1:22 1.2:1111122223 1.3:112222222223 1.4:222 1.5:123 2.1:122 2.2:112 2.3:12223 2.4:23 3.1:3 \
    3.2:113 3.3:12223 3.4:11222233 3.5:11122333 3.6:3 3.7:22333 4.1:12233 4.2:23333 4.3:22 4.4:1222 5.1:2 5.2:112333 \
    5.3:113 5.4:222 6.1:122 6.2:111111112222 6.3:11223333 6.4:112233 6.5:22222333 6.6:2223 6.7:33 6.8:2222 7.1:222 \
    7.2:1111 7.3:22 7.4:11222 7.5:223 7.6:22 8.1:1233 8.2:1123 8.3:133 8.4:23 9.1:111 9.2:1222 10.1:22 10.2:223 \
    10.3:22223 10.4:1111122222233333 10.5:22222 10.6:22 10.7:222 11.1:2233 11.2:22233 11.3:11233 11.4:1222 11.5:23 \
    11.6:23 11.7:33 12.1:12233 12.2:11 12.3:22223 13.1:2333 13.2:222223 13.3:2233 13.4:1222233 14.1:22 14.2:12223333 \
    14.3:122 15.1:12233 15.2:12233 15.3:1222222 15.4:3333 16.1:2 16.2:22222 16.3:2222 16.4:222 16.5:2223 17.1:23 \
    17.2:22223333 17.3:22";

fn at_root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(at_root(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The rows of every table of a document, in cells; heads and lines below them too.
fn rows(path: &str) -> Vec<Vec<String>> {
    let text = read(path);
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |").map(str::to_owned));
    rows.map(|row| row.split(" | ").map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Every file of ours below `folder` that ends so.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![at_root(folder)]);
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|known| known == ending) {
                found.push(path);
            }
        }
    }
    found
}

/// The source of the server without its tests.
fn sources() -> String {
    let ours = files("src", "rs").into_iter().filter(|path| !path.components().any(|part| part.as_os_str() == "tests"));
    ours.map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn every_requirement_of_the_asvs_has_its_row() {
    let wanted: Vec<(String, char)> = ASVS
        .split_whitespace()
        .flat_map(|section| {
            let (section, levels) = section.split_once(':').unwrap();
            (1..).zip(levels.chars()).map(move |(nth, level)| (format!("V{section}.{nth}"), level))
        })
        .filter(|(_, level)| *level < '3')
        .collect();
    let of_level = |level| wanted.iter().filter(|(_, known)| *known == level).count();
    assert_eq!((of_level('1'), of_level('2')), (70, 183));

    let rows: Vec<_> = rows("docs/asvs.md").into_iter().filter(|row| row[0].starts_with('V')).collect();
    assert!(rows.iter().all(|row| row.len() == 5 && row.iter().all(|cell| !cell.is_empty())), "an empty cell");
    let found: Vec<_> = rows.iter().map(|row| (row[0].clone(), row[1].chars().next().unwrap())).collect();
    assert_eq!(found, wanted);

    let words = ["in part: ", "not met: ", "by review: ", "operator: ", "not applicable: "];
    for row in &rows {
        let (asked, held) = (&row[0], &row[4]);
        assert!(held.starts_with('`') || words.iter().any(|word| held.starts_with(word)), "{asked}: {held}");
    }
    let text = read("docs/asvs.md");
    for (title, word) in [("**Not met:**", "not met: "), ("**In part:**", "in part: ")] {
        let open: Vec<_> = rows.iter().filter(|row| row[4].starts_with(word)).map(|row| row[0].as_str()).collect();
        assert!(text.contains(&format!("{title} {}.", open.join(", "))), "{title} must list {open:?}");
    }
}

#[test]
fn every_document_is_in_the_list_and_every_link_leads_somewhere() {
    let list = read("docs/README.md");
    for path in files("docs", "md") {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(name == "README.md" || list.contains(&format!("({name})")), "docs/README.md does not name {name}");
        let text = fs::read_to_string(&path).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let (file, place) = target.split_once('#').unwrap_or((target, ""));
            if target.starts_with("http") || target.starts_with('/') {
                continue;
            }
            let led_to = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            assert!(led_to.exists(), "{name} leads to {target}");
            assert!(place.is_empty() || headings(&led_to).contains(place), "{name} leads to {target}");
        }
    }
}

/// The headings of a document as links spell them.
fn headings(path: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(path).unwrap();
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches(['#', ' ']));
    let plain = |line: &str| line.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-')).collect::<String>();
    headings.map(|line| plain(line).to_lowercase().replace(' ', "-")).collect()
}

/// A cell names a file of the source, then what stands in it: `NAME = value` of a constant, or any text.
#[test]
fn the_documents_name_every_limit() {
    let mut checked = 0;
    for document in ["docs/limits.md", "docs/sessions.md", "docs/crypto.md"] {
        for cell in rows(document).iter().flatten().filter(|cell| cell.starts_with("`src/")) {
            let mut source = String::new();
            for words in quoted(cell) {
                if words.starts_with("src/") {
                    source = read(words);
                    continue;
                }
                let is_there = match words.split_once(" = ") {
                    Some((name, value)) if name.chars().all(|c| c.is_ascii_uppercase() || c == '_') => {
                        source.lines().any(|line| {
                            line.contains(&format!("const {name}: ")) && line.ends_with(&format!("= {value};"))
                        })
                    }
                    _ => source.contains(words),
                };
                assert!(is_there, "{document}: {words} is not what the code says");
                checked += 1;
            }
        }
    }
    assert!(checked > 40, "only {checked} values were found");
    // What bounds requests and hashing stands there whole.
    let limits = read("docs/limits.md");
    for file in ["http/crowd.rs", "http/bounds.rs", "http/pace.rs", "passwords/lane.rs"] {
        for line in read(&format!("src/server/{file}")).lines() {
            let name = line.trim_start_matches("pub ").strip_prefix("const ").and_then(|rest| rest.split(':').next());
            assert!(name.is_none_or(|name| limits.contains(&format!("`{name} = "))), "docs/limits.md: {line}");
        }
    }
}

#[test]
fn the_documents_name_every_session_rule() {
    let sessions = read("docs/sessions.md");
    for name in ["SHORT", "LONG", "MOST_SESSIONS", "CODE_LIFETIME_S", "CODE_TRIES", "ENROLMENT_LIFETIME_S", "STEP_UP_S"]
    {
        assert!(sessions.contains(&format!("`{name} = ")), "{name}");
    }
}

#[tokio::test]
async fn the_documents_name_every_page_and_route() {
    let mut wanted = BTreeMap::new();
    for (path, access) in PAGES {
        let who = match access {
            Access::Anyone => "anybody",
            Access::SignedOut => "who is signed out",
            Access::PendingCode => "a pending login",
            Access::Enrolment => "a pending login",
            Access::Session => "a session",
            Access::FreshSession => "a proved session",
        };
        wanted.insert(path.to_owned(), who);
    }
    for (method, path, [stranger, pending, session, _]) in MATRIX {
        let who = match (stranger, pending, session) {
            (401, 401 | 403, 401 | 403) => "a superuser",
            (401, 401 | 403, _) => "a session",
            (401, ..) => "a pending login",
            _ => "anybody",
        };
        wanted.insert(format!("{method} {path}"), who);
    }
    for (path, who) in functions().await {
        wanted.insert(path, who);
    }
    let rows = rows("docs/authorisation.md");
    let first = |row: &Vec<String>| quoted(&row[0]).next().filter(|name| name.contains('/')).map(str::to_owned);
    let written: BTreeMap<_, _> = rows.iter().filter_map(|row| Some((first(row)?, row[1].as_str()))).collect();
    assert_eq!(written, wanted.iter().map(|(name, who)| (name.clone(), *who)).collect());
    assert_eq!(ROUTES.iter().flat_map(|(_, methods)| methods.split(", ")).count(), MATRIX.len());
}

/// Every server function and who may call it, as a stranger is told.
async fn functions() -> BTreeMap<String, &'static str> {
    use crate::model::Problem;
    let app = TestApp::new().await;
    let fields = ["code", "password", "current_password", "email", "name"].map(|name| (name, "x"));
    let fields: Vec<_> = fields.into_iter().chain([("next", "")]).collect();
    let mut found = BTreeMap::new();
    for (path, _) in leptos::server_fn::axum::server_fn_paths() {
        let who = match Visitor::new(&app).post(path, &fields).await.problem() {
            Some(Problem::SignedOut) => "a session",
            Some(Problem::LoginExpired) => "a pending login",
            Some(Problem::LinkBad) => "a link",
            _ => "anybody",
        };
        found.insert(path.to_owned(), who);
    }
    found
}

/// Whatever is open without a session leads to one, or changes what opens one.
#[test]
fn the_documents_name_every_way_in() {
    let ways = read("docs/auth-paths.md");
    let ways: BTreeSet<&str> = quoted(&ways).collect();
    for row in rows("docs/authorisation.md") {
        let Some(name) = quoted(&row[0]).next().filter(|name| name.contains("/fn/") || name.contains("/auth/")) else {
            continue;
        };
        assert!(row[1] == "a session" || ways.contains(name), "docs/auth-paths.md does not name {name}");
    }
    let cli = read("src/server/cli/accounts.rs");
    for command in ["Create", "Disable", "Enable", "ResetSecondFactor", "ResetLink", "Delete"] {
        assert!(cli.contains(&format!("    {command} {{ email")), "{command}");
    }
    assert_eq!(
        cli.matches(" { email: String },").count(),
        7,
        "a command about accounts that auth-paths.md may not name"
    );
}

#[test]
fn the_documents_name_every_cryptographic_crate() {
    let inventory = read("docs/crypto.md");
    let names: BTreeSet<&str> = quoted(&inventory).collect();
    let source = sources();
    let mut found = 0;
    for purpose in source.split("b\"sekisho ").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(names.contains(format!("sekisho {purpose}").as_str()), "the key for {purpose}");
        found += 1;
    }
    for place in source.split("Place { table: \"").skip(1) {
        let (table, rest) = place.split_once("\", column: ").unwrap();
        let column = rest.split([',', ' ']).next().unwrap().trim_matches('"').rsplit("::").next().unwrap();
        assert!(names.contains(format!("{table}.{column}").as_str()), "what is sealed at {table}.{column}");
        found += 1;
    }
    assert!(found >= 11, "only {found} uses of keys were found");
    let manifest = read("Cargo.toml");
    let crates = ["argon2", "argon2-rust", "chacha20poly1305", "hkdf", "hmac", "sha2", "totp-rs", "jsonwebtoken"];
    let more = ["aws-lc-rs", "tokio-rustls", "rustls-native-certs", "getrandom", "uuid", "subtle", "zeroize"];
    for name in crates.into_iter().chain(more) {
        assert!(manifest.contains(&format!("\n{name} = ")) && names.contains(name), "{name}");
    }
}

#[test]
fn the_documents_name_every_event() {
    let rows = rows("docs/logs.md");
    let source = sources();
    let kinds = source.split("EventKind::").skip(1).filter_map(|rest| rest.split_once(" => \""));
    let kinds = kinds.filter(|(kind, _)| kind.chars().all(char::is_alphanumeric));
    let kinds = kinds.filter_map(|(_, rest)| rest.split('"').next());
    let kinds: BTreeSet<&str> = kinds.filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_')).collect();
    let written: BTreeSet<&str> =
        rows.iter().filter(|row| row.len() == 2).filter_map(|row| quoted(&row[0]).next()).collect();
    assert!(kinds.len() >= 25);
    assert_eq!(written, kinds);
    for row in rows.iter().filter(|row| ["info", "warn", "error"].contains(&row[0].as_str())) {
        let sentence = quoted(&row[1]).next().unwrap();
        assert!(source.contains(&format!("\"{sentence}\"")), "no line of the log says {sentence}");
    }
}

/// Whatever a visitor brings, a line stays a line, and says when in UTC.
#[tokio::test]
async fn every_line_of_the_log_is_one_object_in_utc() {
    let log = Log::capture();
    let app = TestApp::new().await;
    app.enrolled("ada@example.test").await;
    let path = "/fn/login%0A%7B%7D'";
    let foreign = Request::post(path).header("sec-fetch-site", "cross-site").header("user-agent", "a\t\"b");
    Visitor::new(&app).send(foreign.body(Body::empty()).unwrap()).await;
    tracing::warn!(path = "a\r\nb\u{1b}[31m\"}", "Somebody tries.");
    let text = log.text();
    assert!(text.contains("another site") && text.contains("Somebody tries.") && !text.contains('\u{1b}'));
    for line in text.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z') && line["message"].is_string(), "{line}");
    }
}
