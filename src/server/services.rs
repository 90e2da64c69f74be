//! The shared tools, handed to every domain function.

use crate::server::clock::Clock;
use crate::server::config::Config;
use crate::server::failure::Failure;
use crate::server::keys::KeyRing;
use crate::server::mail::Transport;
use crate::server::metrics::Metrics;
use crate::server::passwords::{HashLane, PasswordList, policy::Policy};
use crate::server::sealing;
use crate::server::sessions::RecentTokens;
use crate::server::store::Store;
use crate::server::tokens::{self, SigningKeys};
use crate::server::turnstile::Turnstile;
use sqlx::migrate::MigrateError;

/// Store, clock, keys, turnstile, hashing lane and settings.
pub struct Services {
    pub config: Config,
    pub store: Store,
    pub clock: Clock,
    pub keys: KeyRing,
    pub turnstile: Turnstile,
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
        // Before the database: a list that cannot be used should change nothing.
        let listed = config.password_list_file.as_deref().map(PasswordList::read).transpose()?.unwrap_or_default();
        let store = Store::open(&config.database_url)
            .await
            .map_err(|error| format!("SEKISHO_DATABASE_URL: the database cannot be used: {}.", told(&error)))?;
        let mail_transport = Transport::open(&config)?;
        let keys = sealing::unlock(&config.master_key_file, &store, clock.now()).await?;
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let (params, priority, choice) = (config.hash_params, config.hash_priority, config.hash_implementation);
        let hash_lane = HashLane::start(threads, params, priority, choice)?;
        let password_policy = Policy::new(config.min_password_chars(), &config.public_url.host).with(listed);
        if let Err(Failure::Broken(cause) | Failure::Unavailable(cause)) =
            tokens::make_first_key(&store, &keys, clock.now()).await
        {
            return Err(format!("A signing key could not be made: {cause}."));
        }
        let (signing_keys, recent_tokens) = (SigningKeys::new(), RecentTokens::default());
        let metrics = Metrics::default();
        Ok(Self {
            config,
            store,
            clock,
            keys,
            turnstile: Turnstile::default(),
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
pub fn told(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Migrate(cause) if matches!(**cause, MigrateError::VersionMissing(_)) => {
            "a newer Sekisho has written to it; start that version".to_owned()
        }
        // Sentences of ours.
        sqlx::Error::Io(cause) => cause.to_string(),
        sqlx::Error::Configuration(cause) => cause.to_string(),
        error => error.to_string(),
    }
}
