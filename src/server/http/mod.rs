//! The web side: the routes, what stands around every one of them, and the loop that accepts connections.

mod accept;
mod again;
mod back_row;
mod bounds;
mod crowd;
mod csp;
mod forms;
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
mod route_class;
mod router;
mod same_origin;
mod static_files;
mod tls;
mod trouble;
mod trouble_page;
mod web;

pub use accept::{Behind, Door, serve};
pub use back_row::BackRow;
pub use metrics::router as metrics_router;
pub use router::web;
pub use tls::Tls;
pub use web::Web;
