//! The parts that pages are made of.

pub mod alert;
pub mod code_input;
pub mod copy_button;
pub mod event_words;
pub mod field;
pub mod form;
pub mod frame;
pub mod member_view;
pub mod moment;
pub mod notice;
pub mod page_title;
pub mod password;
pub mod place;
pub mod post_button;
pub mod problem_text;
pub mod proof;
pub mod proved_form;
pub mod recovery_codes_left;
pub mod submit;
