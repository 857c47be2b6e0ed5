//! The oracle through the USDC de-peg of March 2023: six real markets sign what they traded at, every five minutes, and everything that the
//! contracts make of it is computed a second time here, from the specification in `docs/oracle.md`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use alloy_sol_types::private::{Address, B256, U256, keccak256};
use alloy_sol_types::{SolCall, SolError, SolEvent, SolValue, sol};
use k256::ecdsa::SigningKey;
use verifier_contract::Artifact;
use verifier_contract::calldata::Revert;
use verifier_contract::evm::{CallOutcome, Evm};

sol! {
    #[derive(Debug)]
    struct Report { uint16 underlying; uint64 price; uint40 observedAt; uint256 volatility; }
    struct RoundRules { uint8 quorum; uint16 deviation; uint32 maxAge; uint32 maxSpread; }
    struct WindowRules { uint32 window; uint32 minRounds; uint32 maxGap; }
    struct BreakerRules { uint16 jump; uint32 span; uint32 staleAfter; uint32 duration; }

    interface Access {
        function grantRole(uint64 roleId, address account, uint32 executionDelay) external;
        function setTargetFunctionRole(address target, bytes4[] calldata selectors, uint64 roleId) external;
    }

    #[derive(Debug)]
    interface Oracle {
        error NoQuorum(uint256 expected, uint256 found);
        event RoundSubmitted(
            uint16 indexed underlying, uint80 indexed id, uint64 price, uint40 time, uint256 volatility, uint256 signed, uint256 adapters
        );
        event FeedDropped(uint16 indexed underlying, uint80 indexed id, address indexed feed, uint64 price, uint64 median);
        function submitRound(uint16 underlying, Report[] calldata reports, bytes[] calldata signatures) external returns (uint80 id);
        function finalize(uint32 expiry, uint16 underlying) external returns (uint64 price);
        function setFeed(uint16 underlying, address feed, uint8 kind) external;
        function setBreaker(address newBreaker) external;
        function settlementPrice(uint32 expiry, uint16 underlying) external view returns (uint64 price);
    }

    interface Breaker {
        event BreakerTripped(bytes32 indexed reason, uint40 until);
        function onPrice(uint16 underlying, uint64 price, uint40 time) external;
        function checkStale(uint16 underlying) external returns (bool stale);
    }
}

const CHAIN: u64 = 31_337;
/// Roles of the access manager.
const GOVERNANCE: u64 = 3;
const ORACLE: u64 = 4;
const BTC: u16 = 1;
const FEEDS: usize = 6;
/// Signed reports that have to be left.
const QUORUM: usize = 3;
const WINDOW: u64 = 1_800;
const MIN_ROUNDS: usize = 5;
const MAX_GAP: u64 = 600;
/// 3 %, in 10^-4.
const JUMP: u64 = 300;
const SPAN: u64 = 900;
const STALE_AFTER: u64 = 600;
const DURATION: u64 = 3_600;
/// Seconds from a bar's close to the block with its round.
const DELAY: u64 = 5;
const VOLATILITY: u64 = 99;
/// 2023-03-01T00:00:00Z.
const MARCH: u64 = 1_677_628_800;

/// A bar: when it closed, and what each market closed at in 10^-6 of its quote.
struct Bar {
    time: u64,
    prices: [Option<u64>; FEEDS],
}

