//! Bodies of requests: JSON first, then its fields, each mistake told as pydantic tells it.

use super::detail::Refusal;
use super::invalid::Invalid;
use crate::server::email::Email;
use axum::http::{HeaderMap, header};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// A body whose syntax is right; whether it has the right fields is asked after who asks.
pub enum Payload {
    Empty,
    /// Not said to be JSON.
    Other,
    Json(Value),
}

/// Reads the syntax of a body. A doubled field is refused: two readers would see two bodies.
pub fn read(headers: &HeaderMap, body: &[u8]) -> Result<Payload, Refusal> {
    if body.is_empty() {
        return Ok(Payload::Empty);
    }
    if !is_json(headers) {
        return Ok(Payload::Other);
    }
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        Refusal::one(Invalid::no_json(position(body, error.line(), error.column()), "Expecting value"))
    })?;
    if value.is_object() && serde_json::from_slice::<Doubled>(body).is_ok_and(|doubled| doubled.0) {
        return Err(Refusal::one(Invalid::no_json(0, "Doubled field")));
    }
    Ok(if value.is_null() { Payload::Empty } else { Payload::Json(value) })
}

/// Whether `null` may stand for "leave it".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Null {
    Ignored,
    Refused,
}

/// The fields of an object; what is wrong with them is collected and told at once.
pub struct Fields {
    values: Map<String, Value>,
    wrong: Vec<Invalid>,
}

impl Payload {
    /// The fields of the object that it must be.
    pub fn fields(self) -> Result<Fields, Refusal> {
        match self {
            Self::Empty => Err(Refusal::one(Invalid::no_body())),
            Self::Json(Value::Object(values)) => Ok(Fields { values, wrong: Vec::new() }),
            Self::Json(_) | Self::Other => Err(Refusal::one(Invalid::no_object())),
        }
    }
}

impl Fields {
    /// A string that must be there.
    pub fn text(&mut self, name: &str) -> Option<String> {
        if !self.values.contains_key(name) {
            self.wrong.push(Invalid::missing(name));
            return None;
        }
        self.maybe_text(name, Null::Refused)
    }

    /// A string that may be there.
    pub fn maybe_text(&mut self, name: &str, null: Null) -> Option<String> {
        match self.values.remove(name)? {
            Value::String(text) => return Some(text),
            Value::Null if null == Null::Ignored => {}
            _ => self.wrong.push(Invalid::no_text(name)),
        }
        None
    }

    /// An address that must be there.
    pub fn email(&mut self, name: &str) -> Option<Email> {
        let text = self.text(name)?;
        self.parse_email(name, &text)
    }

    /// An address that may be there.
    pub fn maybe_email(&mut self, name: &str) -> Option<Email> {
        let text = self.maybe_text(name, Null::Refused)?;
        self.parse_email(name, &text)
    }

    /// True or false, in the spellings that pydantic takes.
    pub fn flag(&mut self, name: &str, null: Null) -> Option<bool> {
        let value = self.values.remove(name)?;
        let number = value.as_f64();
        let word = value.as_str().map(str::to_ascii_lowercase);
        match (&value, word.as_deref()) {
            (Value::Null, _) if null == Null::Ignored => None,
            (Value::Bool(flag), _) => Some(*flag),
            (_, Some("1" | "on" | "t" | "true" | "y" | "yes")) => Some(true),
            (_, Some("0" | "off" | "f" | "false" | "n" | "no")) => Some(false),
            (Value::Number(_), _) if number == Some(1.0) => Some(true),
            (Value::Number(_), _) if number == Some(0.0) => Some(false),
            (Value::Number(_) | Value::String(_), _) => self.say(Invalid::no_flag(name)),
            _ => self.say(Invalid::no_flag_type(name)),
        }
    }

    /// Refuses if anything was wrong.
    pub fn finish(self) -> Result<(), Refusal> {
        if self.wrong.is_empty() { Ok(()) } else { Err(self.refused()) }
    }

    /// The refusal of what was wrong.
    pub fn refused(&self) -> Refusal {
        Refusal::invalid(&self.wrong)
    }

    fn parse_email(&mut self, name: &str, text: &str) -> Option<Email> {
        match Email::parse(text) {
            Ok(email) => Some(email),
            Err(_) => self.say(Invalid::no_email(name)),
        }
    }

    fn say<T>(&mut self, invalid: Invalid) -> Option<T> {
        self.wrong.push(invalid);
        None
    }
}

/// `application/json`, or anything that ends in `+json`.
fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.strip_prefix("application/").is_some_and(|kind| kind == "json" || kind.ends_with("+json"))
}

/// Characters before a place given by line and column: bytes of that line, both from 1.
fn position(body: &[u8], line: usize, column: usize) -> usize {
    let before: usize = body.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    let before = body.get(..before + column.saturating_sub(1)).unwrap_or(body);
    String::from_utf8_lossy(before).chars().count()
}

/// True if an object names a field twice.
struct Doubled(bool);

impl<'de> Deserialize<'de> for Doubled {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = Doubled;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Doubled, A::Error> {
                let (mut names, mut is_doubled) = (HashSet::new(), false);
                while let Some((name, _)) = map.next_entry::<String, IgnoredAny>()? {
                    is_doubled |= !names.insert(name);
                }
                Ok(Doubled(is_doubled))
            }
        }
        deserializer.deserialize_map(Names)
    }
}
