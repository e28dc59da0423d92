//! Is it a request that we answer at all? What hyper lets through and HTTP forbids, or the operator does not want.

use http::{HeaderMap, Request, Version, header, uri::Authority};

use super::{code::ErrorCode, error::Problem};

/// Longest target taken, in bytes: nothing of ours is longer, and texts do not belong there.
const MAX_TARGET_BYTES: usize = 8192;

/// Checks target and host. `allowed_hosts` empty: any.
pub(crate) fn check<B>(request: &Request<B>, allowed_hosts: &[String]) -> Result<(), Problem> {
    let uri = request.uri();
    if uri.path().is_empty() {
        // The authority form of CONNECT: we are nobody's proxy. Warp's path filters would panic on it.
        return Err(Problem::new(ErrorCode::MethodNotAllowed).with_allow(String::new()));
    }
    let target = uri.path().len() + uri.query().map_or(0, str::len);
    if target > MAX_TARGET_BYTES {
        return Err(Problem::new(ErrorCode::AddressTooLong));
    }
    let named = host(request.headers())?;
    let host = uri
        .authority()
        .map(Authority::host)
        .or(named.as_ref().map(Authority::host));
    match host {
        Some(host) if serves(allowed_hosts, host) => Ok(()),
        Some(_) => Err(Problem::new(ErrorCode::HostNotServed)),
        // RFC 9112, 3.2: only HTTP/1.1 demands the header.
        None if request.version() < Version::HTTP_11 && allowed_hosts.is_empty() => Ok(()),
        None => Err(malformed("the Host header is missing")),
    }
}

fn host(headers: &HeaderMap) -> Result<Option<Authority>, Problem> {
    let mut lines = headers.get_all(header::HOST).iter();
    let Some(first) = lines.next() else { return Ok(None) };
    if lines.next().is_some() {
        return Err(malformed("the Host header stands twice"));
    }
    let read = first.to_str().ok().and_then(|text| text.parse().ok());
    read.map(Some).ok_or_else(|| malformed("the Host header is not a host"))
}

fn serves(allowed_hosts: &[String], host: &str) -> bool {
    let host = host.trim_end_matches('.');
    allowed_hosts.is_empty() || allowed_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host))
}

fn malformed(why: &'static str) -> Problem {
    Problem::new(ErrorCode::MalformedRequest).with_detail(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_http_forbids_and_the_operator_does_not_serve() {
        let long = format!("/{}", "a".repeat(MAX_TARGET_BYTES));
        let ok = None;
        let (bad, foreign) = (Some(ErrorCode::MalformedRequest), Some(ErrorCode::HostNotServed));
        for (target, hosts, version, allowed, wanted) in [
            ("/", vec!["a.example"], Version::HTTP_11, vec![], ok),
            ("/", vec!["A.Example.:8080"], Version::HTTP_11, vec!["a.example"], ok),
            ("/", vec!["b.example"], Version::HTTP_11, vec!["a.example"], foreign),
            (
                "http://a.example/",
                vec!["b.example"],
                Version::HTTP_11,
                vec!["a.example"],
                ok,
            ),
            ("http://a.example/", vec![], Version::HTTP_2, vec!["a.example"], ok),
            ("/", vec![], Version::HTTP_11, vec![], bad),
            ("/", vec![], Version::HTTP_2, vec![], bad),
            ("/", vec![], Version::HTTP_10, vec![], ok),
            ("/", vec![], Version::HTTP_10, vec!["a.example"], bad),
            ("/", vec!["a.example", "a.example"], Version::HTTP_11, vec![], bad),
            ("/", vec!["a/b"], Version::HTTP_11, vec![], bad),
            ("/", vec![""], Version::HTTP_11, vec![], bad),
            (
                "a.example:443",
                vec!["a.example:443"],
                Version::HTTP_11,
                vec![],
                Some(ErrorCode::MethodNotAllowed),
            ),
            (
                &long,
                vec!["a.example"],
                Version::HTTP_11,
                vec![],
                Some(ErrorCode::AddressTooLong),
            ),
        ] {
            let mut request = Request::builder().uri(target).version(version).body(()).unwrap();
            for host in &hosts {
                request.headers_mut().append(header::HOST, host.parse().unwrap());
            }
            let allowed: Vec<String> = allowed.into_iter().map(str::to_owned).collect();
            let found = check(&request, &allowed).err().map(|problem| problem.code());
            assert_eq!(found, wanted, "{target} {hosts:?} {version:?} {allowed:?}");
        }
    }
}