/// Names of the markets, and the bars. Nothing where the data is not there.
fn bars() -> Option<(Vec<String>, Vec<Bar>)> {
    let default = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let data = std::env::var_os("ZKSETTLE_DATA").map_or(default, PathBuf::from);
    let path = data.join("btc_multi_source_5m_202303.csv");
    let Ok(text) = std::fs::read_to_string(&path) else {
        let required = std::env::var("ZKSETTLE_REQUIRE_DATA").is_ok_and(|v| v == "1");
        assert!(
            !required,
            "ZKSETTLE_REQUIRE_DATA=1, but {} is not there",
            path.display()
        );
        println!("skipped: 1 test (the prices of the de-peg are not there)");
        return None;
    };
    let mut lines = text.lines();
    let names: Vec<String> = lines.next()?.split(',').skip(1).map(str::to_owned).collect();
    assert_eq!(names.len(), FEEDS, "markets");
    let bars = lines.map(|line| {
        let mut cells = line.split(',');
        let time = seconds(cells.next().expect("a time"));
        let mut prices = [None; FEEDS];
        for price in &mut prices {
            *price = cells.next().filter(|cell| !cell.is_empty()).map(millionths);
        }
        Bar { time, prices }
    });
    let bars = bars.collect();
    Some((names, bars))
}

/// `2023-03-DDTHH:MM:SSZ` as Unix seconds; all bars are of one month.
fn seconds(text: &str) -> u64 {
    let number = |from: usize| -> u64 { text[from..from + 2].parse().expect("two digits") };
    assert!(text.starts_with("2023-03-") && text.len() == 20, "{text}");
    MARCH + (number(8) - 1) * 86_400 + number(11) * 3_600 + number(14) * 60 + number(17)
}

/// A decimal number in 10^-6, exactly.
fn millionths(text: &str) -> u64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    assert!(fraction.len() <= 6, "{text}");
    format!("{whole}{fraction:0<6}").parse().expect("a price")
}

struct Feed {
    key: SigningKey,
    address: Address,
    /// Its column.
    market: usize,
}

/// A key for each market, by increasing address.
fn feeds() -> Vec<Feed> {
    let mut feeds: Vec<Feed> = (0..FEEDS)
        .map(|market| {
            let key = SigningKey::from_slice(keccak256([market as u8]).as_slice()).expect("a key");
            let point = key.verifying_key().to_encoded_point(false);
            let address = Address::from_slice(&keccak256(&point.as_bytes()[1..])[12..]);
            Feed { key, address, market }
        })
        .collect();
    feeds.sort_by_key(|feed| feed.address);
    feeds
}

/// The signature of a report under EIP-712.
fn sign(feed: &Feed, oracle: Address, report: &Report) -> Vec<u8> {
    let domain = keccak256(
        (
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
            keccak256("zksettle oracle"),
            keccak256("1"),
            U256::from(CHAIN),
            oracle,
        )
            .abi_encode(),
    );
    let kind = keccak256("Report(uint16 underlying,uint64 price,uint40 observedAt,uint256 volatility)");
    let message = keccak256((kind, report.clone()).abi_encode());
    let digest = keccak256([&[0x19, 0x01], domain.as_slice(), message.as_slice()].concat());
    let (signature, parity) = feed
        .key
        .sign_prehash_recoverable(digest.as_slice())
        .expect("a signature");
    [&signature.to_bytes()[..], &[27 + parity.to_byte()]].concat()
}

struct World {
    evm: Evm,
    oracle: Address,
    breaker: Address,
}

