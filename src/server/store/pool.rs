//! Opens the database: one variable decides which.

use super::changes::Changes;
use super::health::Health;
use super::in_use::InUse;
use super::reader::Reader;
use super::readers::{READERS, Readers};
use super::upgrade;
use super::write_tx::WriteTx;
use super::writer::Writer;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AnyConnection, AnyPool, ConnectOptions, Connection, Executor, Row};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// SQLite older than this can lose a WAL that is reset while it is read (fixed in 3.51.3).
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                       PRAGMA busy_timeout = 5000; PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF";
/// What those of the writer read back as.
const PROMISED: [(&str, i64); 5] = [
    ("PRAGMA synchronous", 2),
    ("PRAGMA foreign_keys", 1),
    ("PRAGMA busy_timeout", 5000),
    ("PRAGMA mmap_size", 0),
    ("PRAGMA trusted_schema", 0),
];
const READER_PRAGMAS: &str = "PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; PRAGMA mmap_size = 0; \
                              PRAGMA trusted_schema = OFF; PRAGMA query_only = ON";

const OWN_PRAGMAS: &str = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; \
                           PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF";

/// What would mean something in a URL.
const NAME: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_');

/// Which database answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// The open database.
#[derive(Clone, Debug)]
pub struct Store {
    lines: Lines,
    changes: Changes,
    health: Arc<Health>,
}

/// The connections to it.
#[derive(Clone, Debug)]
enum Lines {
    Sqlite {
        readers: Readers,
        writer: Writer,
        /// That we use the file.
        lock: Arc<InUse>,
    },
    Postgres(AnyPool),
}

impl Store {
    /// Connects to `url` (`sqlite:PATH` or `postgres://…`), brings the tables up to date under
    /// a lock and checks that the database keeps the promises we build on.
    pub async fn open(url: &str) -> Result<Self, sqlx::Error> {
        sqlx::any::install_default_drivers();
        let store = if let Some(file) = sqlite_file(url)? {
            let store = Self::open_sqlite(&file).await?;
            upgrade::sqlite(&store, &file).await?;
            store
        } else {
            let pool = open_postgres(url).await?;
            upgrade::postgres(&pool).await?;
            Self { lines: Lines::Postgres(pool), changes: Changes::default(), health: Arc::default() }
        };
        store.check().await?;
        Ok(store)
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        match self.lines {
            Lines::Sqlite { .. } => Backend::Sqlite,
            Lines::Postgres(_) => Backend::Postgres,
        }
    }

    /// For reading; never waits for a writer.
    pub fn read(&self) -> Reader<'_> {
        match &self.lines {
            Lines::Sqlite { readers, .. } => Reader::sqlite(readers),
            Lines::Postgres(pool) => Reader::postgres(pool),
        }
    }

    /// Whether the database can be trusted, and whether it is all there.
    pub fn health(&self) -> &Health {
        &self.health
    }

    /// Starts a transaction that may write. Waits at most five seconds for its turn.
    pub async fn begin(&self) -> Result<WriteTx, sqlx::Error> {
        self.health.check()?;
        Ok(match &self.lines {
            Lines::Sqlite { writer, .. } => WriteTx::sqlite(writer.begin().await?),
            Lines::Postgres(pool) => WriteTx::postgres(pool.begin().await?, self.changes.clone()),
        })
    }

    /// How many transactions this process has committed. What was read after a count may be
    /// remembered as long as the count stays, save for what other processes write.
    pub fn changes(&self) -> u64 {
        self.changes.count()
    }

    /// Says that a transaction under way brings something to be posted: see [`Store::post`].
    pub fn owe_post(&self) {
        self.changes.owe_post();
    }

    /// Waits for the commit of something to be posted, or for none if there was one since the last wait.
    /// For one waiter: the job that posts. It may miss what this process was told while others committed,
    /// and what other processes write.
    pub async fn post(&self) {
        self.changes.post().await;
    }

    /// How many connections there are to read with, and how many of them are idle.
    pub fn connections(&self) -> (u32, usize) {
        match &self.lines {
            Lines::Sqlite { readers, .. } => (READERS, readers.idle()),
            Lines::Postgres(pool) => (pool.size(), pool.num_idle()),
        }
    }

    /// Closes every connection; on SQLite this also checkpoints the log.
    pub async fn close(&self) {
        let closed = match &self.lines {
            Lines::Sqlite { readers, writer, .. } => readers.close().await.and(writer.close().await),
            Lines::Postgres(pool) => {
                pool.close().await;
                Ok(())
            }
        };
        if let Err(error) = closed {
            tracing::warn!(%error, "The database was not closed in order.");
        }
    }

    /// The lock that says that we use the file, on SQLite.
    pub(super) fn lock(&self) -> Option<&InUse> {
        match &self.lines {
            Lines::Sqlite { lock, .. } => Some(lock),
            Lines::Postgres(_) => None,
        }
    }

    async fn open_sqlite(file: &Path) -> Result<Self, sqlx::Error> {
        let lock = Arc::new(InUse::shared(file).await?);
        // Made here or never: where the file is lost later on, no connection puts an empty one in its place.
        let mut first = connect(file, "mode=rwc").await?;
        first.execute(PRAGMAS).await?;
        first.close().await?;
        let (changes, health) = (Changes::default(), Arc::new(Health::of(file)?));
        let writer = Writer::open(file, &health, &changes).await?;
        let readers = Readers::open(file, &health).await?;
        Ok(Self { lines: Lines::Sqlite { readers, writer, lock }, changes, health })
    }

    async fn check(&self) -> Result<(), sqlx::Error> {
        if self.backend() == Backend::Postgres {
            return Ok(());
        }
        let mut connection = self.begin().await?;
        let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut *connection).await?;
        let mode = pragma_text(&mut connection, "PRAGMA journal_mode").await?;
        if parse_version(&version).is_none_or(|version| version < OLDEST_SQLITE) || mode != "wal" {
            let sentence = format!("SQLite {version} runs with journal_mode={mode}; it needs 3.51.3 and wal");
            return Err(sqlx::Error::Configuration(sentence.into()));
        }
        for (pragma, wanted) in PROMISED {
            let found = pragma_number(&mut connection, pragma).await?;
            if found != wanted {
                let sentence = format!("SQLite runs with {pragma} = {found} instead of {wanted}");
                return Err(sqlx::Error::Configuration(sentence.into()));
            }
        }
        Ok(())
    }
}

