//! Figures for whoever runs the server: counted here, told at `SEKISHO_METRICS_LISTEN`.

mod counters;
mod text;

pub use counters::{Counters, Metrics};
pub use text::Text;
