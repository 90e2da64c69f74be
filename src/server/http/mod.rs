//! The web side: one router, its layers from the outside in, and the loop that accepts connections.

mod accept;
mod bounds;
mod crowd;
mod csp;
mod forms;
mod front;
mod guard;
mod headers;
mod host;
mod links;
mod metrics;
mod my_data;
mod origin;
mod pace;
mod pages;
mod preferences;
mod recovery_text;
mod router;
mod same_origin;
mod static_files;
mod tls;
mod trouble;
mod trouble_page;

pub use accept::{Door, serve};
pub use metrics::router as metrics_router;
pub use router::{layered, router};
pub use tls::Tls;