impl World {
    fn new(feeds: &[Feed], deviation: u64) -> Self {
        let mut evm = Evm::new(CHAIN);
        // Roles are granted before the first bar.
        evm.set_time(MARCH);
        let access = deploy(&mut evm, "Authority", &(Evm::OPERATOR,).abi_encode());
        let breaker = BreakerRules {
            jump: JUMP as u16,
            span: SPAN as u32,
            staleAfter: STALE_AFTER as u32,
            duration: DURATION as u32,
        };
        let breaker = deploy(&mut evm, "CircuitBreaker", &(access, breaker).abi_encode());
        let window = WindowRules {
            window: WINDOW as u32,
            minRounds: MIN_ROUNDS as u32,
            maxGap: MAX_GAP as u32,
        };
        let round = RoundRules {
            quorum: QUORUM as u8,
            deviation: deviation as u16,
            maxAge: 60,
            maxSpread: 30,
        };
        let arguments = (access, window, round, 259_200_u32).abi_encode();
        let oracle = deploy(&mut evm, "OracleAggregator", &arguments);
        let mut world = Self { evm, oracle, breaker };
        let selectors = |selectors: &[[u8; 4]]| selectors.iter().map(|s| (*s).into()).collect::<Vec<_>>();
        for (target, selectors, role) in [
            (
                oracle,
                selectors(&[Oracle::setFeedCall::SELECTOR, Oracle::setBreakerCall::SELECTOR]),
                GOVERNANCE,
            ),
            (breaker, selectors(&[Breaker::onPriceCall::SELECTOR]), ORACLE),
        ] {
            let call = Access::setTargetFunctionRoleCall {
                target,
                selectors,
                roleId: role,
            };
            world.must(access, &call.abi_encode());
        }
        for (account, role) in [(Evm::OPERATOR, GOVERNANCE), (oracle, ORACLE)] {
            let call = Access::grantRoleCall {
                roleId: role,
                account,
                executionDelay: 0,
            };
            world.must(access, &call.abi_encode());
        }
        world.must(oracle, &Oracle::setBreakerCall { newBreaker: breaker }.abi_encode());
        for feed in feeds {
            let call = Oracle::setFeedCall {
                underlying: BTC,
                feed: feed.address,
                kind: 1,
            };
            world.must(oracle, &call.abi_encode());
        }
        world
    }

    fn call(&mut self, to: Address, data: &[u8]) -> CallOutcome {
        self.evm.call(to, data).expect("a transaction")
    }

    fn must(&mut self, to: Address, data: &[u8]) -> CallOutcome {
        let outcome = self.call(to, data);
        assert_eq!(outcome.revert, None);
        outcome
    }
}

fn deploy(evm: &mut Evm, name: &str, arguments: &[u8]) -> Address {
    let artifact = Artifact::committed(name).expect("a committed artifact");
    let creation = [artifact.creation_bytes().expect("hexadecimal"), arguments.to_vec()].concat();
    evm.deploy(&creation).expect("a contract").address
}

// ---------------------------------------------------------------------------------------------------------------------
// The specification, once more
// ---------------------------------------------------------------------------------------------------------------------

/// Middle of the sorted prices; floor of the mean of the two in the middle.
fn median(mut prices: Vec<u64>) -> u64 {
    prices.sort_unstable();
    let n = prices.len();
    let sum = u128::from(prices[(n - 1) / 2]) + u128::from(prices[n / 2]);
    (sum / 2) as u64
}

/// Whether `a` is farther from `b` than so many 10^-4 of `b`.
fn far(a: u64, b: u64, basis_points: u64) -> bool {
    u128::from(a.abs_diff(b)) * 10_000 > u128::from(basis_points) * u128::from(b)
}

/// What becomes of a bar.
enum Expected {
    /// A price, and the markets that were dropped from a median.
    Round {
        price: u64,
        dropped: Vec<usize>,
        median: u64,
    },
    /// So many reports are left.
    NoQuorum(usize),
}

fn expected(prices: &[(usize, u64)], deviation: u64) -> Expected {
    if prices.len() < QUORUM {
        return Expected::NoQuorum(prices.len());
    }
    let middle = median(prices.iter().map(|(_, price)| *price).collect());
    let (dropped, kept): (Vec<_>, Vec<_>) = prices.iter().partition(|(_, price)| far(*price, middle, deviation));
    if kept.len() < QUORUM {
        return Expected::NoQuorum(kept.len());
    }
    Expected::Round {
        price: median(kept.iter().map(|(_, price)| *price).collect()),
        dropped: dropped.iter().map(|(market, _)| *market).collect(),
        median: middle,
    }
}

/// Whether the last round moved too far from one in its span or in the one before.
fn jumped(rounds: &[(u64, u64)]) -> bool {
    let (time, price) = *rounds.last().expect("a round");
    let near = |at: &&(u64, u64)| time / SPAN - at.0 / SPAN <= 1;
    rounds
        .iter()
        .rev()
        .take_while(near)
        .any(|(_, before)| far(price, *before, JUMP))
}

