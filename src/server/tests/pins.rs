//! Versions with known traps, as the lock file has them (security.md part 1).

use std::collections::BTreeMap;

/// The newest version of each locked crate.
fn locked() -> BTreeMap<String, (u64, u64, u64)> {
    let lock = include_str!("../../../Cargo.lock");
    let value =
        |line: &str, key: &str| line.strip_prefix(key).map(|rest| rest.trim_matches([' ', '=', '"']).to_owned());
    let mut versions = BTreeMap::new();
    let mut name = String::new();
    for line in lock.lines() {
        if let Some(found) = value(line, "name = ") {
            name = found;
        } else if let Some(version) = value(line, "version = ").filter(|_| !name.is_empty()) {
            let mut parts = version.split(['.', '+', '-']).map(|part| part.parse().unwrap_or(0));
            let version = (parts.next().unwrap(), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
            let newest = versions.entry(std::mem::take(&mut name)).or_insert(version);
            *newest = version.max(*newest);
        }
    }
    versions
}

#[test]
fn crates_with_known_holes_are_newer_than_the_holes() {
    let locked = locked();
    let floors = [
        ("sqlx", (0, 9, 0)),
        ("leptos", (0, 8, 23)),
        ("leptos_axum", (0, 8, 10)),
        ("server_fn", (0, 8, 13)),
        ("hydration_context", (0, 3, 1)),
        ("tachys", (0, 2, 16)),
        ("totp-rs", (6, 0, 0)),
        ("time", (0, 3, 47)),
        ("rustls-webpki", (0, 103, 13)),
    ];
    for (name, floor) in floors {
        assert!(locked[name] >= floor, "{name} {:?} is older than {floor:?}", locked[name]);
    }
    assert_eq!(locked["libsqlite3-sys"], (0, 37, 0));
    let if_present = [("jsonwebtoken", (10, 3, 0)), ("h2", (0, 4, 16)), ("lettre", (0, 11, 22))];
    for (name, floor) in if_present {
        assert!(locked.get(name).is_none_or(|version| *version >= floor), "{name}");
    }
}

#[test]
fn there_is_no_rsa() {
    assert!(!locked().contains_key("rsa"), "RUSTSEC-2023-0071: its timing gives keys away");
}
