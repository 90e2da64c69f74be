//! `GET /metrics`, at an address of its own: whoever reaches that reads it.

use crate::server::failure::Failure;
use crate::server::metrics::{Counters, Text};
use crate::server::services::Services;
use crate::server::store::{outbox, sessions};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

const COUNTER: &str = "counter";
const GAUGE: &str = "gauge";

/// The one route.
pub fn router(services: Arc<Services>) -> Router {
    Router::new().route("/metrics", get(tell)).with_state(services)
}

async fn tell(State(services): State<Arc<Services>>) -> Response {
    let mut text = Text::default();
    process(&services, &mut text);
    match database(&services, &mut text).await {
        Ok(()) => {}
        Err(failure) => {
            // Figures of the process are worth most when the database is gone.
            let problem = Failure::into_problem(failure);
            tracing::warn!(?problem, "Figures of the database are missing.");
        }
    }
    (StatusCode::OK, [(header::CONTENT_TYPE, Text::KIND)], text.finish()).into_response()
}

/// What was counted in this process.
fn process(services: &Services, text: &mut Text) {
    let metrics = &services.metrics;
    let labels = ["route", "status"];
    counters(text, "sekisho_requests_total", "Requests answered.", labels, &metrics.requests);
    text.figure("sekisho_request_seconds_total", COUNTER, "Time spent on requests.");
    for (route, time) in metrics.request_time.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        text.value("sekisho_request_seconds_total", &[("route", route)], time.as_secs_f64());
    }
    let help = "What happened to accounts: log-ins by outcome, and more.";
    counters(text, "sekisho_events_total", help, ["kind"], &metrics.events);
    let help = "Attempts refused, by the counter that refused.";
    counters(text, "sekisho_throttled_total", help, ["counter"], &metrics.throttled);
    let lane = services.hash_lane.figures();
    let waiting = lane.waiting.load(Ordering::Relaxed);
    text.single("sekisho_hash_lane_waiting", GAUGE, "Passwords that wait to be hashed or are.", waiting);
    let done = lane.done.load(Ordering::Relaxed);
    text.single("sekisho_hash_lane_done_total", COUNTER, "Passwords hashed.", done);
    let refused = lane.refused.load(Ordering::Relaxed);
    text.single("sekisho_hash_lane_refused_total", COUNTER, "Passwords turned away: too many waited.", refused);
    let seconds = std::time::Duration::from_micros(lane.time_us.load(Ordering::Relaxed)).as_secs_f64();
    text.single("sekisho_hash_lane_seconds_total", COUNTER, "Time from asking for a hash to having it.", seconds);
    let (connections, idle) = services.store.connections();
    text.single("sekisho_database_connections", GAUGE, "Connections to read with.", connections);
    text.single("sekisho_database_connections_idle", GAUGE, "Those that nobody uses.", idle);
    let commits = services.store.changes();
    text.single("sekisho_database_commits_total", COUNTER, "Transactions committed by this process.", commits);
}

/// What the database tells, shared by all processes.
async fn database(services: &Services, text: &mut Text) -> Result<(), Failure> {
    let (db, now) = (services.store.read(), services.clock.now());
    let waiting = outbox::count_waiting(db, 0).await?;
    text.single("sekisho_outbox_waiting", GAUGE, "Messages not delivered yet.", waiting);
    let failing = outbox::count_waiting(db, 2).await?;
    text.single("sekisho_outbox_failing", GAUGE, "Messages whose delivery has failed so far.", failing);
    let oldest = outbox::oldest_waiting(db).await?;
    let age_s = oldest.map_or(0, |at| (now.seconds() - at.seconds()).max(0));
    text.single("sekisho_outbox_oldest_seconds", GAUGE, "Age of the oldest message not delivered yet.", age_s);
    let live = sessions::count_all_live(db, now).await?;
    text.single("sekisho_sessions", GAUGE, "Sessions that are not over.", live);
    Ok(())
}

fn counters<const N: usize>(text: &mut Text, name: &str, help: &str, labels: [&str; N], counted: &Counters<N>) {
    text.figure(name, COUNTER, help);
    for (values, count) in counted.read() {
        let pairs: Vec<(&str, &str)> = labels.into_iter().zip(values).collect();
        text.value(name, &pairs, count);
    }
}
