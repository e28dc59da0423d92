//! Which change was the last? Each lookup asks, so it is asked on a connection of its own, and once for all who wait.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::Mutex;

use super::{
    Error,
    db::{Db, Own},
};

const LAST: &str = "SELECT value FROM counters WHERE name = 'changes'";

/// Asks for the number of the last change. Handing a connection back to the others costs more than the question: it is
/// tested then. A cheap handle.
#[derive(Debug, Clone, Default)]
pub(super) struct Pulse(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// How many questions were begun.
    begun: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    conn: Option<Own>,
    /// The latest answer, and which question it is the answer to.
    answered: Option<(u64, u64)>,
}

impl Pulse {
    /// The number of the last change, as of now or later; 0 before the first.
    pub(super) async fn last_change(&self, db: &Db) -> Result<u64, Error> {
        let arrived = self.0.begun.load(Ordering::SeqCst);
        let mut state = self.0.state.lock().await;
        // A question that was begun after this one came is as good as one of its own.
        if let Some((_, last)) = state.answered.filter(|(question, _)| *question > arrived) {
            return Ok(last);
        }
        let question = self.0.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let last = state.ask(db).await?;
        state.answered = Some((question, last));
        Ok(last)
    }

    /// Ends its connection in good order.
    pub(super) async fn end(&self) {
        if let Some(conn) = self.0.state.lock().await.conn.take() {
            conn.close().await;
        }
    }
}

impl State {
    async fn ask(&mut self, db: &Db) -> Result<u64, Error> {
        // Taken out: whoever stops waiting leaves a connection behind in the midst of an answer.
        if let Some(mut conn) = self.conn.take()
            && let Ok(last) = ask(&mut conn).await
        {
            self.conn = Some(conn);
            return Ok(last);
        }
        // The first time, or the connection is broken: a server was started anew.
        let mut conn = db.detached().await?;
        let last = ask(&mut conn).await?;
        self.conn = Some(conn);
        Ok(last)
    }
}

async fn ask(conn: &mut Own) -> Result<u64, Error> {
    let last = conn.number(LAST).await?;
    let last = last.ok_or_else(|| Error::damaged("it has lost its counter of changes"))?;
    u64::try_from(last).map_err(|_| Error::damaged("its counter of changes is below zero"))
}

#[cfg(test)]
mod tests {
    use std::{future::ready, pin::pin};

    use futures_util::future::join_all;

    use super::{super::dialect::open_lite, *};

    #[tokio::test]
    async fn an_answer_serves_those_who_came_before_its_question_and_nobody_else() {
        let dir = tempfile::tempdir().unwrap();
        let db = open_lite(&dir.path().join("store.db")).await.unwrap();
        let mut writer = db.writer().await.unwrap();
        writer
            .run("CREATE TABLE counters (name TEXT, value BIGINT); INSERT INTO counters VALUES ('changes', 7)")
            .await
            .unwrap();
        let pulse = Pulse::default();
        assert_eq!(pulse.last_change(&db).await.unwrap(), 7);
        writer.run("UPDATE counters SET value = 8").await.unwrap();
        assert_eq!(
            pulse.last_change(&db).await.unwrap(),
            8,
            "written by another connection"
        );
        let begun = || pulse.0.begun.load(Ordering::SeqCst);
        let before = begun();
        let held = pulse.0.state.lock().await;
        let mut all = pin!(join_all((0..20).map(|_| pulse.last_change(&db))));
        tokio::select! {
            biased;
            _ = &mut all => panic!("they have to wait"),
            () = ready(()) => {}
        }
        drop(held);
        assert!(all.await.into_iter().all(|last| last.unwrap() == 8));
        assert_eq!(begun() - before, 1, "one question for all who wait");
        pulse.end().await;
        assert_eq!(pulse.last_change(&db).await.unwrap(), 8, "on a new connection");
        pulse.end().await;
        drop(writer);
        db.close().await;
    }
}
