//! The words that browser and server share: plain data and pure rules, no I/O.

pub mod access;
pub mod ids;
pub mod language;
pub mod next_path;
pub mod notice;
pub mod page_context;
pub mod password_rules;
pub mod problem;
pub mod time;
pub mod views;

pub use ids::AccountId;
pub use language::Language;
pub use notice::Notice;
pub use page_context::{Flash, LinkState, News, PageContext};
pub use problem::{Field, Problem};
pub use time::Timestamp;
