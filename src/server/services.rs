//! The shared tools, handed to every domain function.

use crate::server::clock::Clock;
use crate::server::config::Config;
use crate::server::failure::Failure;
use crate::server::keys::{KeyRing, MasterKey};
use crate::server::mail::Transport;
use crate::server::metrics::Metrics;
use crate::server::passwords::{HashLane, policy::Policy};
use crate::server::sessions::RecentTokens;
use crate::server::store::{Store, guards};
use crate::server::tokens::{self, SigningKeys};
use sqlx::migrate::MigrateError;

/// Name under which the database keeps the fingerprint of the master key.
const FINGERPRINT: &str = "master key fingerprint";

/// Store, clock, keys, hashing lane and settings.
pub struct Services {
    pub config: Config,
    pub store: Store,
    pub clock: Clock,
    pub keys: KeyRing,
    pub hash_lane: HashLane,
    pub password_policy: Policy,
    pub mail_transport: Transport,
    pub signing_keys: SigningKeys,
    pub recent_tokens: RecentTokens,
    pub metrics: Metrics,
}

impl Services {
    /// Opens everything. Fails with a sentence for the operator.
    pub async fn open(config: Config, clock: Clock) -> Result<Self, String> {
        let store = Store::open(&config.database_url)
            .await
            .map_err(|error| format!("SEKISHO_DATABASE_URL: the database cannot be used: {}.", told(&error)))?;
        let mail_transport = Transport::open(&config)?;
        let keys = unlock(&config, &store).await?;
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let (params, priority, choice) = (config.hash_params, config.hash_priority, config.hash_implementation);
        let hash_lane = HashLane::start(threads, params, priority, choice)?;
        let password_policy = Policy::new(config.min_password_chars(), &config.public_url.host);
        if let Err(Failure::Broken(cause)) = tokens::make_first_key(&store, &keys, clock.now()).await {
            return Err(format!("A signing key could not be made: {cause}."));
        }
        let (signing_keys, recent_tokens) = (SigningKeys::new(), RecentTokens::default());
        let metrics = Metrics::default();
        Ok(Self {
            config,
            store,
            clock,
            keys,
            hash_lane,
            password_policy,
            mail_transport,
            signing_keys,
            recent_tokens,
            metrics,
        })
    }
}

/// What an operator can do something with.
fn told(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Migrate(cause) if matches!(**cause, MigrateError::VersionMissing(_)) => {
            "a newer Sekisho has written to it; start that version".to_owned()
        }
        error => error.to_string(),
    }
}

/// The key ring of this database. A key is made only where the database knows none: a lost key
/// is an error, never a new empty one.
async fn unlock(config: &Config, store: &Store) -> Result<KeyRing, String> {
    let database = |error: sqlx::Error| format!("The database cannot be read: {error}.");
    let path = &config.master_key_file;
    let known = guards::find(store.read(), FINGERPRINT).await.map_err(database)?;
    let master = match (MasterKey::read(path)?, &known) {
        (Some(master), _) => master,
        (None, None) => MasterKey::create(path)?,
        (None, Some(_)) => {
            return Err(format!(
                "SEKISHO_MASTER_KEY_FILE: {} is missing, but this database was made with a key. \
                 Copy master.key from the first machine or from your backup.",
                path.display()
            ));
        }
    };
    let keys = KeyRing::new(&master).map_err(|error| error.to_string())?;
    let mut tx = store.begin().await.map_err(database)?;
    guards::claim(&mut *tx, FINGERPRINT, keys.fingerprint()).await.map_err(database)?;
    let fingerprint = guards::find(&mut *tx, FINGERPRINT).await.map_err(database)?;
    tx.commit().await.map_err(database)?;
    if fingerprint.as_deref() != Some(keys.fingerprint()) {
        return Err(format!(
            "SEKISHO_MASTER_KEY_FILE: {} is not the key this database was made with. \
             Copy master.key from the first machine or from your backup.",
            path.display()
        ));
    }
    Ok(keys)
}
