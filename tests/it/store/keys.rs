use klarstelle::domain::{ApiKey, KeyId, Scope, Timestamp};

use crate::support::databases;

fn key(name: &str, scope: Scope) -> ApiKey {
    ApiKey {
        id: KeyId::new(),
        name: name.to_owned(),
        scope,
        secret_sha256: std::array::from_fn(|at| at as u8 * 7),
        created_at: Timestamp::now(),
        expires_at: None,
        revoked_at: None,
    }
}

#[tokio::test]
async fn come_back_as_they_were_added() {
    for db in databases().await {
        let store = db.open().await;
        let reader = key("archive", Scope::Read);
        let reviewer = ApiKey {
            expires_at: Some(Timestamp::from_millis(7)),
            ..key("desk", Scope::Review)
        };
        for key in [&reader, &reviewer] {
            store.add_key(key).await.unwrap();
        }
        assert_eq!(store.key(&reviewer.id).await.unwrap(), Some(reviewer.clone()));
        assert_eq!(store.keys().await.unwrap(), [reader, reviewer]);
        assert_eq!(store.key(&KeyId::new()).await.unwrap(), None);
        assert_eq!(store.last_change().await.unwrap(), 0, "keys are no domain objects");
    }
}

#[tokio::test]
async fn are_revoked_once() {
    for db in databases().await {
        let store = db.open().await;
        let key = key("desk", Scope::Review);
        store.add_key(&key).await.unwrap();
        let (first, later) = (Timestamp::from_millis(1_000), Timestamp::from_millis(2_000));
        let revoked = Some(ApiKey {
            revoked_at: Some(first),
            ..key.clone()
        });
        assert_eq!(store.revoke_key(&key.id, first).await.unwrap(), revoked);
        assert_eq!(
            store.revoke_key(&key.id, later).await.unwrap(),
            revoked,
            "it keeps its time"
        );
        assert_eq!(store.key(&key.id).await.unwrap(), revoked);
        assert_eq!(store.revoke_key(&KeyId::new(), first).await.unwrap(), None);
    }
}
