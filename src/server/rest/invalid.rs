//! What is wrong with a field, in the words of pydantic, which clients know how to show. Never
//! repeats what was sent: it may be a password.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// One thing that is wrong.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Invalid {
    /// What kind of mistake it is.
    #[serde(rename = "type")]
    #[schema(example = "missing")]
    kind: &'static str,
    /// Where it stands, from the outside in.
    #[schema(value_type = Vec<Value>, example = json!(["body", "email"]))]
    loc: Vec<Value>,
    #[schema(example = "Field required")]
    msg: String,
    /// More on it, for some kinds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    ctx: Option<Value>,
}

impl Invalid {
    /// A field of the body that is not there.
    pub fn missing(field: &str) -> Self {
        Self::field("missing", field, "Field required")
    }

    /// No body at all.
    pub fn no_body() -> Self {
        Self::plain("missing", vec![json!("body")], "Field required")
    }

    /// A body that is no object, or not said to be JSON.
    pub fn no_object() -> Self {
        let msg = "Input should be a valid dictionary or object to extract fields from";
        Self::plain("model_attributes_type", vec![json!("body")], msg)
    }

    /// A body that is not JSON from the character at `position` on.
    pub fn no_json(position: usize, why: &'static str) -> Self {
        let invalid = Self::plain("json_invalid", vec![json!("body"), json!(position)], "JSON decode error");
        Self { ctx: Some(json!({ "error": why })), ..invalid }
    }

    /// A field that is no string.
    pub fn no_text(field: &str) -> Self {
        Self::field("string_type", field, "Input should be a valid string")
    }

    /// A field that cannot be read as true or false.
    pub fn no_flag(field: &str) -> Self {
        Self::field("bool_parsing", field, "Input should be a valid boolean, unable to interpret input")
    }

    /// A field that is neither true nor false nor anything that could mean one.
    pub fn no_flag_type(field: &str) -> Self {
        Self::field("bool_type", field, "Input should be a valid boolean")
    }

    /// A field that is no e-mail address.
    pub fn no_email(field: &str) -> Self {
        let reason = "It should look like name@example.org.";
        let invalid = Self::field("value_error", field, &format!("value is not a valid email address: {reason}"));
        Self { ctx: Some(json!({ "reason": reason })), ..invalid }
    }

    /// A form field that came more than once.
    pub fn doubled(field: &str) -> Self {
        Self::field("value_error", field, "Value error, the field came more than once")
    }

    /// A field that does not have the one spelling it may have.
    pub fn no_match(field: &str, pattern: &'static str) -> Self {
        let invalid =
            Self::field("string_pattern_mismatch", field, &format!("String should match pattern '{pattern}'"));
        Self { ctx: Some(json!({ "pattern": pattern })), ..invalid }
    }

    /// A query parameter that is no number from `least` to `most`.
    pub fn no_number(parameter: &str, least: i64, most: i64) -> Self {
        let msg = format!("Input should be a valid integer from {least} to {most}");
        let invalid = Self::plain("int_parsing", vec![json!("query"), json!(parameter)], &msg);
        Self { ctx: Some(json!({ "ge": least, "le": most })), ..invalid }
    }

    fn field(kind: &'static str, field: &str, msg: &str) -> Self {
        Self::plain(kind, vec![json!("body"), json!(field)], msg)
    }

    fn plain(kind: &'static str, loc: Vec<Value>, msg: &str) -> Self {
        Self { kind, loc, msg: msg.to_owned(), ctx: None }
    }
}
