//! What stands around every route.

use super::again::{Again, Question};
use super::back_row::BackRow;
use super::{bounds, headers, host, route_class, same_origin, trouble, trouble_page};
use crate::server::failure::caught;
use crate::server::request_id::numbered;
use crate::server::services::Services;
use crate::server::turnstile::Turn;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request};
use axum::http::{self, StatusCode};
use axum::response::Response;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;
use tower::{BoxError, ServiceExt};

/// The whole web side: every rule that holds for all routes, then the route.
///
/// One function after the other, and not layers of the router: those are boxed anew for each request.
#[derive(Clone)]
pub struct Web(Arc<Parts>);

struct Parts {
    services: Arc<Services>,
    routes: Router,
    again: Again,
    back_row: Option<BackRow>,
}

impl Web {
    /// Puts the rules around `routes`.
    pub fn new(routes: Router<Arc<Services>>, services: Arc<Services>, back_row: Option<BackRow>) -> Self {
        let routes = routes.with_state(Arc::clone(&services));
        Self(Arc::new(Parts { services, routes, again: Again::default(), back_row }))
    }

    /// Where that is done which makes way.
    pub fn back_row(&self) -> Option<&BackRow> {
        self.0.back_row.as_ref()
    }

    /// Answers one request of the client at `peer`, and counts it.
    pub async fn answer<B>(&self, peer: Option<SocketAddr>, request: http::Request<B>) -> Response
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let (class, started) = (route_class::of(request.uri().path()), Instant::now());
        let answer = self.answer_uncounted(peer, request).await;
        self.0.services.metrics.count_request(class, answer.status().as_u16(), started.elapsed());
        answer
    }

    async fn answer_uncounted<B>(&self, peer: Option<SocketAddr>, request: http::Request<B>) -> Response
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let question = Question::of(&self.0.services, peer, &request);
        if let Some(answer) = question.as_ref().and_then(|question| self.0.again.find(question)) {
            return answer;
        }
        let mut request = bounds::collect(request.map(Body::new)).await;
        if let Some(peer) = peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        let answer = match request.method().is_safe() {
            true => self.work(request).await,
            false => self.change(request).await,
        };
        match question {
            Some(question) => self.0.again.keep(question, answer).await,
            None => answer,
        }
    }

    /// What changes something is worked on in its turn. Its body is in hand: who waits for a client has no turn.
    async fn change(&self, mut request: Request) -> Response {
        match self.0.services.turnstile.turn().await {
            Ok(turn) => self.make_way(turn, request).await,
            Err(_) => {
                bounds::turn_away(&mut request, StatusCode::SERVICE_UNAVAILABLE);
                self.work(request).await
            }
        }
    }

    /// In the back row, from its turn on: what waits there is larger than what waits here.
    async fn make_way(&self, turn: Turn, request: Request) -> Response {
        let Some(row) = &self.0.back_row else { return turn.hold(self.work(request)).await };
        let web = self.clone();
        let answer = row.work(async move { turn.hold(web.work(request)).await }).await;
        answer.unwrap_or_else(|failure| headers::finish(&self.0.services, trouble::answer(failure.into_problem())))
    }

    /// In a box: it is large, thousands may wait for their turn, and most requests of a busy client end before.
    fn work(&self, request: Request) -> Pin<Box<impl Future<Output = Response>>> {
        Box::pin(numbered(self.judge(request)))
    }

    /// Is it for us at all?
    async fn judge(&self, mut request: Request) -> Response {
        let services = &self.0.services;
        let answer = match host::judge(&services.config.public_url, &mut request) {
            Some(refusal) => refusal,
            None => self.draw(request).await,
        };
        headers::finish(services, answer)
    }

    /// What goes wrong from here on is told by a page, where one was asked for.
    async fn draw(&self, request: Request) -> Response {
        let services = &self.0.services;
        let page = trouble_page::asked_for(&request);
        let check = |request| same_origin::check(services, request, |request| self.reach(request));
        let answer = bounds::keep(request, check).await;
        match page {
            // In a box: seldom, and many times the size of everything around it.
            Some(page) => Box::pin(trouble_page::draw(services, page, answer)).await,
            None => answer,
        }
    }

    async fn reach(&self, request: Request) -> Response {
        match caught(self.0.routes.clone().oneshot(request)).await {
            Ok(Ok(answer)) => answer,
            Err(fault) => trouble::answer(fault.into_problem()),
        }
    }
}
