//! The same question again within the running second gets the same answer, whole.
//!
//! A route takes part by marking its answer with the moment of what it is made of (see `recent`
//! for how long that holds). A question is the same if the address of its client and every part of
//! its head are: so whatever a rule around the routes looks at, it would come to the same end. A
//! rule that counts requests has to stand before this one.

use crate::server::recent::{Key, Moment, Recent};
use crate::server::services::Services;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::http::uri::{Authority, PathAndQuery};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::Response;
use sha2::{Digest, Sha256};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

/// Answers that are longer are not kept.
const MAX_BYTES: usize = 1024;

/// Answers by their questions; a bound of some 4 MiB.
#[derive(Default)]
pub struct Again(Recent<Arc<Answer>, 2048>);

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// A question that may be asked again.
pub struct Question {
    key: Key,
    asked: Moment,
}

impl Question {
    /// Only what reads and shows a token: pages differ in their nonce each time.
    pub fn of<B: HttpBody>(services: &Services, peer: Option<SocketAddr>, request: &Request<B>) -> Option<Self> {
        let may_repeat = *request.method() == Method::GET
            && request.headers().contains_key(header::AUTHORIZATION)
            && request.body().is_end_stream();
        may_repeat.then(|| Self { key: digest(peer, request), asked: Moment::now(services) })
    }
}

impl Again {
    /// The answer this question got in this second, if nothing can have changed since.
    pub fn find(&self, question: &Question) -> Option<Response> {
        let (known, _) = self.0.find(&question.key, &question.asked)?;
        let mut answer = Response::new(Body::from(known.body.clone()));
        *answer.status_mut() = known.status;
        answer.headers_mut().clone_from(&known.headers);
        Some(answer)
    }

    /// Keeps an answer that is marked; gives every answer back.
    pub async fn keep(&self, question: Question, mut answer: Response) -> Response {
        let Some(read) = answer.extensions_mut().remove::<Moment>() else { return answer };
        let is_short = answer.body().size_hint().upper().is_some_and(|bytes| bytes <= MAX_BYTES as u64);
        if !is_short {
            return answer;
        }
        let (head, body) = answer.into_parts();
        // It lies in memory: reading it cannot fail.
        let body = to_bytes(body, MAX_BYTES).await.unwrap_or_default();
        let known = Answer { status: head.status, headers: head.headers.clone(), body: body.clone() };
        self.0.keep(question.key, read, Arc::new(known));
        Response::from_parts(head, Body::from(body))
    }
}

/// Of everything a rule could look at. No name of a header holds a colon, nothing in a head a line break.
fn digest<B>(peer: Option<SocketAddr>, request: &Request<B>) -> Key {
    let mut digest = Sha256::new();
    digest.update(peer.map_or(Ipv6Addr::UNSPECIFIED, |peer| address(peer.ip())).octets());
    let uri = request.uri();
    let place = uri.path_and_query().map(PathAndQuery::as_str);
    for part in [uri.scheme_str(), uri.authority().map(Authority::as_str), place] {
        digest.update(b"\n");
        digest.update(part.unwrap_or_default());
    }
    for (name, value) in request.headers() {
        digest.update(b"\n");
        digest.update(name.as_str());
        digest.update(b":");
        digest.update(value);
    }
    digest.finalize().into()
}

fn address(of: IpAddr) -> Ipv6Addr {
    match of {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}