/// The file that an `sqlite:` URL names; `None` for another database.
pub fn sqlite_file(url: &str) -> Result<Option<PathBuf>, sqlx::Error> {
    if !url.starts_with("sqlite:") {
        return Ok(None);
    }
    Ok(Some(SqliteConnectOptions::from_str(url)?.get_filename().to_owned()))
}

/// A connection to write with, to the file that was opened first.
pub(super) async fn connect_writer(file: &Path, health: &Health) -> Result<AnyConnection, sqlx::Error> {
    connect_checked(file, health, PRAGMAS).await
}

/// A connection to read with, to the same file.
pub(super) async fn connect_reader(file: &Path, health: &Health) -> Result<AnyConnection, sqlx::Error> {
    connect_checked(file, health, READER_PRAGMAS).await
}

async fn connect_checked(file: &Path, health: &Health, pragmas: &'static str) -> Result<AnyConnection, sqlx::Error> {
    let mut connection = AnyConnection::connect_with(&file_options(file, "mode=rw")?).await?;
    // Before the first look into it: SQLite deletes the log that stands beside an empty file.
    health.check_name()?;
    connection.execute(pragmas).await?;
    Ok(connection)
}

async fn open_postgres(url: &str) -> Result<AnyPool, sqlx::Error> {
    require_safe_line(url)?;
    let pool = AnyPoolOptions::new().max_connections(8).acquire_timeout(Duration::from_secs(5));
    pool.connect_with(options(url)?).await
}

/// One connection of its own to an SQLite file; `how` is what SQLite is asked for, such as `mode=ro`.
pub async fn connect(file: &Path, how: &str) -> Result<AnyConnection, sqlx::Error> {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect_with(&file_options(file, how)?).await?;
    connection.execute(OWN_PRAGMAS).await?;
    Ok(connection)
}

fn file_options(file: &Path, how: &str) -> Result<AnyConnectOptions, sqlx::Error> {
    let file = file.to_str().ok_or_else(|| std::io::Error::other("its name must be valid UTF-8"))?;
    // Any name is one, whatever it holds.
    let file = percent_encoding::utf8_percent_encode(file, NAME);
    options(&format!("sqlite:{file}?{how}"))
}

/// Statements are never logged: what they are bound to is nobody's business.
fn options(url: &str) -> Result<AnyConnectOptions, sqlx::Error> {
    Ok(AnyConnectOptions::from_str(url)?.disable_statement_logging())
}

/// PostgreSQL on another machine is believed by its certificate only: sqlx would else fall back to
/// plain text, or talk to whoever answers.
fn require_safe_line(url: &str) -> Result<(), sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?;
    let host = options.get_host();
    let is_loopback = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    let is_here = options.get_socket().is_some() || host.starts_with('/') || host == "localhost" || is_loopback;
    if is_here || matches!(options.get_ssl_mode(), PgSslMode::VerifyFull) {
        return Ok(());
    }
    Err(sqlx::Error::Configuration("PostgreSQL on another machine needs sslmode=verify-full in its URL".into()))
}

async fn pragma_text(connection: &mut AnyConnection, pragma: &'static str) -> Result<String, sqlx::Error> {
    sqlx::query(pragma).fetch_one(connection).await?.try_get(0)
}

async fn pragma_number(connection: &mut AnyConnection, pragma: &'static str) -> Result<i64, sqlx::Error> {
    sqlx::query(pragma).fetch_one(connection).await?.try_get(0)
}

fn parse_version(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

#[cfg(test)]
mod tests {
    use super::require_safe_line;

    #[test]
    fn postgresql_elsewhere_is_spoken_to_by_verified_tls_only() {
        for elsewhere in ["db.example.test", "192.0.2.1", "[2001:db8::1]:5432", "localhost.example.test"] {
            for mode in ["", "?sslmode=disable", "?sslmode=prefer", "?sslmode=require", "?sslmode=verify-ca"] {
                let url = format!("postgres://sekisho:canary@{elsewhere}/sekisho{mode}");
                let said = require_safe_line(&url).unwrap_err().to_string();
                assert!(said.contains("verify-full") && !said.contains("canary"), "{url}: {said}");
            }
            let url = format!("postgres://sekisho@{elsewhere}/sekisho?sslmode=verify-full");
            assert!(require_safe_line(&url).is_ok(), "{url}");
        }
        for here in ["127.0.0.1:5433/x", "[::1]/x", "localhost/x", "%2Fvar%2Frun%2Fpostgresql/x", "/x?host=/tmp"] {
            assert!(require_safe_line(&format!("postgres://{here}")).is_ok(), "{here}");
        }
    }
}
