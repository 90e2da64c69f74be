//! The REST API: what clients of fastapi-users and of the demo speak, exactly.
//!
//! A bearer token is the only proof it knows: no cookie is ever read here, so no other site can
//! make a browser act in somebody's name.

mod asked;
mod body;
mod detail;
mod door;
mod explorer;
mod form;
mod invalid;
mod login;
mod me;
mod meta;
mod openapi;
mod recover;
mod register;
mod router;
mod second_factor;
mod shapes;
mod users;

pub use detail::refuse;
pub use door::owns;
pub use router::{ROUTES, router};