/// The settlement price at a time, second by second; nothing where the window has a gap or too few rounds.
fn average(rounds: &[(u64, u64)], end: u64) -> Option<u64> {
    let start = end - WINDOW;
    let first = rounds.iter().rposition(|(time, _)| *time <= start)?;
    let last = rounds.iter().rposition(|(time, _)| *time <= end)?;
    let times = rounds[first..=last].iter().map(|(time, _)| *time).chain([end]);
    let times: Vec<u64> = times.collect();
    if last - first < MIN_ROUNDS || times.windows(2).any(|pair| pair[1] - pair[0] > MAX_GAP) {
        return None;
    }
    let at = |second: u64| {
        rounds[..=last]
            .iter()
            .rev()
            .find(|(time, _)| *time <= second)
            .expect("a round")
    };
    let sum: u128 = (start..end).map(|second| u128::from(at(second).1)).sum();
    Some((sum / u128::from(WINDOW)) as u64)
}

/// A reason of the breaker, as its events have it.
fn reason(text: &str) -> B256 {
    let mut word = [0; 32];
    word[..text.len()].copy_from_slice(text.as_bytes());
    B256::from(word)
}

/// All bars, with feeds dropped beyond so many 10^-4 of the median. Asserts everything; counts of rounds and of bars without one.
fn replay(deviation: u64) -> Option<(usize, usize)> {
    let (names, bars) = bars()?;
    let feeds = feeds();
    let mut world = World::new(&feeds, deviation);
    let (oracle, breaker) = (world.oracle, world.breaker);

    // Rounds as (time, price), and what happened.
    let mut rounds: Vec<(u64, u64)> = Vec::new();
    let mut drops = [0_u32; FEEDS];
    let mut reports_sent = 0_u32;
    let (mut refused, mut trips, mut stale, mut finals, mut unsettled) = (0, 0, 0, 0, 0);
    let mut tripped_until = 0;
    let mut most_gas = 0;
    for bar in &bars {
        let now = bar.time + DELAY;
        world.evm.set_time(now);

        let is_stale = rounds.last().is_some_and(|(time, _)| now > time + STALE_AFTER);
        let outcome = world.must(breaker, &Breaker::checkStaleCall { underlying: BTC }.abi_encode());
        assert_eq!(
            U256::from_be_slice(&outcome.output),
            U256::from(u8::from(is_stale)),
            "{now}"
        );
        if is_stale {
            stale += 1;
            tripped_until = tripped_until.max(now + DURATION);
        }

        let (mut reports, mut signatures, mut said) = (Vec::new(), Vec::new(), Vec::new());
        for feed in &feeds {
            let Some(price) = bar.prices[feed.market] else { continue };
            let report = Report {
                underlying: BTC,
                price,
                observedAt: alloy_sol_types::private::Uint::from(bar.time),
                volatility: U256::from(VOLATILITY),
            };
            signatures.push(sign(feed, oracle, &report).into());
            reports.push(report);
            said.push((feed.market, price));
        }
        reports_sent += reports.len() as u32;
        let call = Oracle::submitRoundCall {
            underlying: BTC,
            reports,
            signatures,
        };
        let outcome = world.call(oracle, &call.abi_encode());
        most_gas = most_gas.max(outcome.gas_used);
        match expected(&said, deviation) {
            Expected::NoQuorum(found) => {
                let error = Oracle::NoQuorum {
                    expected: U256::from(QUORUM),
                    found: U256::from(found),
                };
                let Some(Revert::Unknown(data)) = &outcome.revert else {
                    panic!("{now}: expected {error:?}, found {:?}", outcome.revert)
                };
                assert_eq!(data, &error.abi_encode(), "{now}");
                refused += 1;
            }
            Expected::Round { price, dropped, median } => {
                assert_eq!(outcome.revert, None, "{now}");
                rounds.push((bar.time, price));
                let submitted = outcome
                    .logs
                    .iter()
                    .find_map(|log| Oracle::RoundSubmitted::decode_log(log).ok());
                let submitted = submitted.expect("a round").data;
                assert_eq!(submitted.price, price, "{now}");
                assert_eq!(submitted.time.to::<u64>(), bar.time);
                assert_eq!(submitted.id.to::<usize>(), rounds.len());
                assert_eq!(submitted.signed, U256::from(said.len() - dropped.len()));
                assert_eq!(submitted.volatility, U256::from(VOLATILITY));
                let found = outcome
                    .logs
                    .iter()
                    .filter_map(|log| Oracle::FeedDropped::decode_log(log).ok());
                let found: Vec<_> = found.map(|log| (log.feed, log.price, log.median)).collect();
                let wanted = dropped.iter().map(|market| {
                    let feed = feeds.iter().find(|feed| feed.market == *market).expect("a feed");
                    (feed.address, bar.prices[*market].expect("a price"), median)
                });
                assert_eq!(found, wanted.collect::<Vec<_>>(), "{now}");
                for market in dropped {
                    drops[market] += 1;
                }
                let events = outcome
                    .logs
                    .iter()
                    .filter_map(|log| Breaker::BreakerTripped::decode_log(log).ok());
                let events: Vec<_> = events.map(|log| (log.reason, log.until.to::<u64>())).collect();
                if jumped(&rounds) {
                    tripped_until = tripped_until.max(now + DURATION);
                    assert_eq!(events, [(reason("price jump"), tripped_until)], "{now}");
                    trips += 1;
                } else {
                    assert_eq!(events, [], "{now}");
                }
            }
        }

        // The options of the day expired five minutes ago, at 08:00.
        if bar.time % 86_400 == 8 * 3_600 + 300 {
            let end = bar.time - 300;
            let expiry = (end / 60) as u32;
            let outcome = world.call(
                oracle,
                &Oracle::finalizeCall {
                    expiry,
                    underlying: BTC,
                }
                .abi_encode(),
            );
            match average(&rounds, end) {
                Some(price) => {
                    assert_eq!(outcome.revert, None, "{end}");
                    assert_eq!(U256::from_be_slice(&outcome.output), U256::from(price), "{end}");
                    finals += 1;
                }
                None => {
                    assert!(!outcome.success, "{end}");
                    unsettled += 1;
                }
            }
        }
    }
    let drops: BTreeMap<&str, u32> = names.iter().map(String::as_str).zip(drops).collect();
    println!(
        "beyond {deviation} bp: {} bars, {reports_sent} reports: {} rounds, {refused} without a quorum; dropped {drops:?}; {trips} price jumps, {stale} stale; \
         {finals} settlement prices, {unsettled} without; at most {most_gas} gas a round",
        bars.len(),
        rounds.len(),
    );
    // The de-peg is in the data: the two USDC markets were dropped, the two USD markets never.
    for (name, count) in &drops {
        assert_eq!(name.ends_with("btcusdc"), *count > 100, "{name}: dropped {count} times");
        assert!(
            !name.ends_with("btcusd") || *count == 0,
            "{name}: dropped {count} times"
        );
    }
    assert!(trips > 0 && finals >= 13, "{trips} {finals}");
    Some((rounds.len(), refused))
}

#[test]
fn the_depeg_at_one_per_cent() {
    let Some((rounds, refused)) = replay(100) else { return };
    assert!(rounds > 3_900, "{rounds} rounds, {refused} without a quorum");
}

/// With tether off by a per cent as well, a quorum needs a wider band.
#[test]
fn the_depeg_at_two_per_cent() {
    let Some((rounds, refused)) = replay(200) else { return };
    assert!(rounds > 4_000, "{rounds} rounds, {refused} without a quorum");
}
