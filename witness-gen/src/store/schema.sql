-- seed_origin: who can know the seed. book: JSON, what a generated book was made from.
-- fixed: BLAKE3 over seed, its origin, book, domain and parameters, which no state root covers.
-- round_done: liquidations of a round that is not over. round_time: Unix seconds of the newest risk round used, 0 before the first.
-- queue_digest: BLAKE3 over these two, queue and takers, which no state root covers.
-- Field elements: 32 bytes, little endian, canonical. Money: cash + 2^127 as 16 bytes, big endian.
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seed BLOB NOT NULL CHECK (length(seed) = 32),
  seed_origin TEXT NOT NULL CHECK (seed_origin IN ('drawn', 'book seed')),
  book TEXT,
  domain BLOB NOT NULL CHECK (length(domain) = 32),
  fee_rate INTEGER NOT NULL,
  fee_cap INTEGER NOT NULL,
  inverse_scale INTEGER NOT NULL,
  margin_rules BLOB NOT NULL CHECK (length(margin_rules) = 32),
  batch INTEGER NOT NULL CHECK (batch >= 0),
  history BLOB NOT NULL CHECK (length(history) = 32),
  root BLOB NOT NULL CHECK (length(root) = 32),
  insurance BLOB NOT NULL CHECK (length(insurance) = 16),
  fees BLOB NOT NULL CHECK (length(fees) = 16),
  clearing BLOB NOT NULL CHECK (length(clearing) = 16),
  total_cash BLOB NOT NULL CHECK (length(total_cash) = 16),
  bad_debt BLOB NOT NULL CHECK (length(bad_debt) = 16),
  fixed BLOB NOT NULL CHECK (length(fixed) = 32),
  round_done INTEGER NOT NULL CHECK (round_done >= 0),
  round_time INTEGER NOT NULL CHECK (round_time >= 0),
  queue_digest BLOB NOT NULL CHECK (length(queue_digest) = 32)
) STRICT;

-- positions: 31 bytes each, big endian: lots + 2^63 (8), series word (23); the position word of the protocol.
CREATE TABLE accounts (
  leaf INTEGER PRIMARY KEY CHECK (leaf >= 0),
  owner BLOB NOT NULL CHECK (length(owner) = 32),
  cash BLOB NOT NULL CHECK (length(cash) = 16),
  nonce INTEGER NOT NULL CHECK (nonce >= 0),
  positions BLOB NOT NULL CHECK (length(positions) % 31 = 0),
  blinding BLOB NOT NULL CHECK (length(blinding) = 32)
) STRICT;

-- expiry: Unix minutes. slot: of the series tree.
CREATE TABLE expiries (
  expiry INTEGER PRIMARY KEY CHECK (expiry >= 0),
  slot INTEGER NOT NULL UNIQUE CHECK (slot BETWEEN 0 AND 255)
) STRICT;

CREATE TABLE open_interest (
  expiry INTEGER NOT NULL REFERENCES expiries (expiry) ON DELETE CASCADE,
  series BLOB NOT NULL CHECK (length(series) = 23),
  long INTEGER NOT NULL CHECK (long >= 0),
  short INTEGER NOT NULL CHECK (short >= 0),
  PRIMARY KEY (expiry, series)
) STRICT, WITHOUT ROWID;

-- Accounts that wait to be liquidated, in their order, and the rounds that each has waited.
CREATE TABLE queue (
  place INTEGER PRIMARY KEY CHECK (place >= 0),
  leaf INTEGER NOT NULL UNIQUE REFERENCES accounts (leaf),
  rounds INTEGER NOT NULL CHECK (rounds >= 0)
) STRICT;

-- Accounts that take positions of liquidated ones, in the order in which they are asked.
CREATE TABLE takers (
  place INTEGER PRIMARY KEY CHECK (place >= 0),
  leaf INTEGER NOT NULL UNIQUE REFERENCES accounts (leaf)
) STRICT;

-- statement: of which the batch is one. expiry and close: of a settlement.
CREATE TABLE batches (
  number INTEGER PRIMARY KEY CHECK (number >= 1),
  statement TEXT NOT NULL CHECK (statement IN ('settlement', 'liquidation')),
  expiry INTEGER CHECK ((expiry IS NULL) = (statement <> 'settlement')),
  old_root BLOB NOT NULL CHECK (length(old_root) = 32),
  new_root BLOB NOT NULL UNIQUE CHECK (length(new_root) = 32),
  close INTEGER CHECK ((close IS NULL) = (statement <> 'settlement') AND close IN (0, 1)),
  instance TEXT NOT NULL,
  proof_file TEXT NOT NULL,
  proof_digest BLOB NOT NULL CHECK (length(proof_digest) = 32),
  status TEXT NOT NULL CHECK (status IN ('proven', 'submitted', 'confirmed'))
) STRICT;
