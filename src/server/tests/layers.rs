//! Keeps architecture.md true: which module may name which.

use std::fs;
use std::path::{Path, PathBuf};

/// Each module of the server and what of ours it may use.
const MAY_USE: [(&str, &[&str]); 17] = [
    ("server/store", &["model"]),
    ("server/keys", &[]),
    ("server/sealing", &["model", "server/failure", "server/keys", "server/services", "server/store"]),
    ("server/config", &["model", "server/passwords"]),
    ("server/metrics", &[]),
    ("server/limits", &["model", "server/failure", "server/keys", "server/services", "server/store"]),
    ("server/audit", &["model", "server/failure", "server/keys", "server/sealing", "server/services", "server/store"]),
    (
        "server/mail",
        &[
            "model",
            "server/audit",
            "server/config",
            "server/failure",
            "server/keys",
            "server/services",
            "server/store",
            "server/tokens",
        ],
    ),
    ("server/tokens", &["model", "server/failure", "server/keys", "server/services", "server/store"]),
    (
        "server/passwords",
        &[
            "model",
            "server/audit",
            "server/email",
            "server/failure",
            "server/keys",
            "server/limits",
            "server/mail",
            "server/services",
            "server/store",
            "server/tokens",
            "server/turnstile",
        ],
    ),
    ("server/totp", &["model", "server/failure", "server/keys", "server/limits", "server/services", "server/store"]),
    (
        "server/sessions",
        &[
            "model",
            "server/audit",
            "server/config",
            "server/email",
            "server/failure",
            "server/keys",
            "server/limits",
            "server/mail",
            "server/passwords",
            "server/recent",
            "server/services",
            "server/store",
            "server/tokens",
            "server/totp",
        ],
    ),
    (
        "server/accounts",
        &[
            "model",
            "server/audit",
            "server/config",
            "server/email",
            "server/failure",
            "server/keys",
            "server/limits",
            "server/mail",
            "server/passwords",
            "server/services",
            "server/sessions",
            "server/store",
            "server/tokens",
            "server/totp",
        ],
    ),
    (
        "server/admin",
        &[
            "model",
            "server/accounts",
            "server/audit",
            "server/config",
            "server/email",
            "server/failure",
            "server/limits",
            "server/mail",
            "server/passwords",
            "server/services",
            "server/sessions",
            "server/store",
        ],
    ),
    (
        "server/rest",
        &[
            "model",
            "server/accounts",
            "server/admin",
            "server/audit",
            "server/call",
            "server/email",
            "server/failure",
            "server/passwords",
            "server/services",
            "server/sessions",
            "server/store",
            "server/totp",
        ],
    ),
    (
        "server/jobs",
        &[
            "server/accounts",
            "server/audit",
            "server/failure",
            "server/limits",
            "server/mail",
            "server/sealing",
            "server/services",
            "server/store",
        ],
    ),
    ("model", &[]),
];

#[test]
fn every_arrow_points_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (module, allowed) in MAY_USE {
        for file in files(&src.join(module)) {
            for used in uses(&file) {
                let is_allowed = used == module || allowed.contains(&used.as_str());
                assert!(is_allowed, "{} uses {used}", file.display());
            }
        }
    }
}

#[test]
fn domain_modules_know_neither_the_web_nor_the_pages() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server");
    let domain = [
        "store",
        "keys",
        "sealing",
        "limits",
        "audit",
        "mail",
        "tokens",
        "passwords",
        "totp",
        "sessions",
        "accounts",
        "admin",
        "config",
    ];
    for module in domain {
        for file in files(&src.join(module)) {
            let text = fs::read_to_string(&file).unwrap();
            for foreign in ["axum::", "leptos::", "cookie::"] {
                assert!(!text.contains(foreign), "{} knows {foreign}", file.display());
            }
        }
    }
}

#[test]
fn there_is_one_gate() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let gate = ["cfg(", "feature"].concat();
    for file in files(&src).into_iter().filter(|file| !file.ends_with("src/lib.rs")) {
        assert!(!fs::read_to_string(&file).unwrap().contains(&gate), "{}", file.display());
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] });
    found.filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}

fn uses(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("use crate::"));
    let words =
        lines.map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()));
    words
        .map(|mut words| match (words.next(), words.next()) {
            (Some("server"), Some(module)) => format!("server/{module}"),
            (first, _) => first.unwrap_or_default().to_owned(),
        })
        .collect()
}
