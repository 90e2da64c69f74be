//! The parts that pages are made of.

pub mod alert;
pub mod code_input;
pub mod copy_button;
pub mod field;
pub mod form;
pub mod frame;
pub mod moment;
pub mod notice;
pub mod page_title;
pub mod password;
pub mod post_button;
pub mod problem_text;
pub mod submit;
