//! Who may pass? A call comes in; it goes on with its caller named, or is refused.

use super::{
    call::{Call, Caller},
    code::ErrorCode,
    error::Problem,
    limit::Limiter,
    query,
    route::Access,
};
use crate::{
    review::keys::{self, KeyError},
    store::Store,
};

/// Keys and limits.
#[derive(Clone)]
pub(crate) struct Gate {
    store: Store,
    limiter: Limiter,
}

impl Gate {
    pub(crate) fn new(store: Store, limiter: Limiter) -> Self {
        Self { store, limiter }
    }

    /// Lets a call pass, or says why not. A key that was sent is always checked: a caller whose key has expired should
    /// hear so, not be treated as a stranger.
    pub(crate) async fn admit(&self, call: &mut Call) -> Result<(), Problem> {
        query::refuse_keys(call.raw_query())?;
        let caller = match (call.operation().access, call.bearer()) {
            (Access::Probe, _) => Caller::Anonymous,
            (_, Some(secret)) => self.identify(call, secret).await?,
            (Access::Page | Access::Public, None) => self.count(call)?,
            (Access::Key(_), None) => self.count(call).and(Err(Problem::new(ErrorCode::KeyRequired)))?,
        };
        check_scope(call.operation().access, caller)?;
        call.admit(caller);
        Ok(())
    }

    /// Counts a call that no route takes.
    pub(crate) fn count_stray(&self, context: &super::context::Context) -> Result<(), Problem> {
        context.allow(self.limiter.check(context.client())?);
        Ok(())
    }

    fn count(&self, call: &Call) -> Result<Caller, Problem> {
        self.count_stray(call.context())?;
        Ok(Caller::Anonymous)
    }

    /// Whose key it is. Wrong ones count against the limit, so that nobody can try many.
    async fn identify(&self, call: &Call, secret: Result<&str, Problem>) -> Result<Caller, Problem> {
        let verified = match secret {
            Ok(text) => keys::verify(&self.store, text).await.map_err(refusal),
            Err(problem) => Err(problem),
        };
        match verified {
            Ok(key) => Ok(Caller::Key(key.id, key.scope)),
            Err(problem) => self.count(call).and(Err(problem)),
        }
    }
}

fn check_scope(access: Access, caller: Caller) -> Result<(), Problem> {
    match (access, caller) {
        (Access::Key(needed), Caller::Key(_, held)) if held < needed => {
            let detail = format!("the operation needs the scope \"{needed}\"");
            Err(Problem::new(ErrorCode::ScopeTooSmall).with_detail(detail))
        }
        (Access::Probe | Access::Page | Access::Public | Access::Key(_), Caller::Anonymous | Caller::Key(..)) => Ok(()),
    }
}

fn refusal(error: KeyError) -> Problem {
    match error {
        // One answer for both: nobody learns which identifiers exist.
        KeyError::Malformed | KeyError::Unknown => Problem::new(ErrorCode::KeyInvalid),
        KeyError::Expired => Problem::new(ErrorCode::KeyExpired),
        KeyError::Revoked => Problem::new(ErrorCode::KeyRevoked),
        KeyError::Store(error) => error.into(),
    }
}
